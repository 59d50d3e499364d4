"""Explaining: one sentence for each reason, the same on pages and in the API.

Of others' conferences one learns the host and the period; the title only where one may know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from meetings.directory import sites_by_ids, units_by_ids
from meetings.model import (
    ConferenceId,
    LineId,
    OfficialId,
    Period,
    Rival,
    Site,
    SiteId,
    Unit,
    UnitId,
)
from meetings.officials import lines_by_ids, officials_by_ids
from meetings.reasons import HolderKind, Reason, Rule
from meetings.resources import Line, Official, Subject, SubjectKind
from meetings.store import Connection
from web.actors import Actor
from web.formats import clock_time, local_day, long_date
from web.pages.speech import Speech
from web.visibility import known_among

MOST_NAMES = 4
NOBODYS = SiteId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the ids of reasons are called, and which conferences the asker may know."""

    sites: Mapping[SiteId, Site]
    officials: Mapping[OfficialId, Official]
    lines: Mapping[LineId, Line]
    units: Mapping[UnitId, Unit]
    known: frozenset[ConferenceId]

    def of(self, subject: Subject) -> str:
        """Return what a subject is called."""
        if subject.kind is SubjectKind.SITE:
            return self.sites[SiteId(subject.id)].label
        if subject.kind is SubjectKind.OFFICIAL:
            return self.officials[OfficialId(subject.id)].label
        if subject.kind is SubjectKind.LINE:
            return self.lines[LineId(subject.id)].name
        return self.units[UnitId(subject.id)].name


async def read_names(conn: Connection, actor: Actor | None, reasons: Iterable[Reason]) -> Names:
    """Return the names behind the ids of the reasons, and what the actor may know of them."""
    said = list(reasons)
    subjects = [subject for reason in said for subject in reason.subjects]
    by_kind: dict[SubjectKind, set[int]] = {kind: set() for kind in SubjectKind}
    for subject in subjects:
        by_kind[subject.kind].add(subject.id)
    rivals = list(map(rival_in, (reason for reason in said if is_conference(reason))))
    if not subjects:
        return Names(sites={}, officials={}, lines={}, units={}, known=frozenset())
    units = by_kind[SubjectKind.HOST] | {rival.host for rival in rivals}
    return Names(
        sites=await sites_by_ids(conn, [SiteId(one) for one in by_kind[SubjectKind.SITE]]),
        officials=await officials_by_ids(
            conn, [OfficialId(one) for one in by_kind[SubjectKind.OFFICIAL]]
        ),
        lines=await lines_by_ids(conn, [LineId(one) for one in by_kind[SubjectKind.LINE]]),
        units=await units_by_ids(conn, [UnitId(one) for one in units]),
        known=await known_among(conn, actor, rivals) if actor and rivals else frozenset(),
    )


def is_conference(reason: Reason) -> bool:
    """Tell whether another conference stands in the way."""
    return reason.holder is not None and reason.holder.kind is HolderKind.CONFERENCE


def rival_in(reason: Reason) -> Rival:
    """Return the other conference as a rival."""
    if reason.holder is None or reason.holder.host is None:
        raise ValueError("no conference stands in the way")
    return Rival(
        site=NOBODYS,
        conference=ConferenceId(reason.holder.id),
        host=reason.holder.host,
        period=reason.period,
        title=reason.holder.words,
    )


def sentence(reason: Reason, names: Names, speech: Speech) -> str:
    """Return the reason as one sentence in the reader's language."""
    return WORDS[reason.rule](reason, names, speech)


def span(period: Period) -> str:
    """Write from when until when, with the day where it is not one day."""
    start, end = period.start, period.end
    day = f"{local_day(start):%d/%m}"
    last = "" if local_day(start) == local_day(end) else f" {local_day(end):%d/%m}"
    return f"{clock_time(start)} – {clock_time(end)}{last}, {day}"


def who(reason: Reason, names: Names, speech: Speech) -> str:
    """Return what is meant: up to four names, and how many more."""
    return speech.listing(map(names.of, reason.subjects), most=MOST_NAMES)


def host(reason: Reason, names: Names, speech: Speech) -> str:
    """Return who holds it, with the title where that may be known."""
    rival = rival_in(reason)
    unit = names.units[rival.host]
    name = unit.name_en if speech.locale == "en" and unit.name_en else unit.name
    return f"{name} ({rival.title})" if rival.conference in names.known else name


