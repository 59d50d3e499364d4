"""A province with a bridge, a secretary's browser, and what a form of theirs says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from bridges.registry import ensure_trial
from meetings.store import Connection
from web.keyring import Keyring

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
