"""A form that is sent twice is done once: its key is given with the page, its answer is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from meetings.idempotency import Answer
from meetings.store import Connection
from web.answers import redirect
from web.input.once import once
from web.pages.reading import Texts, key_in


async def send_once(
    request: web.Request, form: Texts, work: Callable[[Connection], Awaitable[str]]
) -> web.Response:
    """Do the work once for this form, in a transaction, and lead to the page that it names."""

    async def answered(conn: Connection) -> Answer:
        place = await work(conn)
        return Answer(status=HTTPStatus.SEE_OTHER, headers={"Location": place}, body="")

    answer = await once(request, answered, key=key_in(form))
    return redirect(answer.headers["Location"])
