"""Decisions about conferences without I/O: the life cycle, and what may be wished for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from meetings.content.secrecy import find_mark
from meetings.errors import IllegalMove, SecretContent, TooLate
from meetings.model import Changes, Conference, ConferenceId, Period, PersonId, State, Wish

NEXT_STATES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.REQUESTED, State.CONFIRMED, State.CANCELLED}),
        State.REQUESTED: frozenset({State.DRAFT, State.CONFIRMED, State.REFUSED, State.CANCELLED}),
        # Back to requested: somebody of higher rank took its halls.
        State.CONFIRMED: frozenset({State.REQUESTED, State.LIVE, State.ENDED, State.CANCELLED}),
        State.LIVE: frozenset({State.ENDED}),
        State.ENDED: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
        State.REFUSED: frozenset({State.DRAFT}),
        State.CANCELLED: frozenset(),
    }
)

PLANNED = frozenset({State.DRAFT, State.REQUESTED, State.CONFIRMED})
"""States in which the period and the sites may still change."""

UNPROMISED = frozenset({State.DRAFT, State.REQUESTED})
"""States in which nothing is promised yet; tentative holds block nobody."""

WORDS = (
    "title",
    "kind",
    "chair",
    "secretary",
    "visibility",
    "note",
    "urgency",
    "waiver",
    "call_systems",
)
"""What may be told of a conference in another way while it goes on."""

LATEST_START = timedelta(minutes=15)
"""How far in the past an urgent call may have begun when it is booked."""


def move(conference: Conference, to: State, *, now: datetime) -> Conference:
    """Return the conference in its new state, at its next version.

    Raises:
        IllegalMove: its life has no step from the present state to `to`.
    """
    if to not in NEXT_STATES[conference.state]:
        raise IllegalMove(conference.id, conference.state, to)
    return replace(conference, state=to, version=conference.version + 1, changed_at=now)


def check_period(period: Period, *, now: datetime) -> None:
    """Raise TooLate when the period is over or began too long ago."""
    if period.start < now - LATEST_START or period.end <= now:
        raise TooLate(period, now)


def check_move(before: Period, after: Period, *, now: datetime) -> None:
    """Raise TooLate when a period is moved to where it could not be booked.

    One that has begun may keep its start.
    """
    if after.start == before.start and after.end > now:
        return
    check_period(after, now=now)


def booked(
    wish: Wish,
    conference: ConferenceId,
    *,
    by: str,
    now: datetime,
    state: State = State.CONFIRMED,
    owner: PersonId | None = None,
) -> Conference:
    """Return the wish as the conference it became, confirmed unless another state is given."""
    return Conference(
        id=conference,
        title=wish.title,
        kind=wish.kind,
        state=state,
        host=wish.host,
        chair=wish.chair,
        main_site=wish.main_site,
        sites=tuple(sorted(wish.sites)),
        period=wish.period,
        note=wish.note,
        version=1,
        cancel_reason="",
        ended_at=None,
        created_by=by,
        demo=wish.demo,
        changed_at=now,
        urgency=wish.urgency,
        waiver=wish.waiver,
        call_systems=wish.call_systems,
        secretary=wish.secretary,
        visibility=wish.visibility,
        owner=owner or owner_in(by),
        chair_id=wish.chair_id,
        delegates=tuple(sorted(wish.delegates)),
    )


def owner_in(by: str) -> PersonId | None:
    """Return the person an audit name stands for, if it is one."""
    kind, _, number = by.partition(":")
    return PersonId(int(number)) if kind == "person" and number.isdigit() else None


def check_secrecy(*, title: str | None, note: str | None, waiver: str | None = None) -> None:
    """Raise SecretContent when what is to be written carries a mark of secrecy."""
    for field, text in (("title", title), ("note", note), ("waiver", waiver)):
        if mark := find_mark(text or ""):
            raise SecretContent(field, mark)


def wish_of(conference: Conference) -> Wish:
    """Return what one would ask for to get this conference."""
    return Wish(
        title=conference.title,
        kind=conference.kind,
        host=conference.host,
        chair=conference.chair,
        main_site=conference.main_site,
        sites=frozenset(conference.sites),
        period=conference.period,
        note=conference.note,
        demo=conference.demo,
        urgency=conference.urgency,
        waiver=conference.waiver,
        call_systems=conference.call_systems,
        secretary=conference.secretary,
        visibility=conference.visibility,
        chair_id=conference.chair_id,
        delegates=frozenset(conference.delegates),
    )


def amended(conference: Conference, changes: Changes) -> Conference:
    """Return the conference changed, at its next version.

    The main site, old or new, takes part in any case.

    Raises:
        IllegalMove: it is over; or it is live and its start moves or a site would be left out.
    """
    given = {
        name: value
        for name in (*WORDS, "main_site", "chair_id", "period")
        if (value := getattr(changes, name)) is not None
    }
    sites = frozenset(conference.sites) if changes.sites is None else changes.sites
    sites |= {changes.main_site or conference.main_site}
    people = conference.delegates if changes.delegates is None else sorted(changes.delegates)
    after = replace(
        conference,
        **given,
        sites=tuple(sorted(sites)),
        delegates=tuple(people),
        version=conference.version + 1,
    )
    if changes.no_chair:
        after = replace(after, chair_id=None)
    if conference.state not in PLANNED and not _extends(conference, after):
        raise IllegalMove(conference.id, conference.state, State.CONFIRMED)
    return after


def holds_differ(before: Conference, after: Conference) -> bool:
    """Tell whether something else is to be held, or at another time."""
    return (before.period, before.sites, before.chair_id, before.delegates) != (
        after.period,
        after.sites,
        after.chair_id,
        after.delegates,
    )


def _extends(before: Conference, after: Conference) -> bool:
    """Tell whether a live conference goes on with the same start and at least its sites."""
    return (
        before.state is State.LIVE
        and after.period.start == before.period.start
        and set(before.sites) <= set(after.sites)
    )


def difference(before: Conference, after: Conference) -> dict[str, object]:
    """Return what changed as the audit tells it: old and new value of each column."""
    found: dict[str, object] = {
        name: [as_kept(getattr(before, name)), as_kept(getattr(after, name))]
        for name in (*WORDS, "main_site", "chair_id")
        if getattr(before, name) != getattr(after, name)
    }
    if before.period != after.period:
        found["period"] = [
            [one.period.start.isoformat(), one.period.end.isoformat()] for one in (before, after)
        ]
    if before.host != after.host:
        found["host"] = after.host
    if before.sites != after.sites:
        found["sites_added"] = sorted(set(after.sites) - set(before.sites))
        found["sites_removed"] = sorted(set(before.sites) - set(after.sites))
    if before.delegates != after.delegates:
        found["delegates"] = [list(before.delegates), list(after.delegates)]
    return found


def as_kept(value: object) -> str:
    """Return a value as the audit and the history keep it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def overridden(conference: Conference) -> dict[str, object]:
    """Return for the audit what was said against a conference."""
    said = [reason.rule.value for reason in conference.warnings]
    return {"overridden": said} if said else {}
