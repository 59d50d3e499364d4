"""The days of a week as documents tell them: sessions, content, chair, place, who takes part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from meetings.ids import OfficialId
from meetings.model import COMMUNE_KINDS, Period, Site, SiteId
from meetings.office.workdays import day_period
from meetings.scheduling.resources import Official
from meetings.store.schedule import Entry
from web.formats import local
from web.i18n import N_
from web.pages.reading import Reader
from web.pages.views.schedule import host_of
from web.pages.views.spans import DayHead, Frame, day_head
from web.wording.speech import Speech

NIGHT = timedelta(hours=6)
SESSIONS = (
    (12, "morning", N_("Morning")),
    (18, "afternoon", N_("Afternoon")),
    (24, "evening", N_("Evening")),
)
MOST_COMMUNES = 6
MOST_OFFICES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One conference of the schedule, and the entry that it tells in words."""

    entry: Entry
    time: str
    title: str
    url: str
    chair: str
    place: str
    participants: str
    prepared: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A morning, an afternoon or an evening with its conferences."""

    part: str
    words: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day with its sessions; `rows` is how many lines it takes in the table."""

    head: DayHead
    sessions: Sequence[Session]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The halls and officials that conferences of the week name."""

    sites: Mapping[SiteId, Site]
    officials: Mapping[OfficialId, Official]


def days(frame: Frame, entries: Sequence[Entry], known: Known, reader: Reader) -> list[Day]:
    """Return the days of the week; a free weekend day is left out."""
    found = [day_of(day, entries, known, frame, reader) for day in frame.days]
    return [one for one in found if one.sessions or one.head.mark != "weekend"]


def day_of(
    day: date,
    entries: Iterable[Entry],
    known: Known,
    frame: Frame,
    reader: Reader,
) -> Day:
    """Return one day with its sessions."""
    whole = day_period(day)
    on_day = [one for one in entries if stands_on(one.period, whole)]
    sessions = [
        Session(
            part=part,
            words=reader.speech.word(words),
            lines=[line(one, day, known, reader.speech) for one in members],
        )
        for (part, words), members in groupby(
            on_day, key=lambda one: session_of(max(one.period.start, whole.start))
        )
    ]
    rows = max(1, sum(len(one.lines) for one in sessions))
    return Day(head=day_head(day, frame, reader), sessions=sessions, rows=rows)


def stands_on(period: Period, day: Period) -> bool:
    """Tell whether a conference stands on a day: one that only lasts into its night does not."""
    began_before = period.start < day.start
    return period.overlaps(day) and not (began_before and period.end <= day.start + NIGHT)


def session_of(moment: datetime) -> tuple[str, str]:
    """Return the part of the day in which a moment lies, and the word for it."""
    hour = local(moment).hour
    return next((part, words) for before, part, words in SESSIONS if hour < before)


def line(entry: Entry, day: date, known: Known, speech: Speech) -> Line:
    """Return one conference as the schedule tells it under a day."""
    sites = known.sites
    main = sites.get(entry.main_site) if entry.main_site in entry.sites else None
    invited = [sites[place] for place in entry.sites if place in sites and place != entry.main_site]
    delegates = [known.officials[who] for who in entry.delegates if who in known.officials]
    return Line(
        entry=entry,
        time=speech.hours(entry.period, on=day),
        title=entry.title,
        url=f"/conferences/{entry.id}" if entry.visible else "",
        chair=entry.chair,
        place=hall_words(main) if main else "",
        participants=participants(delegates, invited, speech),
        prepared=host_of(entry, speech),
    )


def hall_words(site: Site) -> str:
    """Return how a hall is called in a document: its own name, with its unit where it lacks it."""
    named = site.unit_name in site.name
    return (
        site.name
        if named or site.unit_kind not in COMMUNE_KINDS
        else (f"{site.name} ({site.unit_name})")
    )


def participants(delegates: Sequence[Official], invited: Sequence[Site], speech: Speech) -> str:
    """Return who takes part: delegates and offices by name, communes while they are few."""
    communes = [site.unit_name for site in invited if site.unit_kind in COMMUNE_KINDS]
    offices = [site.unit_name for site in invited if site.unit_kind not in COMMUNE_KINDS]
    ranked = sorted(delegates, key=lambda one: (one.rank, one.id))
    words = [", ".join(one.label for one in ranked)] if ranked else []
    if offices:
        words.append(speech.listing(offices, most=MOST_OFFICES))
    if len(communes) > MOST_COMMUNES:
        words.append(speech.tell_many("%(n)s commune hall", "%(n)s commune halls", len(communes)))
    elif communes:
        words.append(", ".join(communes))
    return "; ".join(words)
