"""Drawing the grid of free times: who is wanted, who holds them, and where the wish would clash."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from meetings.model import Period, SiteId
from meetings.office.workdays import day_period, local_day
from meetings.scheduling.resources import Subject, SubjectKind
from meetings.store.held import Held
from web.formats import clock_time
from web.pages.booking.wanted import Wanted
from web.pages.views.hallgrid import ticks
from web.pages.views.lanes import HOUR, HOURS_A_DAY, Grid, Place, grid_for, place
from web.wording.speech import Speech

MINUTES = 5
MOST_NAMES = 4
MOST_REASONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What stands in the way; `clash` says that the wish would meet it."""

    start: int
    span: int
    lane: int
    words: str
    clash: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One that is wanted, the wished stretch with its set-up and tear-down, and what is there."""

    kind: SubjectKind
    label: str
    part: str
    halls: frozenset[SiteId]
    wish: tuple[int, int]
    bars: Sequence[Bar]
    clash: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """The whole grid; `quiet` counts halls that nobody holds on that day, nor a line of theirs."""

    sentence: str
    clashes: int
    grid: Grid
    ticks: Sequence[tuple[int, int, str]]
    rows: Sequence[Row]
    quiet: int
    kinds: frozenset[SubjectKind]
    day: date


def draw(wish: Period, wanted: Sequence[Wanted], held: Sequence[Held], speech: Speech) -> Free:
    """Return the grid: who clashes first, then others that somebody holds on that day."""
    day = local_day(wish.start)
    grid = grid_of(wish, (one.period for one in held))
    by_subject: dict[Subject, list[Held]] = {}
    for one in held:
        if one.period.overlaps(shown_for(wish)):
            by_subject.setdefault(one.subject, []).append(one)
    rows = [
        row(one, by_subject[one.subject], grid, speech)
        for one in wanted
        if one.subject in by_subject
    ]
    rows.sort(key=lambda one: not one.clash)
    return Free(
        sentence=" ".join(sentences(wish, wanted, [one for one in rows if one.clash], speech)),
        clashes=sum(one.clash for one in rows),
        grid=grid,
        ticks=ticks(grid),
        rows=rows,
        quiet=count_quiet(wanted, by_subject.keys()),
        kinds=frozenset(one.subject.kind for one in wanted),
        day=day,
    )


def shown_for(wish: Period) -> Period:
    """Return what the grid shows at most: the wish's day, or past midnight until the wish ends."""
    day = day_period(local_day(wish.start))
    hours = -((day.start - wish.end) // HOUR)
    return Period(day.start, max(day.end, day.start + hours * HOUR))


def grid_of(wish: Period, held: Iterable[Period]) -> Grid:
    """Return the hours of the wish's day; of a wish past midnight they go on past 24."""
    grid = grid_for((local_day(wish.start),), [wish, *held], minutes=MINUTES)
    shown = shown_for(wish)
    hours = (shown.end - shown.start) // HOUR
    return replace(grid, last=hours) if hours > HOURS_A_DAY else grid


def count(wanted: Iterable[Wanted], kind: SubjectKind) -> int:
    """Return how many of a kind are wanted."""
    return sum(one.subject.kind is kind for one in wanted)


def count_quiet(wanted: Iterable[Wanted], held: Collection[Subject]) -> int:
    """Return how many halls nobody holds, nor the line they are on."""
    halls = {one.subject.id for one in wanted if one.subject.kind is SubjectKind.SITE}
    busy = {one.id for one in held if one.kind is SubjectKind.SITE}
    for one in wanted:
        if one.subject in held:
            busy |= one.halls
    return len(halls - busy)


def row(wanted: Wanted, held: Sequence[Held], grid: Grid, speech: Speech) -> Row:
    """Return the row of one that is wanted."""
    placed = place([wanted.wish], grid, period_of=lambda one: one)
    bars = [bar(one, wanted, speech) for one in place(held, grid, period_of=lambda one: one.period)]
    return Row(
        kind=wanted.subject.kind,
        label=wanted.label,
        part=wanted.part,
        halls=wanted.halls,
        wish=(placed[0].start, placed[0].span) if placed else (0, 1),
        bars=bars,
        clash=any(one.clash for one in bars),
    )


def bar(one: Place[Held], wanted: Wanted, speech: Speech) -> Bar:
    """Return one stretch that is taken, with who holds it."""
    held = one.item
    times = f"{clock_time(held.period.start)}–{clock_time(held.period.end)}"
    holder = held.holder_en if speech.locale == "en" and held.holder_en else held.holder
    person = wanted.subject.kind is SubjectKind.OFFICIAL
    away = speech.tell("Away") if person else speech.tell("Not in use")
    words = [holder if held.conference else away, held.title]
    return Bar(
        start=one.start,
        span=one.span,
        lane=one.lane,
        words=f"{times} {': '.join(word for word in words if word)}",
        clash=held.period.overlaps(wanted.wish),
    )


def sentences(
    wish: Period, wanted: Sequence[Wanted], clashing: Sequence[Row], speech: Speech
) -> list[str]:
    """Say in words whether the wish can be had: of halls, of lines they share, of officials."""
    until = speech.until(wish.end, since=wish.start)
    times = {"start": clock_time(wish.start), "end": until}
    taken = {kind: [one for one in clashing if one.kind is kind] for kind in SubjectKind}
    lines, told = taken[SubjectKind.LINE], []
    if halls := count(wanted, SubjectKind.SITE):
        told.append(hall_sentence(taken[SubjectKind.SITE], halls, times, speech, lines=bool(lines)))
    if lines:
        told.append(line_sentence(lines, speech))
    if officials := count(wanted, SubjectKind.OFFICIAL):
        told.append(official_sentence(taken[SubjectKind.OFFICIAL], officials, speech))
    return told


def hall_sentence(
    taken: Sequence[Row], halls: int, times: Mapping[str, str], speech: Speech, *, lines: bool
) -> str:
    """Say whether the halls can be had; `lines` is that some line of theirs cannot."""
    if not taken and lines:
        return speech.tell_many(
            "The hall is free from %(start)s to %(end)s, but the shared line it is on is not.",
            "All %(n)s halls are free from %(start)s to %(end)s, but shared lines they are on are"
            " not.",
            halls,
            **times,
        )
    if not taken:
        return speech.tell_many(
            "The hall is free from %(start)s to %(end)s.",
            "All %(n)s halls are free from %(start)s to %(end)s.",
            halls,
            **times,
        )
    return speech.tell_many(
        "%(n)s hall is taken from %(start)s to %(end)s: %(reasons)s.",
        "%(n)s halls are taken from %(start)s to %(end)s: %(reasons)s.",
        len(taken),
        reasons=reasons(taken, speech),
        **times,
    )


def line_sentence(taken: Sequence[Row], speech: Speech) -> str:
    """Say which shared lines are taken, and how many halls of the wish are on them."""
    halls = len(frozenset[SiteId]().union(*(one.halls for one in taken)))
    return speech.tell_many(
        "%(n)s shared line (of %(halls)s) is taken then: %(reasons)s.",
        "%(n)s shared lines (of %(halls)s) are taken then: %(reasons)s.",
        len(taken),
        halls=speech.tell_many("%(n)s hall", "%(n)s halls", halls),
        reasons=reasons(taken, speech),
    )


def official_sentence(taken: Sequence[Row], officials: int, speech: Speech) -> str:
    """Say whether the officials can be had."""
    if not taken:
        return speech.tell_many(
            "The official is free then.", "All %(n)s officials are free then.", officials
        )
    return speech.tell_many(
        "%(n)s official is taken then: %(reasons)s.",
        "%(n)s officials are taken then: %(reasons)s.",
        len(taken),
        reasons=reasons(taken, speech),
    )


def reasons(taken: Sequence[Row], speech: Speech) -> str:
    """Tell what stands in the way, each with whom it keeps."""
    found: dict[str, list[str]] = {}
    for one in taken:
        found.setdefault(first_clash(one), []).append(one.label)
    told = [
        f"{words} ({speech.listing(labels, most=MOST_NAMES)})" for words, labels in found.items()
    ]
    return "; ".join(told[:MOST_REASONS]) + "; …" * (len(told) > MOST_REASONS)


def first_clash(row: Row) -> str:
    """Return the words of the first stretch in the way."""
    return next(one.words for one in row.bars if one.clash)
