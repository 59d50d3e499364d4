"""Answers of the API: one way to write JSON, and one way to make a change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel

from meetings.idempotency import Answer
from web.api.endpoints import JSON
from web.input.once import SecretKeeper, Work, once, read_key
from web.keys import KEYRING
from web.scheduling.queueing import Place

GONE = Answer(status=int(HTTPStatus.NO_CONTENT), headers={}, body="")
"""What is answered where something was taken away."""


def shown(view: BaseModel, *, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer a question."""
    return web.Response(text=written(view), content_type=JSON, headers=headers)


def done(
    view: BaseModel,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return what is answered to a change and kept under its key."""
    return Answer(status=int(status), headers=dict(headers or {}), body=written(view))


def written(view: BaseModel) -> str:
    """Write a view as JSON."""
    return view.model_dump_json(by_alias=True)


async def change(
    request: web.Request, work: Work, *, places: Collection[Place] = ()
) -> web.Response:
    """Make a change once and answer it; those who want the same places queue for it."""
    return sent(await once(request, work, key=read_key(request), places=places))


async def change_secretly(request: web.Request, work: Work) -> web.Response:
    """Make a change whose answer holds secrets; it is kept under its key only sealed."""
    keeper = SecretKeeper(request.config_dict[KEYRING])
    return sent(await once(request, work, key=read_key(request), keeper=keeper))


def sent(answer: Answer) -> web.Response:
    """Return an answer as it goes over the wire."""
    if not answer.body:
        return web.Response(status=answer.status, headers=answer.headers)
    return web.Response(
        status=answer.status,
        text=answer.body,
        headers=answer.headers,
        content_type=JSON,
    )


def etag(version: int | str) -> str:
    """Return the ETag of a version, or of a mark."""
    return f'"{version}"'
