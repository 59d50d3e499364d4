"""What a request says: its body, its query, the version it means."""

from __future__ import annotations

import re
from typing import TypeVar

from aiohttp import web

from web.api.endpoints import JSON
from web.errors import BadForm, BadRequest, PreconditionMissing, UnsupportedBody
from web.input.forms import Body, parse_form
from web.input.strict_json import parse

Form = TypeVar("Form", bound=Body)

UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
VERSION = re.compile(r'(?:W/)?"([0-9]{1,9})"')
MARK = re.compile(r'(?:W/)?"([0-9a-f]{16})"')
ANY_VERSION = "*"


async def read_body(request: web.Request, model: type[Form]) -> Form:
    """Return the body of a request.

    Raises:
        UnsupportedBody: it says to be something else than JSON in UTF-8.
        BadRequest: it is no JSON.
        BadForm: it is, and its fields are wrong.
    """
    if request.content_type != JSON or (request.charset or "utf-8").lower() not in UTF_8:
        raise UnsupportedBody
    return parse_form(model, parse(await request.read()))


async def read_optional_body(request: web.Request, model: type[Form]) -> Form:
    """Return the body of a request that may have none."""
    if not await request.read():
        return model()
    return await read_body(request, model)


def read_query(request: web.Request, model: type[Form]) -> Form:
    """Return what the query says; names that we do not know are left alone.

    Raises:
        BadForm: with every wrong value.
    """
    names = [field.alias or name for name, field in model.model_fields.items()]
    given = {name: request.query[name] for name in names if name in request.query}
    repeated = {name: "repeated" for name in given if len(request.query.getall(name)) > 1}
    if repeated:
        raise BadForm(repeated)
    return parse_form(model, given)


def read_version(request: web.Request) -> int | None:
    """Return the version that If-Match names; None is whatever it is now.

    Raises:
        PreconditionMissing: there is no If-Match.
        BadRequest: it is no ETag of ours.
    """
    named = named_in(request, VERSION)
    return None if named == ANY_VERSION else int(named)


def read_mark(request: web.Request) -> str:
    """Return the mark that If-Match names; "" is whatever it is now.

    Raises:
        PreconditionMissing: there is no If-Match.
        BadRequest: it is no ETag of ours.
    """
    named = named_in(request, MARK)
    return "" if named == ANY_VERSION else named


def named_in(request: web.Request, kind: re.Pattern[str]) -> str:
    """Return what If-Match names: what an ETag of that kind holds, or ANY_VERSION."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionMissing
    if header == ANY_VERSION:
        return ANY_VERSION
    match = kind.fullmatch(header)
    if match is None:
        raise BadRequest("if-match")
    return match[1]


def read_optional_version(request: web.Request) -> int | None:
    """Return the version that If-Match names, if there is one; None is whatever it is now."""
    return read_version(request) if request.headers.get("If-Match", "").strip() else None
