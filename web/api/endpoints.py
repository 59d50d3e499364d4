"""Routes of the API that carry what the OpenAPI document says of them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from web.input.addressed import PREFIX
from web.input.forms import Body
from web.routes import Allow, Decorator, Handler, Routes

ID = r"{id:[1-9][0-9]{0,8}}"
CODE = r"{code:[^/]{1,60}}"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tells:
    """What an endpoint takes and answers, besides what every endpoint does.

    `versioned` wants an If-Match with a version, `marked` one with a mark of what was read.
    `accepted` is answered with 202 to what waits for an approval instead of being done at once.
    `schema` stands for an answer that no model describes, `raw` for the kind of a body that is
    no JSON.
    """

    answer: type[BaseModel] | None = None
    accepted: type[BaseModel] | None = None
    status: HTTPStatus = HTTPStatus.OK
    body: type[Body] | None = None
    body_needed: bool = True
    query: type[Body] | None = None
    upload: tuple[str, ...] = ()
    media: tuple[str, ...] = (JSON,)
    keyed: bool = False
    versioned: bool = False
    marked: bool = False
    negotiates: bool = False
    refusals: tuple[HTTPStatus, ...] = ()
    schema: Mapping[str, Any] | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One line of the OpenAPI document."""

    method: str
    path: str
    name: str
    summary: str
    tells: Tells


class Endpoints(Routes):
    """A module's endpoints under /api/v1."""

    def __init__(self, tag: str) -> None:
        super().__init__(PREFIX)
        self.tag = tag
        self.operations: list[Operation] = []

    def endpoint(self, method: str, path: str, *, allow: Allow, tells: Tells) -> Decorator:
        """Register a handler with what is told of it."""
        add = self.route(method, path, allow=allow)

        def register(handler: Handler) -> Handler:
            summary = (inspect.getdoc(handler) or "").partition("\n")[0]
            self.operations.append(
                Operation(
                    method=method,
                    path=PREFIX + path,
                    name=getattr(handler, "__name__", ""),
                    summary=summary,
                    tells=tells,
                )
            )
            return add(handler)

        return register
