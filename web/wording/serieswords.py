"""Words about series and the office calendar: what the audit and the pages say was done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from web.i18n import N_

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "series.book": N_("Booked a series"),
        "series.amend": N_("Changed a series"),
        "series.relay": N_("Planned what a series relays"),
        "series.cancel": N_("Cancelled dates of a series"),
        "series.restore": N_("Put a date of a series back"),
        "calendar.add": N_("Entered a day in the office calendar"),
        "calendar.change": N_("Changed a day of the office calendar"),
        "calendar.remove": N_("Took a day out of the office calendar"),
        "calendar.swap": N_("Swapped a working day"),
        "calendar.hours": N_("Changed the office hours"),
    }
)

SAID: Mapping[str, str] = MappingProxyType(
    {
        "series-booked": N_("The series is booked."),
        "series-changed": N_("The series is changed; dates that could not be held are shown."),
        "series-cancelled": N_("The coming dates are cancelled and their halls are free."),
        "date-restored": N_("The date is booked again."),
        "day-entered": N_("The day is entered and counts from now on."),
        "day-changed": N_("The entry is changed."),
        "day-removed": N_("The day is an ordinary one again."),
        "days-swapped": N_("The two days are swapped."),
        "hours-changed": N_("The office hours are changed."),
    }
)
