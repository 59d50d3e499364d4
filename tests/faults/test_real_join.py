"""Halls enter a booked room of a real Prosody by a real XMPP client; we count who was in.

Each with modules of ours that behave as Jitsi's do, and with Jitsi's own where they are here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bridges.jitsi.tokens import read, sign
from meetings.store import Connection
from tests.failover import utc_now
from tests.faults.jitsi_server import PROSODY
from tests.faults.jitsi_venue import BOTH, ROOMS, Venue, claims_of, staged
from tests.faults.xmpp import affiliation_in, name_in

APP = "diemcau"

pytestmark = pytest.mark.skipif(PROSODY is None, reason="Debian's prosody is not installed")


@pytest.fixture
async def stage(
    places: tuple[str, ...], database: str, owner_database: str, conn: Connection, scratch: Path
) -> AsyncIterator[Venue]:
    """Give a venue with these modules."""
    async with staged(places, database, owner_database, conn, scratch) as made:
        yield made


@BOTH
async def test_halls_enter_a_booked_room_and_the_sheet_is_true(stage: Venue):
    booked = await stage.book()
    chair, other, absent = booked.sites
    async with stage.hall(booked, chair) as (_, seen):
        assert affiliation_in(seen) == ("owner", "moderator")
        assert name_in(seen) == "Điện Biên Phủ"
        async with stage.hall(booked, other, name="Giả danh") as (client, own):
            assert affiliation_in(own) == ("member", "participant")
            assert name_in(own) not in {None, "Giả danh"}
            async with stage.hall(booked, other) as (second, _):
                await client.leave()
                await stage.until_told(booked, "created", "joined", "joined", "joined", "left")
                assert [one.end for one in (await stage.presence(booked))[other]] == [None]
                await second.leave()
    await stage.until_told(booked, "created", *["joined"] * 3, *["left"] * 3, "destroyed")
    sheet = await stage.presence(booked)
    assert set(sheet) == {chair, other}
    assert absent not in sheet
    assert all(len(stays) == 1 and stays[0].end is not None for stays in sheet.values())
    assert {one.evidence for stays in sheet.values() for one in stays} == {"events"}


@BOTH
async def test_who_has_no_business_in_a_room_stays_out(stage: Venue):
    booked = await stage.book()
    early = await stage.book(start=utc_now() + timedelta(hours=3))
    other = await stage.book(start=utc_now() + timedelta(minutes=10), halls=slice(3, 4))
    token = await stage.token(booked, booked.sites[0])
    claims = claims_of(token)
    now = int(utc_now().timestamp())

    told = {
        "not booked": await stage.why(booked, token, f"no-such-room@{ROOMS}"),
        "too early": await stage.why(booked, token, early.address),
        "in capitals": await stage.why(booked, token, f"{early.room.upper()}@{ROOMS}"),
        "in escapes": await stage.why(
            booked, token, f"%{ord(booked.room[0]):02x}{booked.address[1:]}"
        ),
    }
    assert {what: refused and refused.code for what, refused in told.items()} == dict.fromkeys(
        told, "403"
    )
    assert "This room is not booked." in str(told["not booked"])
    assert "The room is not open yet." in str(told["too early"])

    async with stage.hall(booked, booked.sites[0]):
        refused = await stage.why(booked, token, other.address)
        assert refused is not None
        assert refused.condition == "not-allowed"
        for change in (
            {"exp": now - 1},
            {"nbf": now + 600},
            {"iss": "somebody"},
            {"aud": "somebody"},
            {"sub": "elsewhere.lab"},
            {"room": early.room},
        ):
            changed = sign(claims | change, stage.secret)
            assert await stage.why(booked, changed) is not None, change
        assert await stage.why(booked, "") is not None
        assert await stage.why(booked, sign(claims, "another" * 8)) is not None
        assert await stage.why(booked, sign(claims, stage.secret)) is None


@BOTH
async def test_a_cut_line_and_a_bridge_that_dies_leave_a_true_sheet(stage: Venue):
    booked = await stage.book()
    chair, other, _ = booked.sites
    async with (
        stage.hall(booked, chair),
        stage.hall(booked, other, resumes=True) as (ghost, _),
    ):
        ghost.cut()
        async with stage.hall(booked, other):
            await stage.until_told(booked, "created", *["joined"] * 3, "left")
            assert [one.end for one in (await stage.presence(booked))[other]] == [None]
            await stage.kill()
    killed = utc_now()
    await stage.start()
    async with stage.hall(booked, chair):
        again = utc_now()
        await stage.until_told(booked, *["created"] * 2, *["joined"] * 4, "left")
        sheet = await stage.until(booked, lambda it: it[other][-1].end is not None)
    # Nobody told of their going: they were in at the latest when the bridge died.
    assert all(one.end is None or one.end <= killed for one in (*sheet[chair], *sheet[other]))
    assert sheet[chair][-1].start <= again


@BOTH
async def test_a_bridge_that_is_restarted_tells_who_went(stage: Venue):
    booked = await stage.book()
    chair, other, _ = booked.sites
    async with stage.hall(booked, chair), stage.hall(booked, other):
        await stage.until_told(booked, "created", "joined", "joined")
        await stage.stop()
        await stage.until_told(booked, "created", *["joined"] * 2, *["left"] * 2, "destroyed")
    went = await stage.presence(booked)
    assert all(stays[-1].end is not None for stays in went.values())
    await stage.start()
    async with stage.hall(booked, chair):
        again = await stage.until(booked, lambda it: it[chair][-1].end is None)
    assert {site: stays[0] for site, stays in again.items()} == {
        site: stays[0] for site, stays in went.items()
    }


@BOTH
async def test_what_was_told_while_we_were_away_is_told_again_and_once(stage: Venue):
    booked = await stage.book()
    service = stage.house.services[0]
    token = await stage.token(booked, booked.sites[0])
    async with stage.visitor(booked, token) as client:
        await service.kill()
        asking = asyncio.create_task(client.ask(booked.address))
        await service.start()
        await service.ready()
        await asking
        await client.enter(booked.address)
        await stage.until_told(booked, "created", "joined")
        await service.kill()
        await client.leave()
        await stage.until_empty(booked)
        await service.start()
        await service.ready()
    await stage.until_told(booked, "created", "joined", "left", "destroyed")


@BOTH
async def test_what_is_called_off_opens_no_more(stage: Venue):
    booked = await stage.book()
    token = await stage.token(booked, booked.sites[0])
    await stage.call_off(booked)

    refused = await stage.why(booked, token)

    assert refused is not None
    assert "The conference was cancelled." in refused.text


@BOTH
async def test_a_rotated_secret_of_calls_and_events_is_taken_beside_the_old_one(stage: Venue):
    for kind in ("reservation", "event"):
        await stage.call("POST", "/bridges/lab/rotate", {"kind": kind, "grace_seconds": 3600})
    booked = await stage.book()

    async with stage.hall(booked, booked.sites[0]):
        await stage.until_told(booked, "created", "joined")


@BOTH
async def test_a_rotated_token_secret_is_signed_with_once_prosody_knows_it(
    places: tuple[str, ...], database: str, owner_database: str, conn: Connection, scratch: Path
):
    async with staged(places, database, owner_database, conn, scratch, shared=True) as stage:
        booked = await stage.book()
        chair, other, _ = booked.sites
        body = {"kind": "jwt", "algorithm": "HS256", "grace_seconds": 3600}
        new = (await stage.call("POST", "/bridges/lab/rotate", body))["secret"]
        async with stage.hall(booked, chair):
            await stage.change(stage.secret, new)
        async with asyncio.timeout(60):
            while (
                read(token := await stage.token(booked, other), new, app_id=APP, now=utc_now())
                is None
            ):
                await asyncio.sleep(0.2)
        assert await stage.why(booked, token) is None
