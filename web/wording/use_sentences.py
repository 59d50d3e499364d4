"""What a person reads of a unit or an official that conferences still need, by its code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from web.i18n import N_

USES: Mapping[str, str] = MappingProxyType(
    {
        "official-in-use": N_(
            "The official would not be in office on days of conferences they are booked for."
        ),
        "unit-in-use": N_("The unit still holds conferences then, or has units below it."),
        "official-chairs": N_("Name another chair first, or cancel it."),
        "official-attends": N_("Take the official from its delegates first, or cancel it."),
        "unit-hosts": N_(
            "It hosts this one: cancel it, move it before that day, or merge the unit."
        ),
        "unit-invited": N_("A hall of it is invited: invite another hall instead, or cancel it."),
    }
)
