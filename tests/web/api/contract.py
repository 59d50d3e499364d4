"""What the program answers, held against what its OpenAPI document says it answers."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from aiohttp import web
from jsonschema_rs import Draft202012Validator

from web.api.schema import DOCUMENT

PATTERN = re.compile(r"\{([^}:]+):(?:[^{}]|\{[^}]*\})*\}")
JSON = re.compile(r"application/(?:[a-z.]+\+)?json")

_VALIDATORS: dict[tuple[str, str, str, str], Draft202012Validator] = {}
"""One process makes the same document each time: what was compiled once serves every test."""


class Contract:
    """What was found to differ, as answers went by."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    async def hold(self, request: web.Request, response: web.StreamResponse) -> None:
        """Note what the document does not say of an answer."""
        resource = request.match_info.route.resource
        if resource is None or not resource.canonical.startswith("/api/v1/"):
            return
        if request.method != "HEAD" and DOCUMENT in request.config_dict:
            path = PATTERN.sub(r"{\1}", resource.canonical)
            wrong = said_otherwise(request.config_dict[DOCUMENT], request.method, path, response)
            self.broken.extend(f"{request.method} {path} {response.status}: {one}" for one in wrong)


def said_otherwise(
    document: bytes, method: str, path: str, response: web.StreamResponse
) -> list[str]:
    """Return what is wrong with an answer."""
    key = (method, path, str(response.status), response.content_type)
    if key not in _VALIDATORS:
        whole = read(document)
        told = whole["paths"].get(path, {}).get(method.lower(), {}).get("responses", {})
        answer = resolved(whole, told.get(key[2]))
        if answer is None:
            return ["no such status"]
        if not isinstance(response, web.Response) or not response.body:
            return []
        if (kind := answer.get("content", {}).get(key[3])) is None:
            return [f"no such kind: {key[3]}"]
        schema = kind.get("schema", {}) | {"components": whole.get("components", {})}
        _VALIDATORS[key] = Draft202012Validator(schema)
    if not JSON.fullmatch(key[3]) or not isinstance(response, web.Response) or not response.body:
        return []
    assert isinstance(response.body, bytes)
    return [each.message for each in _VALIDATORS[key].iter_errors(json.loads(response.body))]


@cache
def read(document: bytes) -> Any:
    """Read it once."""
    return json.loads(document)


def resolved(document: Any, answer: Any) -> Any:
    """Return an answer that the document describes elsewhere."""
    if answer and "$ref" in answer:
        for name in answer["$ref"].removeprefix("#/").split("/"):
            document = document[name]
        return document
    return answer