def taken(reason: Reason, names: Names, speech: Speech) -> str:
    """Say who holds it from when until when."""
    return speech.tell(
        "%(names)s: taken by %(host)s, %(when)s.",
        names=who(reason, names, speech),
        host=host(reason, names, speech),
        when=span(reason.period),
    )


def line_taken(reason: Reason, names: Names, speech: Speech) -> str:
    """Say who holds the line from when until when."""
    return speech.tell(
        "The shared line %(names)s is taken by %(host)s, %(when)s.",
        names=who(reason, names, speech),
        host=host(reason, names, speech),
        when=span(reason.period),
    )


def blacked_out(reason: Reason, names: Names, speech: Speech) -> str:
    """Say what cannot be had and why."""
    return speech.tell(
        "%(names)s cannot be had %(when)s: %(why)s.",
        names=who(reason, names, speech),
        when=span(reason.period),
        why=(reason.holder.words if reason.holder else "").rstrip("."),
    )


def no_seats(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say how many seats are wanted and how many are free."""
    return speech.tell(
        "The bridges have %(free)s places free at that time, %(wanted)s are needed.",
        free=speech.number(reason.limit),
        wanted=speech.number(reason.given),
    )


def quota(reason: Reason, names: Names, speech: Speech) -> str:
    """Say how many conferences the host has and may have."""
    return speech.tell(
        "%(host)s has %(given)s conferences that are not over, and may have %(limit)s.",
        host=who(reason, names, speech),
        given=speech.number(reason.given),
        limit=speech.number(reason.limit),
    )


def horizon(reason: Reason, names: Names, speech: Speech) -> str:
    """Say how far ahead the host may book."""
    return speech.tell(
        "%(host)s books at most %(limit)s days ahead; this is %(given)s days away.",
        host=who(reason, names, speech),
        limit=speech.number(reason.limit),
        given=speech.number(reason.given),
    )


def past(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say that it is over."""
    return speech.tell("The time %(when)s lies in the past.", when=span(reason.period))


def day_off(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say that offices do not work."""
    day = long_date(reason.period.start, speech.locale)
    return speech.tell("%(day)s is not a working day.", day=day)


def out_of_hours(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say when offices work."""
    opens, closes = clock_time(reason.period.start), clock_time(reason.period.end)
    return speech.tell(
        "It lies outside the working hours of that day, %(opens)s – %(closes)s.",
        opens=opens,
        closes=closes,
    )


def lunch(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say when lunch is."""
    start, end = clock_time(reason.period.start), clock_time(reason.period.end)
    return speech.tell("It runs into lunch, %(start)s – %(end)s.", start=start, end=end)


def short_notice(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say by when the invitation should have gone out."""
    day = long_date(reason.until, speech.locale) if reason.until else ""
    return speech.tell(
        "Invitations go out at least %(limit)s working days before; the last day was %(day)s.",
        limit=speech.number(reason.limit),
        day=day,
    )


def tight(reason: Reason, names: Names, speech: Speech) -> str:
    """Say who is near."""
    return speech.tell(
        "%(names)s: less than %(limit)s minutes from the conference of %(host)s, %(when)s.",
        names=who(reason, names, speech),
        limit=speech.number(reason.limit),
        host=host(reason, names, speech),
        when=span(reason.period),
    )


def long(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say how long it is and how long is usual."""
    return speech.tell(
        "It lasts %(given)s; conferences of this kind usually last %(limit)s at most.",
        given=speech.length(timedelta(minutes=reason.given)),
        limit=speech.length(timedelta(minutes=reason.limit)),
    )


WORDS: Mapping[Rule, Callable[[Reason, Names, Speech], str]] = MappingProxyType(
    {
        Rule.PAST: past,
        Rule.HORIZON: horizon,
        Rule.QUOTA: quota,
        Rule.SITE_TAKEN: taken,
        Rule.OFFICIAL_TAKEN: taken,
        Rule.LINE_TAKEN: line_taken,
        Rule.BLACK_OUT: blacked_out,
        Rule.NO_SEATS: no_seats,
        Rule.DAY_OFF: day_off,
        Rule.OUT_OF_HOURS: out_of_hours,
        Rule.LUNCH: lunch,
        Rule.SHORT_NOTICE: short_notice,
        Rule.TIGHT: tight,
        Rule.LONG: long,
    }
)
