"""How a fact becomes an answer: one table of statuses, problem+json or a page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from jinja2 import TemplateError
from yarl import URL

from bridges.errors import BridgesError
from meetings.errors import MeetingsError
from monitoring.errors import MonitoringError
from web import errors
from web.keys import DETAILS
from web.render import render
from web.statuses import STATUS
from web.wording.sentences import say

log = structlog.get_logger()

CODES: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "bad-request",
        HTTPStatus.UNAUTHORIZED: "wrong-secret",
        HTTPStatus.NOT_FOUND: "not-found",
        HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
        HTTPStatus.NOT_ACCEPTABLE: "not-acceptable",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-large",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
        HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
    }
)
"""Codes for statuses that aiohttp itself answers with."""

API = "/api/"
BRIDGES = "/bridges/"
FOR_PROGRAMS = (API, BRIDGES, "/metrics", "/healthz", "/readyz")
RETRY_SECONDS = 2
A_DAY = "2026-11-25"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
FACTS = (errors.WebError, MeetingsError, BridgesError, MonitoringError)


@web.middleware
async def tell(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every fact and every accident below into an answer; no exception leaves here."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return await tell_status(request, error)
    except FACTS as error:
        return await tell_fact(request, error)
    except web.RequestPayloadError:
        # Not packed as its head says.
        return await tell_code(request, HTTPStatus.BAD_REQUEST, CODES[HTTPStatus.BAD_REQUEST])
    except ConnectionResetError:
        # Who asked hung up before the request was whole; nobody hears this.
        return web.Response(status=HTTPStatus.BAD_REQUEST)
    except Exception:
        log.exception("request failed", method=request.method, route=template_of(request))
        return await tell_code(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal")


def template_of(request: web.Request) -> str:
    """Return the route's template, never the address: addresses hold secrets."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


async def tell_status(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    """Answer with aiohttp's own status in our words; redirects pass as they are."""
    if error.status < HTTPStatus.BAD_REQUEST:
        raise error
    answer = await tell_code(request, error.status, CODES.get(error.status, "bad-request"))
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer


async def tell_fact(request: web.Request, error: Exception) -> web.StreamResponse:
    """Answer with the status and words of a fact."""
    if isinstance(error, errors.NotSignedIn) and wants_sign_in(request):
        return redirect(f"/sign-in?next={quote(request.path_qs, safe='')}")
    try:
        extra = await members(request, error)
    except errors.DatabaseDown as down:
        # A refusal that cannot be explained now is none; the same question may be asked again.
        return await tell_fact(request, down)
    status = STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
    answer = await tell_code(request, status, str(getattr(error, "code", "bad-request")), extra)
    if isinstance(error, errors.NotSignedIn):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        answer.headers["Retry-After"] = str(retry_seconds(error))
    return answer


def wants_sign_in(request: web.Request) -> bool:
    """Tell whether a person looks at a page, and so is led to the sign-in."""
    return request.method in {"GET", "HEAD"} and not is_program(request)


def is_program(request: web.Request) -> bool:
    """Tell whether a program asks, which reads problem+json."""
    return request.path.startswith(FOR_PROGRAMS)


def retry_seconds(error: Exception) -> int:
    """Return after how many seconds another try makes sense."""
    if isinstance(error, errors.TooManyTries):
        return max(1, ceil(error.wait.total_seconds()))
    return RETRY_SECONDS


async def members(request: web.Request, error: Exception) -> dict[str, Any]:
    """Return what a problem says besides its code: bad fields, or what the API adds."""
    if isinstance(error, errors.BadForm):
        return {"errors": field_errors(request, error)}
    detail = request.config_dict[DETAILS].get(type(error))
    return await detail(request, error) if detail else {}


def field_errors(request: web.Request, error: errors.BadForm) -> list[dict[str, str]]:
    """Return every bad field with its code and its sentence; programs write days otherwise."""
    return [
        {
            "field": field,
            "code": problem.code,
            "message": say(request, problem.code, **{**dict(problem.values), "iso": A_DAY}),
        }
        for field, problem in error.problems.items()
    ]


async def tell_code(
    request: web.Request, status: int, code: str, extra: Mapping[str, Any] | None = None
) -> web.Response:
    """Answer as problem+json (RFC 9457) to programs and as a page to people."""
    title = say(request, code)
    if request.path.startswith(BRIDGES):
        # A Jitsi shows people what stands in `message`, and else words of its own.
        return problem(status, code, title, {"message": title, **(extra or {})})
    if is_program(request):
        return problem(status, code, title, extra or {})
    try:
        detail = (extra or {}).get("detail", "")
        return render(request, "error.html", status=status, code=code, title=title, detail=detail)
    except TemplateError:
        log.exception("error page failed", code=code)
        return web.Response(text=title, status=status)


def redirect(target: str) -> web.Response:
    """Send a browser on by GET."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": str(URL(target))})


def download(
    content: bytes, kind: str, name: str, headers: Mapping[str, str] = NO_HEADERS
) -> web.Response:
    """Give a file that a browser saves; one of text says that it is UTF-8."""
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(
        body=content, content_type=kind, charset=charset, headers={**headers, **named}
    )


def problem(status: int, code: str, title: str, extra: Mapping[str, Any]) -> web.Response:
    """Return a problem document."""
    body = {"type": "about:blank", "title": title, "status": int(status), "code": code, **extra}
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/problem+json")
