"""The form of a device: what is looked at, how, how often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from meetings.model import SiteId
from monitoring.errors import BadTarget
from monitoring.model import DeviceKind, NewDevice, NewTarget, ProbeKind
from web.i18n import N_
from web.pages.booking.wishing import Typed
from web.pages.reading import Texts

FIELDS = ("name", "kind", "probe", "host", "port", "interval_seconds")
FIRST = MappingProxyType(
    {"name": "", "kind": "codec", "probe": "icmp", "host": "", "port": "", "interval_seconds": "60"}
)
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "name": N_("Device"),
        "kind": N_("Type"),
        "probe": N_("Looked at by"),
        "host": N_("Address in the network"),
        "port": N_("Port"),
        "interval_seconds": N_("Every how many seconds"),
    }
)


def typed_in(form: Texts, errors: Mapping[str, str]) -> Typed:
    """Return the form as typed, with what is wrong."""
    return Typed(values={name: form.get(name) for name in FIELDS}, errors=errors)


def wish_in(form: Texts, site: SiteId) -> NewDevice:
    """Return the device that was typed.

    Raises:
        BadTarget: with the fields that are no numbers or no choices.
    """
    wrong = [
        (name, "not-a-number")
        for name in ("port", "interval_seconds")
        if form.get(name).strip() and not is_number(form.get(name))
    ]
    wrong += [("kind", "not-a-choice")] * (form.get("kind") not in set(DeviceKind))
    wrong += [("probe", "not-a-choice")] * (form.get("probe") not in set(ProbeKind))
    if wrong:
        raise BadTarget(wrong)
    target = NewTarget(
        probe=ProbeKind(form.get("probe")),
        host=form.get("host").strip(),
        port=int(form.get("port")) if form.get("port").strip() else None,
        interval=timedelta(seconds=int(form.get("interval_seconds") or 0)),
    )
    kind = DeviceKind(form.get("kind"))
    return NewDevice(site=site, name=form.get("name").strip(), kind=kind, targets=(target,))


def is_number(text: str) -> bool:
    """Tell whether the text is a small whole number."""
    stripped = text.strip()
    return stripped.isascii() and stripped.isdigit() and len(stripped) <= len("86400")
