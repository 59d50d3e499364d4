"""A conference as the answer to a change, with what was said against it just now."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web

from meetings.idempotency import Answer
from meetings.model import Conference, Unit
from meetings.store import Connection
from web.api import views
from web.api.answering import done, etag
from web.api.presenting import conference_view
from web.api.reasons import ReasonView, warning_views
from web.input.addressed import PREFIX


class BookedView(views.ConferenceView):
    """A conference with what was said against it, and overridden, when it was asked for."""

    warnings: list[ReasonView]


async def booked_answer(
    conn: Connection,
    request: web.Request,
    conference: Conference,
    host: Unit,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> Answer:
    """Return a conference with what was said against it just now."""
    said = await warning_views(conn, request, conference)
    return answer(conference, host, said, status=status)


def answer(
    conference: Conference,
    host: Unit,
    warnings: Sequence[ReasonView] | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> Answer:
    """Return a conference with its version and its address."""
    headers = {"ETag": etag(conference.version)}
    if status is HTTPStatus.CREATED:
        headers["Location"] = f"{PREFIX}/conferences/{conference.id}"
    view = conference_view(conference, host)
    if warnings is not None:
        view = BookedView(**dict(view), warnings=list(warnings))
    return done(view, status=status, headers=headers)
