"""Bytes as Prosody writes them: forms, JSON of two libraries, times.

Checked against captures of Prosody 13.0.1 and 0.12.3 with jitsi-meet's modules.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

ESCAPE = re.compile(r"%[0-9A-F]{2}")


def encode_form(fields: Mapping[str, str], rng: random.Random) -> bytes:
    """Return the fields form-encoded, in any order, with lower-case escapes.

    Source: prosody, util/http.lua `formencode`; Lua tables have no order.
    """
    pairs = [f"{name}={quote_plus(value)}" for name, value in fields.items()]
    rng.shuffle(pairs)
    return ESCAPE.sub(lambda escape: escape.group().lower(), "&".join(pairs)).encode()


def encode_json(value: Mapping[str, Any], rng: random.Random) -> bytes:
    """Return an event's JSON: keys in any order, an empty list as `{}`, letters unescaped."""
    return json.dumps(as_lua(value, rng), ensure_ascii=False, separators=(",", ":")).encode()


def as_lua(value: Any, rng: random.Random) -> Any:
    """Return the value as a Lua table would come out: unordered, and no empty lists."""
    if isinstance(value, Mapping):
        keys = list(value)
        rng.shuffle(keys)
        return {key: as_lua(value[key], rng) for key in keys}
    if isinstance(value, (list, tuple)):
        return [as_lua(item, rng) for item in value] or {}
    return value


def encode_cjson(value: Any) -> bytes:
    """Return JSON as lua-cjson writes it in the HTTP modules: slashes escaped."""
    lua = as_lua(value, random.Random(0))  # noqa: S311 - an order, not a secret
    text = json.dumps(lua, ensure_ascii=False, separators=(",", ":"))
    return text.replace("/", "\\/").encode()


def start_time(now: datetime) -> str:
    """Return a moment as the reservation form carries it: UTC, whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def whole_seconds(moment: datetime) -> int:
    """Return a moment as events carry it: Unix seconds, cut and not rounded."""
    return int(moment.timestamp())
