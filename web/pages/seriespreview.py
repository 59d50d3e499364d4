"""What a change would make of a series' dates, shown before it is made; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_urlsafe

from aiohttp import web

from meetings.asking import steps_for
from meetings.model import Conference
from meetings.officedays import StaleEntry
from meetings.store import Connection
from web.booking import desk_of
from web.forms import parse_form
from web.outcomes import Outcome
from web.pages.reading import Reader, Texts, number_in, version_in
from web.pages.seriestyped import NAMES, scope_of, typed_changes
from web.pages.seriesview import DateLine, SkippedLine, period_line, rule_text, skipped_lines
from web.permissions import Permission
from web.render import render
from web.seeing_series import see_series
from web.serieschanges import changes_in
from web.seriesforms import SeriesChangesBody
from web.seriesturns import preview_dates
from web.transactions import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLine:
    """A date that is held at another time."""

    was: DateLine
    becomes: DateLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What becomes of the dates, as the page says it."""

    moved: Sequence[MovedLine]
    new: Sequence[DateLine]
    gone: Sequence[DateLine]
    staying: Sequence[tuple[DateLine, SkippedLine]]
    skipped: Sequence[SkippedLine]


async def preview_page(
    request: web.Request, reader: Reader, form: Texts, *, again: bool = False
) -> web.Response | None:
    """Return the page of what would become of the dates, None where none of them would move.

    `again`: it was looked at before, and comes to something else by now.

    Raises:
        StaleEntry: somebody else changed the series first.
        SeriesClash: no date could be held.
    """
    desk, version = desk_of(request, reader.actor), version_in(form)
    async with transaction(request) as conn:
        seen = await see_series(conn, reader.actor, number_in(request, "id"), Permission.BOOK)
        if version != seen.series.version:
            raise StaleEntry(f"series {seen.series.id}", seen.series.version)
        body = parse_form(SeriesChangesBody, typed_changes(form, seen))
        changes, scope = await changes_in(conn, desk, body), scope_of(form)
        outcome = await preview_dates(conn, desk, seen.series, changes, scope=scope)
        if outcome is None:
            return None
        after = outcome.turn.after
        lines = await shown_of(conn, outcome, reader)
        asks = bool(await steps_for(conn, after.wish.host, after.wish.kind))
    return render(
        request,
        "series-change-preview.html",
        series=seen.series,
        rule=rule_text(after.schedule, reader),
        asks=asks,
        again=again,
        lines=lines,
        fields=fields_of(form, outcome),
    )


def fields_of(form: Texts, outcome: Outcome) -> Mapping[str, str]:
    """Return what was typed, and what was seen, as hidden fields."""
    typed = {name: form.get(name) for name in NAMES}
    key = form.get("key") or token_urlsafe(16)
    return typed | {"version": form.get("version"), "key": key, "seen": outcome.mark}


async def shown_of(conn: Connection, outcome: Outcome, reader: Reader) -> Shown:
    """Return what becomes of the dates in words."""
    found, held = outcome.found, outcome.turn.held
    stayed = await skipped_lines(conn, list(outcome.stayed.values()), reader)
    return Shown(
        moved=[
            MovedLine(
                was=line_of(held[one.id], outcome, reader),
                becomes=period_line(one.period, reader),
            )
            for one in outcome.moved
        ],
        new=[period_line(one.period, reader) for one in found.new],
        gone=[line_of(held[one], outcome, reader) for one in found.gone],
        staying=[
            (line_of(held[number], outcome, reader), why)
            for number, why in zip(outcome.stayed, stayed, strict=True)
        ],
        skipped=await skipped_lines(conn, found.skipped, reader),
    )


def line_of(one: Conference, outcome: Outcome, reader: Reader) -> DateLine:
    """Return when a conference is held, with its title only where it is its own."""
    return replace(
        period_line(one.period, reader),
        title="" if one.title == outcome.turn.before.wish.title else one.title,
        url=f"/conferences/{one.id}",
    )
