"""Words for what units book by, how halls are booked, and when they cannot be had."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from web.i18n import N_

TERMS: Mapping[str, str] = MappingProxyType(
    {
        "horizon_days": N_("How many days ahead one may book"),
        "most_open": N_("How many conferences of one host may be booked and not over"),
        "invite_lead_days": N_("How many working days before the start to book"),
        "set_up_minutes": N_("Minutes a hall needs before a conference"),
        "tear_down_minutes": N_("Minutes a hall needs after a conference"),
    }
)
ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "line.add": N_("Added a shared line"),
        "line.change": N_("Changed a shared line"),
        "line.remove": N_("Removed a shared line"),
        "policy.change": N_("Changed what a unit books by"),
        "site.terms": N_("Changed how a hall is booked"),
    }
)
SAID: Mapping[str, str] = MappingProxyType(
    {
        "policy-kept": N_("The rules are kept; new bookings go by them."),
        "terms-kept": N_("It is kept; new bookings of the hall go by it."),
        "site-blacked-out": N_("The hall cannot be had then. What is booked stays booked."),
        "site-given-back": N_("The hall can be had again."),
        "official-blacked-out": N_("The official is away then. What is booked stays booked."),
        "official-given-back": N_("The official can be asked again."),
        "line-blacked-out": N_("The line cannot be had then. What is booked stays booked."),
        "line-given-back": N_("The line can be had again."),
        "line-added": N_("The line is added; its halls are in one conference at a time."),
        "line-kept": N_("The line is kept; its halls are in one conference at a time."),
        "line-forgotten": N_("The line is forgotten; its halls no longer share anything."),
    }
)
