"""How a fact becomes an answer: one table of statuses, problem+json or a page for people."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
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

from bridges import errors as bridges
from bridges.errors import BridgesError
from meetings import agenda_errors, directory_errors, document_errors, officedays
from meetings import approval_errors as approvals
from meetings import errors as meetings
from meetings.errors import MeetingsError
from monitoring import errors as monitoring
from monitoring.errors import MonitoringError
from web import errors
from web.keys import DETAILS
from web.render import render
from web.sentences import say

log = structlog.get_logger()

Detail = Callable[[web.Request, Exception], Awaitable[dict[str, Any]]]
"""Adds members to a problem: rivals and alternatives, for example."""

STATUS: Mapping[type[Exception], HTTPStatus] = MappingProxyType(
    {
        errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
        errors.BadCredentials: HTTPStatus.UNAUTHORIZED,
        errors.Forbidden: HTTPStatus.FORBIDDEN,
        errors.CrossSite: HTTPStatus.FORBIDDEN,
        errors.PageNotFound: HTTPStatus.NOT_FOUND,
        errors.LinkUsed: HTTPStatus.GONE,
        errors.TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
        errors.TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
        errors.DatabaseDown: HTTPStatus.SERVICE_UNAVAILABLE,
        errors.WeakPassword: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.BadForm: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.BadRequest: HTTPStatus.BAD_REQUEST,
        errors.UnsupportedBody: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        errors.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
        errors.PreconditionMissing: HTTPStatus.PRECONDITION_REQUIRED,
        meetings.ConferenceNotFound: HTTPStatus.NOT_FOUND,
        meetings.SitesNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.OfficialsNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.AlreadyThere: HTTPStatus.CONFLICT,
        meetings.NotFree: HTTPStatus.CONFLICT,
        meetings.UnitNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.GroupNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.SiteBusy: HTTPStatus.CONFLICT,
        meetings.NoSeats: HTTPStatus.CONFLICT,
        meetings.IllegalMove: HTTPStatus.CONFLICT,
        meetings.StaleVersion: HTTPStatus.PRECONDITION_FAILED,
        meetings.TooLate: HTTPStatus.UNPROCESSABLE_ENTITY,
        agenda_errors.BadSegments: HTTPStatus.UNPROCESSABLE_ENTITY,
        document_errors.DocumentNotFound: HTTPStatus.NOT_FOUND,
        document_errors.DocumentMissing: HTTPStatus.GONE,
        document_errors.TooManyDocuments: HTTPStatus.CONFLICT,
        document_errors.UploadsOff: HTTPStatus.CONFLICT,
        document_errors.LyingFile: HTTPStatus.UNPROCESSABLE_ENTITY,
        document_errors.EmptyFile: HTTPStatus.UNPROCESSABLE_ENTITY,
        document_errors.FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        meetings.SecretContent: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.InProgress: HTTPStatus.CONFLICT,
        meetings.Contended: HTTPStatus.SERVICE_UNAVAILABLE,
        meetings.DirectoryNotFound: HTTPStatus.NOT_FOUND,
        meetings.LoginTaken: HTTPStatus.CONFLICT,
        meetings.PersonNotFound: HTTPStatus.NOT_FOUND,
        meetings.ProvinceNotFound: HTTPStatus.NOT_FOUND,
        meetings.ProvincesUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
        meetings.BadRows: HTTPStatus.UNPROCESSABLE_ENTITY,
        meetings.ImpossibleHeadcount: HTTPStatus.UNPROCESSABLE_ENTITY,
        directory_errors.UnitInUse: HTTPStatus.CONFLICT,
        directory_errors.BadReformDate: HTTPStatus.UNPROCESSABLE_ENTITY,
        directory_errors.ContactNotFound: HTTPStatus.NOT_FOUND,
        directory_errors.StaleRecord: HTTPStatus.PRECONDITION_FAILED,
        directory_errors.CodeTaken: HTTPStatus.CONFLICT,
        officedays.DayNotFound: HTTPStatus.NOT_FOUND,
        officedays.DayTaken: HTTPStatus.CONFLICT,
        officedays.NoWeekend: HTTPStatus.UNPROCESSABLE_ENTITY,
        officedays.StaleEntry: HTTPStatus.PRECONDITION_FAILED,
        approvals.NotYourTurn: HTTPStatus.FORBIDDEN,
        approvals.ChainNotFound: HTTPStatus.NOT_FOUND,
        approvals.ChainExists: HTTPStatus.CONFLICT,
        approvals.NotWaiting: HTTPStatus.NOT_FOUND,
        approvals.Unseen: HTTPStatus.CONFLICT,
        approvals.Protected: HTTPStatus.CONFLICT,
        approvals.StaleChain: HTTPStatus.PRECONDITION_FAILED,
        monitoring.DeviceNotFound: HTTPStatus.NOT_FOUND,
        monitoring.DeviceExists: HTTPStatus.CONFLICT,
        monitoring.TargetNotFound: HTTPStatus.NOT_FOUND,
        monitoring.BadTarget: HTTPStatus.UNPROCESSABLE_ENTITY,
        monitoring.Unseen: HTTPStatus.BAD_GATEWAY,
        monitoring.NoAnswer: HTTPStatus.BAD_GATEWAY,
        bridges.BridgeNotFound: HTTPStatus.NOT_FOUND,
        bridges.BridgeExists: HTTPStatus.CONFLICT,
        bridges.StaleBridge: HTTPStatus.PRECONDITION_FAILED,
        bridges.RotationUnderWay: HTTPStatus.CONFLICT,
        bridges.NoBridgeFits: HTTPStatus.CONFLICT,
        bridges.RoomNotFound: HTTPStatus.NOT_FOUND,
        bridges.BadNews: HTTPStatus.BAD_REQUEST,
        bridges.SpoolFull: HTTPStatus.SERVICE_UNAVAILABLE,
        bridges.SpoolInUse: HTTPStatus.SERVICE_UNAVAILABLE,
        bridges.SnapshotMissing: HTTPStatus.SERVICE_UNAVAILABLE,
        bridges.BridgeSilent: HTTPStatus.BAD_GATEWAY,
    }
)

CODES: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "bad-request",
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
FOR_PROGRAMS = (API, "/bridges/", "/metrics", "/healthz", "/readyz")
RETRY_SECONDS = 2
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
    """Return every bad field with its code and its sentence."""
    return [
        {
            "field": field,
            "code": problem.code,
            "message": say(request, problem.code, **dict(problem.values)),
        }
        for field, problem in error.problems.items()
    ]


async def tell_code(
    request: web.Request, status: int, code: str, extra: Mapping[str, Any] | None = None
) -> web.Response:
    """Answer as problem+json (RFC 9457) to programs and as a page to people."""
    title = say(request, code)
    if is_program(request):
        return problem(status, code, title, extra or {})
    try:
        return render(request, "error.html", status=status, code=code, title=title, detail="")
    except TemplateError:
        log.exception("error page failed", code=code)
        return web.Response(text=title, status=status)


def redirect(target: str) -> web.Response:
    """Send a browser on by GET."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": str(URL(target))})


def problem(status: int, code: str, title: str, extra: Mapping[str, Any]) -> web.Response:
    """Return a problem document."""
    body = {"type": "about:blank", "title": title, "status": int(status), "code": code, **extra}
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/problem+json")
