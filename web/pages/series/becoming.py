"""What becomes of the dates of a series, in words: moved, changed, kept, called off, new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from meetings.approval.versions import differences, version_of
from meetings.model import Conference, Period
from meetings.scheduling.amending import Amendment
from meetings.scheduling.reasons import Reason
from meetings.store import Connection
from web.pages.conference.history import change_words, names_of
from web.pages.reading import Reader
from web.pages.series.seriesview import DateLine, SkippedLine, period_line, skipped_lines
from web.series.outcomes import Outcome
from web.wording.explaining import sentence
from web.wording.naming import read_names

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLine:
    """A date that is held at another time."""

    was: DateLine
    becomes: DateLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike(Generic[Line]):
    """Dates of which the same becomes different, but for their times, and what that is."""

    words: Sequence[str]
    dates: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What becomes of the dates, as the page says it."""

    moved: Sequence[Alike[MovedLine]]
    new: Sequence[DateLine]
    gone: Sequence[DateLine]
    staying: Sequence[tuple[DateLine, SkippedLine]]
    changed: Sequence[Alike[DateLine]]
    kept: Sequence[DateLine]
    skipped: Sequence[SkippedLine]


async def words_between(
    conn: Connection, before: Conference, after: Conference, reader: Reader
) -> list[str]:
    """Say what is different between two states of a conference."""
    versions = [version_of(before), version_of(after)]
    names = await names_of(conn, versions)
    found = differences(*versions)
    return [text for one in found for text in change_words(one, names, reader)]


async def alike_in(
    conn: Connection,
    amended: Sequence[Amendment],
    line: Callable[[Amendment], Line],
    reader: Reader,
) -> list[Alike[Line]]:
    """Return those that change alike together."""
    versions = [(version_of(one.before), version_of(one.after), one) for one in amended]
    names = await names_of(conn, [one for pair in versions for one in pair[:2]])
    alike: dict[tuple[str, ...], list[Line]] = {}
    for before, after, one in versions:
        found = [each for each in differences(before, after) if each.field != "period"]
        words = tuple(text for each in found for text in change_words(each, names, reader))
        alike.setdefault(words, []).append(line(one))
    return [Alike(words=words, dates=dates) for words, dates in alike.items()]


async def shown_of(conn: Connection, outcome: Outcome, reader: Reader) -> Shown:
    """Return what becomes of the dates in words."""
    found, held = outcome.found, outcome.turn.held
    names = await read_names(conn, reader.actor, outcome.against)

    def warned(line: DateLine, reasons: Sequence[Reason]) -> DateLine:
        return replace(line, warnings=[sentence(one, names, reader.speech) for one in reasons])

    def told(period: Period, reasons: Sequence[Reason]) -> DateLine:
        return warned(period_line(period, reader), reasons)

    def moved(one: Amendment) -> MovedLine:
        becomes = told(one.after.period, one.after.warnings)
        return MovedLine(was=line_of(one.before, outcome, reader), becomes=becomes)

    def changed(one: Amendment) -> DateLine:
        return warned(line_of(one.before, outcome, reader), one.after.warnings)

    stayed = await skipped_lines(conn, list(outcome.stayed.values()), reader)
    return Shown(
        moved=await alike_in(conn, outcome.moved, moved, reader),
        new=[told(one.period, outcome.new_warnings.get(one.date, ())) for one in found.new],
        gone=[line_of(held[one], outcome, reader) for one in found.gone],
        staying=[
            (line_of(held[number], outcome, reader), why)
            for number, why in zip(outcome.stayed, stayed, strict=True)
        ],
        changed=await alike_in(conn, outcome.changed, changed, reader),
        kept=[line_of(one, outcome, reader) for one in outcome.kept],
        skipped=await skipped_lines(conn, found.skipped, reader),
    )


def line_of(one: Conference, outcome: Outcome, reader: Reader) -> DateLine:
    """Return when a conference is held, with its title only where it is its own."""
    return replace(
        period_line(one.period, reader),
        title="" if one.title == outcome.turn.before.wish.title else one.title,
        url=f"/conferences/{one.id}",
    )
