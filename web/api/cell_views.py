"""Wrong cells of a file as the API tells them, with why a row's wish cannot be had."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from meetings.directory.unit_rows import CellProblem
from meetings.store import Connection
from web.api.presenting import alternative_view
from web.api.problems import CellView
from web.api.reasons import reason_view
from web.keys import ACTOR
from web.wording.cells import cell_words
from web.wording.naming import Names, read_names
from web.wording.speech import Speech, speech_of


async def cell_views(
    conn: Connection, request: web.Request, problems: Sequence[CellProblem]
) -> list[CellView]:
    """Return wrong cells in the reader's language; the names are read once for all."""
    said = [reason for one in problems for reason in one.reasons]
    names, speech = await read_names(conn, request[ACTOR], said), speech_of(request)
    return [cell_view(one, names, speech) for one in problems]


def cell_view(problem: CellProblem, names: Names, speech: Speech) -> CellView:
    """Return a wrong cell, with the reasons as far as the asker may know them."""
    return CellView(
        line=problem.line,
        column=problem.column,
        code=problem.code,
        message=cell_words(problem, speech.catalogue),
        value=problem.value,
        reasons=[reason_view(one, names, speech) for one in problem.reasons],
        alternatives=[alternative_view(one) for one in problem.ways],
    )
