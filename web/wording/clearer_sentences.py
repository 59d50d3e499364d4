"""What a person reads of a fact where a value is known that makes it clearer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from web.i18n import N_

CLEARER: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("not-a-choice", "choices"): N_("Write one of these: %(choices)s."),
        ("out-of-range", "lowest"): N_("This is a number from %(lowest)s upwards."),
        ("out-of-range", "highest"): N_("This is a number up to %(highest)s."),
        ("out-of-range", "allowed"): N_("Only the unit above can allow more than %(allowed)s."),
        ("out-of-range", "days"): N_("At most %(days)s days are asked for at once."),
        ("bad-time", "month"): N_("This is no month such as %(month)s."),
        ("repeated", "hall"): N_(
            "Hall %(hall)s stands in two tiers, of levels %(first)s and %(second)s."
        ),
        ("repeated", "level"): N_("There are two tiers of level %(level)s."),
        ("former-unit", "now"): N_(
            "this is the name that code had before %(until)s; write today's name (%(now)s), or "
            "its days in valid_from and valid_to"
        ),
        ("bad-date", "iso"): N_("This is no day such as %(iso)s."),
    }
)
"""By the code and the name of the value."""


def clearer(code: str, values: Collection[str]) -> str:
    """Return the sentence that these values allow, "" where none does."""
    return next((CLEARER[code, name] for name in values if (code, name) in CLEARER), "")
