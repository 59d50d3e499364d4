"""Import and export of units, halls, devices, contacts, officials and conferences."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from aiohttp import web

from meetings.errors import BadRows
from meetings.idempotency import Answer
from meetings.store import Connection
from web.answers import download
from web.api import views
from web.api.answering import change, done
from web.api.cell_views import cell_views
from web.api.endpoints import Endpoints, Tells
from web.api.legacies import TrialQuery, UnsettledView, unsettled_view
from web.api.problems import MOST_SHOWN, CellView
from web.api.reading import read_query
from web.api.reasons import ReasonView, each_views
from web.api.sheets import CSV
from web.errors import UnsupportedBody
from web.files.bringing import bring_in, clerk_of, table_in, try_out
from web.files.document_kinds import XLSX
from web.ledgers.model import Draft
from web.ledgers.table import LEDGERS, as_csv, as_xlsx
from web.routes import Handler
from web.transactions import connection

routes = Endpoints("ledgers")

CALENDAR = "text/calendar"
UPLOADS = dict.fromkeys(LEDGERS, (CSV, XLSX)) | {"conferences": (CSV, XLSX, CALENDAR)}
ENDINGS = {CSV: ".csv", XLSX: ".xlsx", CALENDAR: ".ics"}

Write = Callable[[str, Sequence[Sequence[str]]], bytes]


class CellChange(views.View):
    """A cell before and after."""

    column: str
    before: str
    after: str


class DifferenceView(views.View):
    """What a row of the file does: `add`, `change` or `same`, and what speaks against it."""

    line: int
    what: str
    label: str
    changes: list[CellChange]
    warnings: list[ReasonView]


class ImportView(views.View):
    """What a file did or would do; with `problems` nothing was changed.

    Of each list the first thousand are shown.  `unsettled` is what units that the file merges say
    differently.
    """

    dry_run: bool
    added: int
    changed: int
    unchanged: int
    differences: list[DifferenceView]
    problems: list[CellView]
    unsettled: list[UnsettledView]


async def import_view(
    conn: Connection, request: web.Request, draft: Draft, *, dry: bool
) -> ImportView:
    """Return what a file did."""
    shown = draft.differences[:MOST_SHOWN]
    warned = await each_views(conn, request, [one.warnings for one in shown])
    return ImportView(
        dry_run=dry,
        added=draft.count("add"),
        changed=draft.count("change"),
        unchanged=draft.count("same"),
        differences=[
            DifferenceView(
                line=one.line,
                what=one.what,
                label=one.label,
                changes=[CellChange(column=c, before=b, after=a) for c, b, a in one.changes],
                warnings=said,
            )
            for one, said in zip(shown, warned, strict=True)
        ],
        problems=await cell_views(conn, request, draft.problems[:MOST_SHOWN]),
        unsettled=[unsettled_view(one) for one in draft.unsettled[:MOST_SHOWN]],
    )


def importer(kind: str) -> Handler:
    """Return the handler that takes a file of a kind."""

    async def take(request: web.Request) -> web.Response:
        if request.content_type not in UPLOADS[kind]:
            raise UnsupportedBody
        dry = read_query(request, TrialQuery).dry_run
        told = ENDINGS[request.content_type]
        table = await table_in(request, await request.read(), told=told)

        async def work(conn: Connection) -> Answer:
            draft = await bring_in(conn, request, kind, table)
            if draft.problems:
                raise BadRows(draft.problems)
            return done(await import_view(conn, request, draft, dry=False))

        if not dry:
            return await change(request, work)
        draft = await try_out(request, kind, table)
        async with connection(request) as conn:
            view = await import_view(conn, request, draft, dry=True)
        return web.json_response(text=view.model_dump_json())

    take.__name__ = f"import_{kind}"
    take.__doc__ = f"Bring a file of {kind} in, all of it or nothing."
    return take


def exporter(kind: str, write: Write, media: str, ending: str) -> Handler:
    """Return the handler that gives a file of a kind."""

    async def give(request: web.Request) -> web.Response:
        async with connection(request) as conn:
            rows = await LEDGERS[kind].listing(conn, clerk_of(request))
        content = await asyncio.to_thread(write, kind, rows)
        return download(content, media, f"{kind}.{ending}")

    give.__name__ = f"export_{kind}_{ending}"
    give.__doc__ = f"Give the {kind} that one keeps as a file that can be imported again."
    return give


for _kind, _ledger in LEDGERS.items():
    for _write, _media, _ending in ((as_csv, CSV, "csv"), (as_xlsx, XLSX, "xlsx")):
        routes.endpoint(
            "GET",
            f"/export/{_kind}.{_ending}",
            allow=_ledger.PERMISSION,
            tells=Tells(media=(_media,)),
        )(exporter(_kind, _write, _media, _ending))
    routes.endpoint(
        "POST",
        f"/import/{_kind}",
        allow=_ledger.PERMISSION,
        tells=Tells(answer=ImportView, query=TrialQuery, upload=UPLOADS[_kind], keyed=True),
    )(importer(_kind))
