"""The OpenAPI document: complete, true to the routes, and only for those who have a token."""

from __future__ import annotations

from web.api.document import document
from web.api.table import ROUTES


async def test_document_names_every_route_of_the_api(app):
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None
        and route.resource.canonical.startswith("/api/v1/")
        and route.method != "HEAD"
    }

    described = {
        (method, path)
        for path, operations in document(ROUTES)["paths"].items()
        for method in operations
    }

    assert described == routes


async def test_document_wants_a_token(client_for):
    stranger = await client_for(None)

    answer = await stranger.get("/api/v1/openapi.json")

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert (await answer.json())["code"] == "not-signed-in"


async def test_document_is_served_as_it_is_made(client_for):
    hall = await client_for("hall")

    answer = await hall.get("/api/v1/openapi.json")

    assert answer.status == 200
    assert await answer.json() == document(ROUTES)


def test_operations_have_names_of_their_own():
    names = [
        operation["operationId"]
        for operations in document(ROUTES)["paths"].values()
        for operation in operations.values()
    ]

    assert sorted(names) == sorted(set(names))
