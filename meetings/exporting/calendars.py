"""Conferences as iCalendar (RFC 5545): pure, from values to bytes.

The UID never changes and SEQUENCE follows the version, so calendar programs take an amended
conference for the same one.  Times are by the clock of the country, whose zone the calendar
describes; a program elsewhere shows them by its own.  DTSTAMP is when the version was made, so the
same conferences give the same bytes.  There is no METHOD: these are calendars to read, not
invitations to answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date
from functools import cache
from types import MappingProxyType

from icalendar import Calendar, Event, Timezone, vText

from meetings.content.agenda import Plan, timed
from meetings.content.upstreams import Upstream
from meetings.model import Conference, ConferenceId, Site, SiteId, State, Visibility
from meetings.office.workdays import ZONE

PRODUCT = "-//diemcau//diemcau//VI"
DOMAIN = "diemcau"
"""Where UIDs are unique; an installation may put its own host name here."""

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
"""Between these lies whatever a calendar of ours holds."""

_GONE = frozenset({State.CANCELLED, State.REFUSED})
_CLASSES = {Visibility.OPEN: "PUBLIC", Visibility.INTERNAL: "PRIVATE"}
_TENTATIVE = frozenset({State.DRAFT, State.REQUESTED})


def conference_calendar(
    conference: Conference,
    sites: Mapping[SiteId, Site],
    *,
    plan: Plan | None = None,
    upstream: Upstream | None = None,
    domain: str = DOMAIN,
    url: str = "",
) -> bytes:
    """Return a calendar of one conference that names those of its sites that are given.

    A `plan` is what the reader's tier may see; its points are told with their times.
    """
    calendar = _calendar(conference.title)
    event = _event(conference, sites, domain=domain, url=url)
    told = [str(event["description"])]
    if upstream is not None:
        told.append(_relayed(upstream, conference, sites))
    if plan is not None and plan.items:
        told += _points(plan, conference)
    if len(told) > 1:
        event["description"] = vText("\n".join(told))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed_calendar(
    conferences: Iterable[Conference],
    sites: Mapping[SiteId, Site],
    *,
    name: str,
    domain: str = DOMAIN,
    hidden: Mapping[ConferenceId, Collection[SiteId]] = MappingProxyType({}),
) -> bytes:
    """Return a person's calendar of many conferences, cancelled ones included as cancelled.

    The `hidden` halls of a conference are not named in it.
    """
    calendar = _calendar(name)
    for conference in conferences:
        unnamed = hidden.get(conference.id, ())
        named = {one: sites[one] for one in conference.sites if one in sites and one not in unnamed}
        calendar.add_component(_event(conference, named, domain=domain))
    return bytes(calendar.to_ical())


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE.key)
    calendar.add_component(_zone())
    return calendar


@cache
def _zone() -> Timezone:
    """Return what programs need to know of the zone: they may have no list of zones."""
    zone = Timezone.from_tzinfo(ZONE, first_date=FIRST_DAY, last_date=LAST_DAY)
    zone.pop("COMMENT", None)  # the library's own words; RFC 5545 has none of them there
    return zone


def _event(
    conference: Conference, sites: Mapping[SiteId, Site], *, domain: str, url: str = ""
) -> Event:
    event = Event()
    event.add("uid", f"conference-{conference.id}@{domain}")
    event.add("dtstamp", (conference.changed_at or conference.period.start).astimezone(UTC))
    event.add("dtstart", conference.period.start.astimezone(ZONE))
    event.add("dtend", conference.period.end.astimezone(ZONE))
    event.add("sequence", conference.version - 1)
    event.add("status", _status(conference.state))
    event.add("class", _CLASSES[conference.visibility])
    event.add("summary", conference.title)
    event.add("categories", [conference.kind.value])
    named = [sites[site] for site in conference.sites if site in sites]
    if conference.main_site in sites:
        event.add("location", sites[conference.main_site].name)
    event.add("description", _description(conference, named))
    if url:
        event.add("url", url)
    return event


def _points(plan: Plan, conference: Conference) -> list[str]:
    """Return the agenda in Vietnamese, a line for each point."""
    points = [
        f"{one.period.start.astimezone(ZONE):%H:%M} {one.item.title}"
        + (f" ({one.item.presenter})" if one.item.presenter else "")
        for one in timed(plan.items, conference.period.start)
    ]
    return ["Chương trình:", *points]


def _relayed(upstream: Upstream, conference: Conference, sites: Mapping[SiteId, Site]) -> str:
    """Return what is relayed in Vietnamese: whose, when, how it is dialled, by which hall."""
    part = upstream.within(conference.period)
    span = f"{part.start.astimezone(ZONE):%H:%M}–{part.end.astimezone(ZONE):%H:%M}"
    through = f", qua điểm cầu {sites[upstream.relay].label}" if upstream.relay in sites else ""
    return f"Tiếp sóng {upstream.name} ({upstream.address}) {span}{through}"


def _status(state: State) -> str:
    if state in _GONE:
        return "CANCELLED"
    return "TENTATIVE" if state in _TENTATIVE else "CONFIRMED"


def _description(conference: Conference, sites: Sequence[Site]) -> str:
    """Return who chairs, who takes part, and the note, in Vietnamese, a line each."""
    lines = (
        f"Chủ trì: {conference.chair}" if conference.chair else "",
        f"Điểm cầu ({len(conference.sites)}): " + ", ".join(site.label for site in sites)
        if sites
        else f"Số điểm cầu: {len(conference.sites)}",
        f"Lý do hủy: {conference.cancel_reason}" if conference.cancel_reason else "",
        conference.note,
    )
    return "\n".join(line for line in lines if line)
