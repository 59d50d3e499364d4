"""A hall is let in: recorded first, then a token that fits."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from bridges.entry.admitting import admit, note_heartbeat, ticket
from bridges.entry.tokens_ahead import TokensAhead
from bridges.errors import SpoolFull
from bridges.jitsi.tokens import read
from bridges.spooling.places import Place
from bridges.spooling.spool import Spool
from meetings.store import Connection
from tests.bridges.makers import SECRETS, a_pass


async def test_an_admission_is_on_disk_before_the_ticket(conn: Connection, tmp_path: Path):
    found, known, _ = await a_pass(conn, tmp_path)
    now = found.occasion.opens_at

    async with Spool(tmp_path / "admissions") as spool:
        given = await admit(spool, found, known, TokensAhead(), now)
        await note_heartbeat(spool, found, now + timedelta(seconds=10))
        kept = [json.loads(record) for record in spool.read(Place()).records]

    assert given.token
    assert [(one["kind"], one["conference"], one["site"]) for one in kept] == [
        ("admitted", found.occasion.conference, found.site),
        ("heartbeat", found.occasion.conference, found.site),
    ]
    assert len({one["nonce"] for one in kept}) == len(kept)


async def test_a_full_disk_lets_nobody_in(conn: Connection, tmp_path: Path):
    found, known, _ = await a_pass(conn, tmp_path)

    async with Spool(tmp_path / "admissions", largest_bytes=10) as spool:
        with pytest.raises(SpoolFull):
            await admit(spool, found, known, TokensAhead(), found.occasion.opens_at)


async def test_a_ticket_fits_the_bridge_until_the_hard_end(conn: Connection, tmp_path: Path):
    found, known, _ = await a_pass(conn, tmp_path)
    given = ticket(found, known, TokensAhead(), found.occasion.opens_at)
    second = timedelta(seconds=1)

    def accepted(moment):
        return read(given.token, SECRETS.jwt, app_id="diemcau", now=moment) is not None

    assert accepted(found.occasion.grant_ends_at - second)
    assert not accepted(found.occasion.grant_ends_at)


async def test_the_address_carries_the_token_where_no_server_logs_it(
    conn: Connection, tmp_path: Path
):
    found, known, _ = await a_pass(conn, tmp_path)
    titled = replace(found, occasion=replace(found.occasion, title='Họp "gấp" = 8h'))

    given = ticket(titled, known, TokensAhead(), found.occasion.opens_at)

    address, _, fragment = given.url.partition("#")
    told = dict(part.split("=", 1) for part in fragment.split("&"))
    assert address == f"https://meet.lab/{found.occasion.room}"
    assert {key: json.loads(unquote(value)) for key, value in told.items()} == {
        "jwt": given.token,
        "config.subject": 'Họp "gấp" = 8h',
        "config.readOnlyName": True,
        "config.prejoinConfig.enabled": False,
    }
    assert given.token not in repr(given)
