import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from web import logs

SECRET = "hunter2hunter2hunter2"
TOKEN = f"eyJhbGciOiJIUzI1NiJ9.{SECRET}.{SECRET}"


class Lines(io.StringIO):
    """A stream that reads its JSON lines back."""

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = Lines()
    logs.configure(stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_log_line_is_json_with_its_fields(lines: Lines) -> None:
    structlog.get_logger("web.test").info("room placed", conference=45)

    (event,) = lines.events()
    assert {name: event[name] for name in ("event", "level", "logger", "conference")} == {
        "event": "room placed",
        "level": "info",
        "logger": "web.test",
        "conference": 45,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"password": SECRET},
        {"app_secret": SECRET},
        {"jwt_secret": SECRET.encode()},
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"line": f"authorization: bearer {SECRET}"},
        {"url": f"https://hop.example/j/{SECRET}/enter"},
        {"url": f"https://hop.example/j/poll/{SECRET}"},
        {"url": f"https://hop.example/welcome/{SECRET}"},
        {"url": f"https://bridge.example/room?jwt={SECRET}"},
        {"url": f"postgresql://diemcau:{SECRET}@db/diemcau"},
        {"answer": [f"Set-Cookie: sid={SECRET}; Path=/"]},
        {"answer": ({"deep": [f"__Host-sid={SECRET}"]},)},
        {"said": f"token {TOKEN} refused"},
        {"said": f"/j/{SECRET}?jwt={SECRET} Bearer {SECRET}; sid={SECRET}"},
        {"said": f"https://user:{SECRET}@db/j/{SECRET}#token={SECRET} {TOKEN}"},
    ],
)
def test_log_masks_secrets(lines: Lines, fields: dict[str, Any]) -> None:
    structlog.get_logger().warning("something", **fields)

    assert SECRET not in lines.getvalue()
    assert logs.MASK in lines.getvalue()


def test_log_masks_secrets_of_libraries_and_tracebacks(lines: Lines) -> None:
    try:
        int(f"postgresql://diemcau:{SECRET}@db/")
    except ValueError:
        logging.getLogger("library").exception("GET /j/%s failed", SECRET)

    assert SECRET not in lines.getvalue()
    assert "Traceback" in lines.getvalue()


@pytest.fixture
async def client() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/j/{secret}", answer)
    app.router.add_get("/sites/{number}", answer)
    server = TestServer(app)
    await server.start_server(access_log_class=logs.AccessLogger)
    async with TestClient(server) as client:
        yield client


async def test_access_line_has_neither_query_nor_link(
    lines: Lines, client: TestClient[web.Request, web.Application]
) -> None:
    await client.get(f"/j/{SECRET}", params={"q": SECRET})
    await client.close()

    (event,) = lines.events()
    assert {name: event[name] for name in ("event", "method", "path", "status")} == {
        "event": "request",
        "method": "GET",
        "path": "/j/***",
        "status": 200,
    }


async def test_access_lines_of_a_crowd_stand_each_on_its_own(
    lines: Lines, client: TestClient[web.Request, web.Application]
) -> None:
    await asyncio.gather(*(client.get(f"/sites/{number}") for number in range(40)))
    await client.close()

    paths = sorted(event["path"] for event in lines.events())
    assert paths == sorted(f"/sites/{number}" for number in range(40))
