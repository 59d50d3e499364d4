"""What a change would make of a series' dates, shown before it is made; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe

from aiohttp import web

from meetings.approval.asking import steps_for
from meetings.office.days import StaleEntry
from meetings.store import Connection
from web.input.forms import parse_form
from web.pages.booking.belonging import SEEN
from web.pages.booking.warned import ACCEPTED
from web.pages.booking.wishing import Sheet, Typed
from web.pages.booking.wishing import fields_of as typed_fields
from web.pages.reading import Reader, Texts, number_in, reader_of, version_in
from web.pages.series.becoming import shown_of, words_between
from web.pages.series.seriestyped import NAMES, scope_of, typed_changes
from web.pages.series.seriesview import rule_text
from web.permissions import Permission
from web.render import render
from web.scheduling.booking import desk_of
from web.series.changes import changes_in
from web.series.forms import SeriesChangesBody
from web.series.outcomes import OtherOutcome, Outcome
from web.series.seeing_series import see_series
from web.series.turns import preview_dates
from web.transactions import connection, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Whose dates they are, as the head of the page names it, and where its form goes."""

    url: str
    title: str
    action: str


async def preview_page(
    request: web.Request, reader: Reader, form: Texts, *, again: bool = False
) -> web.Response | None:
    """Return the page of what would become of the dates, None where only words change.

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
        if not outcome.shows:
            return None
        fields = list(fields_of(form, outcome).items())
        back = Back(
            url=f"/series/{seen.series.id}", title=seen.series.wish.title, action=request.path
        )
        return await outcome_page(conn, request, outcome, back, fields, again=again)


async def outcome_page(
    conn: Connection,
    request: web.Request,
    outcome: Outcome,
    back: Back,
    fields: Sequence[tuple[str, str]],
    *,
    again: bool,
    first: Sequence[str] = (),
) -> web.Response:
    """Return the page that shows what becomes of the dates, and sends the form on with that seen.

    `first` says what becomes different about the date on which the change was made.
    """
    reader, turn = reader_of(request), outcome.turn
    hosts = [(one.wish.host, one.wish.kind) for one in (turn.after, turn.before)]
    asks = outcome.is_large and any([await steps_for(conn, *one) for one in hosts])
    return render(
        request,
        "series-change-preview.html",
        back=back,
        rule=rule_text(turn.after.schedule, reader),
        asks=asks,
        again=again,
        first=first,
        lines=await shown_of(conn, outcome, reader),
        fields=fields,
    )


async def date_page(
    request: web.Request, sheet: Sheet, typed: Typed, form: Texts, other: OtherOutcome
) -> web.Response:
    """Return the page of what a change made on one date would make of the others."""
    outcome, key = other.outcome, form.get("key") or token_urlsafe(16)
    more = {"version": form.get("version"), "key": key, SEEN: outcome.mark}
    more |= {ACCEPTED: form.get(ACCEPTED)} if ACCEPTED in form else {}
    title = outcome.turn.before.wish.title
    reader = reader_of(request)
    async with connection(request) as conn:
        return await outcome_page(
            conn,
            request,
            outcome,
            Back(url=sheet.back, title=title, action=sheet.action),
            [*typed_fields(typed.values), *more.items()],
            again=bool(form.get(SEEN)),
            first=await words_between(conn, *other.first, reader) if other.first else (),
        )


def fields_of(form: Texts, outcome: Outcome) -> Mapping[str, str]:
    """Return what was typed, and what was seen, as hidden fields."""
    typed = {name: form.get(name) for name in NAMES}
    key = form.get("key") or token_urlsafe(16)
    return typed | {"version": form.get("version"), "key": key, "seen": outcome.mark}
