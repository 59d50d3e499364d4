"""A province with a bridge, a secretary's browser, and what a form of theirs says."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from contextvars import ContextVar
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from aiohttp import web

from bridges.registered.registry import ensure_trial
from meetings.store import Connection
from web.keyring.keyring import Keyring
from web.keys import POOL

FOR_A_PAGE: ContextVar[bool] = ContextVar("FOR_A_PAGE", default=False)
OF_THE_DRIVER = ("typeinfo_tree", "'jit'")
"""What asyncpg asks of its own on a connection that meets a type for the first time."""
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


async def a_trial(conn: Connection, keyring: Keyring) -> None:
    """Register the trial bridge, as the first start does."""
    await ensure_trial(
        conn, keyring, public_url="http://127.0.0.1:8080/trial", prosody_url="http://127.0.0.1:9"
    )


@pytest.fixture
async def bridge(conn: Connection, directory: None, keyring: Keyring) -> None:
    """Have the trial bridge registered."""
    _ = directory
    await a_trial(conn, keyring)


@pytest.fixture(autouse=True)
def far_days(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the day of the forms be like any other, but where slips of the year are told."""
    if "slips_told" not in request.fixturenames:
        monkeypatch.setattr("meetings.conflicts.soft.FAR_AHEAD", timedelta(days=365 * 200))


@pytest.fixture
def slips_told() -> None:
    """Let a day that is far ahead be told of, as everywhere."""


@pytest.fixture
async def secretary(client_for: Any, bridge: None) -> Any:
    _ = bridge
    return await client_for("secretary")


def a_form(**fields: Any) -> dict[str, Any]:
    """Return a filled booking form; the day is far ahead, so that it is never in the past."""
    return {
        "title": "Họp giao ban trực tuyến tháng 11",
        "kind": "briefing",
        "chair": "Chủ tịch UBND tỉnh",
        "host": "11.vpubnd",
        "main_site": "1",
        "date": "02/12/2099",
        "start": "8h",
        "end": "10 giờ 30",
        "note": "",
        "secrecy": "khong-mat",
        "groups": ["all-communes"],
        "key": "k1",
    } | fields


def hidden_in(text: str) -> dict[str, str]:
    """Return the hidden fields of the first form that has them."""
    return {name: unescape(value) for name, value in FIELD.findall(text)}


@web.middleware
async def mark(request, handler):
    """Let what is asked for a page be told from what the program asks meanwhile."""
    FOR_A_PAGE.set(True)
    return await handler(request)


@pytest.fixture
def app(app):
    app.middlewares.insert(0, mark)
    return app


@pytest.fixture
async def count_queries(app, server):
    """Count the statements of one page, whichever connections it is lent."""
    asked: list[str] = []

    def note(record) -> None:
        ours = not any(word in record.query for word in OF_THE_DRIVER)
        if FOR_A_PAGE.get() and ours and "SELECT" in record.query:
            asked.append(record.query)

    async with AsyncExitStack() as lent:
        for _ in range(app[POOL].get_max_size()):
            connection = await lent.enter_async_context(app[POOL].acquire())
            connection.add_query_logger(note)

    async def count(client, path):
        asked.clear()
        await client.get(path)
        return len(asked)

    return count
