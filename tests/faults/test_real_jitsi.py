"""What Jitsi's own modules alone can show: keys, the end of a room, lobby, side rooms, a rush."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from bridges.jitsi.tokens import sign
from meetings.store import Connection
from tests.failover import utc_now
from tests.faults.jitsi_server import DOMAIN, folders
from tests.faults.jitsi_venue import NEEDED, Venue, address, claims_of, head_of, staged
from tests.faults.xmpp import affiliation_in

pytestmark = NEEDED


@pytest.fixture
async def stage(
    database: str, owner_database: str, conn: Connection, scratch: Path
) -> AsyncIterator[Venue]:
    """Give a venue with Jitsi's modules."""
    async with staged(tuple(folders()), database, owner_database, conn, scratch) as made:
        yield made


async def test_a_new_key_is_asked_for_by_itself(stage: Venue):
    booked = await stage.book()
    chair, other, _ = booked.sites
    before = head_of(await stage.token(booked, chair))
    async with stage.hall(booked, chair):
        await stage.call(
            "POST",
            "/bridges/lab/rotate",
            {"kind": "jwt", "algorithm": "RS256", "grace_seconds": 3600},
        )
        async with asyncio.timeout(60):
            while head_of(await stage.token(booked, chair)) == before:
                await asyncio.sleep(0.2)
        async with stage.hall(booked, other):
            await stage.until_told(booked, "created", "joined", "joined")
    assert before["alg"] == "RS256"


async def test_an_ended_conference_empties_its_room_and_opens_no_more(stage: Venue):
    booked = await stage.book()
    token = await stage.token(booked, booked.sites[0])
    async with stage.hall(booked, booked.sites[0]) as (client, _):
        later = {"end": (utc_now() + timedelta(hours=2)).isoformat(timespec="seconds")}
        await stage.call("POST", f"/conferences/{booked.id}/actions/extend", later)
        await stage.call("POST", f"/conferences/{booked.id}/actions/end", {})
        await client.until_out()
        await stage.until_told(booked, "created", "joined", "left", "destroyed")
        refused = await stage.why(booked, token)
    assert refused is not None
    assert "The conference is over." in refused.text
    sheet = await stage.presence(booked)
    assert [one.end is not None for one in sheet[booked.sites[0]]] == [True]


async def test_invited_halls_pass_a_lobby_that_is_on(stage: Venue):
    booked = await stage.book()
    chair, other, _ = booked.sites
    async with stage.hall(booked, chair) as (client, _):
        await client.submit(address(booked), {"muc#roomconfig_membersonly": "1"})
        async with stage.hall(booked, other) as (_, own), stage.hall(booked, chair) as (_, again):
            assert affiliation_in(own) == ("member", "participant")
            assert affiliation_in(again) == ("owner", "moderator")
        stranger = sign(claims_of(await stage.token(booked, other)) | {"context": {}}, stage.secret)
        refused = await stage.why(booked, stranger)
    assert refused is not None
    assert refused.condition == "registration-required"


async def test_a_hall_in_a_side_room_is_in_the_conference(stage: Venue):
    await stage.load("muc_breakout_rooms")
    booked = await stage.book()
    chair, other, _ = booked.sites
    async with stage.hall(booked, chair) as (client, _), stage.hall(booked, other) as (hall, _):
        side = await client.side_room(f"breakout.{DOMAIN}")
        hall.say(f"{address(booked)}/{hall.short}", kind="unavailable", status="switch_room")
        await hall.ask(side)
        await hall.enter(side)
        await stage.until_told(booked, *["created"] * 2, *["joined"] * 3, "left")
        sheet = await stage.presence(booked)
    assert sheet[other][-1].end is None


async def test_all_halls_come_in_at_once(stage: Venue):
    booked = await stage.book(halls=slice(45))
    async with AsyncExitStack() as stack:
        begun = asyncio.get_running_loop().time()
        entering = (stack.enter_async_context(stage.hall(booked, site)) for site in booked.sites)
        await asyncio.gather(*entering)
        print(f"45 halls in after {asyncio.get_running_loop().time() - begun:.1f} s")
        await stage.until_told(booked, "created", *["joined"] * 45)
        sheet = await stage.presence(booked)
        assert {site: [one.end for one in stays] for site, stays in sheet.items()} == {
            site: [None] for site in booked.sites
        }


async def test_every_module_that_the_settings_name_is_jitsis(stage: Venue):
    missing = re.findall(r"Unable to load module '([^']+)'", stage.said())

    assert missing == []
