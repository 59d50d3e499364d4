"""The OpenAPI 3.1 document, made of the table of endpoints and the models they read and answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from web.api.endpoints import JSON, Endpoints, Operation, Tells
from web.api.examples import ANSWERS, BODIES, example, refusals
from web.api.problems import ProblemView
from web.input.forms import Body

Schema = dict[str, Any]

VERSION = "3.1.0"
PROBLEM = "application/problem+json"
COMPONENT = "#/components/schemas/{model}"
PARAMETER = re.compile(r"\{([a-z]+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")
WORDS = frozenset({"code"})
FILE_SCHEMAS = {True: {"type": "string"}, False: {"type": "string", "format": "binary"}}
INFO = {
    "title": "diemcau",
    "version": "1",
    "description": (
        "Books, provisions, watches and records video conferences from a province to its communes."
    ),
    "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
}

BASIC = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
OF_BODY = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
OF_QUERY = (HTTPStatus.UNPROCESSABLE_ENTITY,)
OF_ADDRESS = (HTTPStatus.NOT_FOUND,)
OF_KEY = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
OF_VERSION = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED)


def document(tables: Sequence[Endpoints]) -> Schema:
    """Return the whole document."""
    operations = [(table.tag, operation) for table in tables for operation in table.operations]
    references, schemas = components([operation for _, operation in operations])
    paths: dict[str, Schema] = {}
    for tag, operation in operations:
        path = PARAMETER.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = describe(operation, tag, references)
    return {
        "openapi": VERSION,
        "info": INFO,
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


References = Mapping[tuple[Any, JsonSchemaMode], Schema]


def components(operations: Iterable[Operation]) -> tuple[References, Schema]:
    """Return a reference to each model, and the models' schemas."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {
        (ProblemView, "serialization"): None
    }
    for operation in operations:
        for answer in (operation.tells.answer, operation.tells.accepted):
            if answer:
                wanted[answer, "serialization"] = None
        if operation.tells.body:
            wanted[operation.tells.body, "validation"] = None
    found, definitions = models_json_schema(list(wanted), ref_template=COMPONENT)
    return found, definitions.get("$defs", {})


def describe(operation: Operation, tag: str, references: References) -> Schema:
    """Return one operation."""
    tells = operation.tells
    described: Schema = {
        "operationId": f"{tag}-{operation.name}".replace("_", "-"),
        "summary": operation.summary,
        "tags": [tag],
        "parameters": parameters(operation),
        "responses": responses(operation, references),
    }
    if tells.body:
        schema = references[tells.body, "validation"]
        content = {JSON: {"schema": schema, **example(tells.body, BODIES)}}
        described["requestBody"] = {"required": tells.body_needed, "content": content}
    if tells.raw:
        schema = {"type": "string", "format": "binary"}
        described["requestBody"] = {"required": True, "content": {tells.raw: {"schema": schema}}}
    if tells.upload:
        files = {media: {"schema": FILE_SCHEMAS[False]} for media in tells.upload}
        described["requestBody"] = {"required": True, "content": files}
    return described


def parameters(operation: Operation) -> list[Schema]:
    """Return what stands in the address, the query and the headers."""
    found = [path_parameter(match[1]) for match in PARAMETER.finditer(operation.path)]
    if operation.tells.query:
        found += query_parameters(operation.tells.query)
    if operation.tells.keyed:
        found.append(header("Idempotency-Key", needed=False, pattern="^[!-~]{1,255}$"))
    if operation.tells.versioned:
        found.append(header("If-Match", needed=True, pattern='^("[0-9]{1,9}"|\\*)$'))
    if operation.tells.marked:
        found.append(header("If-Match", needed=True, pattern='^("[0-9a-f]{16}"|\\*)$'))
    return found


def path_parameter(name: str) -> Schema:
    """Return a part of the address; ids are whole numbers, codes are words."""
    schema: Schema = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
    if name in WORDS:
        schema = {"type": "string", "minLength": 1, "maxLength": 60, "pattern": "^[^/]+$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def query_parameters(model: type[Body]) -> list[Schema]:
    """Return the names that a query may have."""
    schema = model.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, "schema": plain(part)}
        for name, part in resolved(schema).items()
    ]


def resolved(schema: Schema) -> dict[str, Schema]:
    """Return the properties of a schema with its own definitions put in place."""
    definitions = schema.get("$defs", {})

    def follow(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return definitions[part["$ref"].rpartition("/")[2]]
            return {name: follow(value) for name, value in part.items()}
        return [follow(value) for value in part] if isinstance(part, list) else part

    return {name: follow(part) for name, part in schema["properties"].items()}


def plain(part: Schema) -> Schema:
    """Return a query's schema without null, which a query cannot say."""
    choices = [choice for choice in part.get("anyOf", []) if choice.get("type") != "null"]
    kept = {key: value for key, value in part.items() if key not in {"anyOf", "title", "default"}}
    default = {"default": part["default"]} if part.get("default") is not None else {}
    return kept | (choices[0] if choices else {}) | default


def header(name: str, *, needed: bool, pattern: str) -> Schema:
    """Return a header that an operation reads."""
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": needed, "schema": schema}


def responses(operation: Operation, references: References) -> dict[str, Schema]:
    """Return what may be answered: what was asked for, or why not."""
    tells = operation.tells
    good: Schema = {"description": tells.status.phrase}
    if tells.status is not HTTPStatus.NO_CONTENT:
        good["content"] = {media: content(tells, media, references) for media in tells.media}
    told = {str(int(tells.status)): good}
    if tells.accepted:
        waiting = {JSON: {"schema": references[tells.accepted, "serialization"]}}
        told["202"] = {"description": HTTPStatus.ACCEPTED.phrase, "content": waiting}
    problem = references[ProblemView, "serialization"]
    for status in sorted(statuses(operation)):
        told[str(int(status))] = {
            "description": status.phrase,
            "content": {PROBLEM: {"schema": problem, **refusals(tells.body, status)}},
        }
    return told


def content(tells: Tells, media: str, references: References) -> Schema:
    """Return the schema of one kind of answer, with an example where there is one."""
    if media == JSON and tells.answer:
        schema = references[tells.answer, "serialization"]
        return {"schema": schema, **example(tells.answer, ANSWERS)}
    return {"schema": dict(tells.schema or FILE_SCHEMAS[media.startswith("text/")])}


def statuses(operation: Operation) -> frozenset[HTTPStatus]:
    """Return every status of refusal that the operation may answer."""
    tells = operation.tells
    given: list[HTTPStatus] = [*BASIC, *tells.refusals]
    given += OF_ADDRESS if "{" in operation.path else ()
    given += OF_BODY if tells.body or tells.raw or tells.upload else ()
    given += OF_QUERY if tells.query else ()
    given += OF_KEY if tells.keyed else ()
    given += OF_VERSION if tells.versioned or tells.marked else ()
    given += (HTTPStatus.NOT_ACCEPTABLE,) if tells.negotiates else ()
    return frozenset(given)
