"""What Jitsi's own modules alone can show: keys, the end of a room, lobby, side rooms, a rush."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridges.jitsi.reservations import NO_HALLS
from bridges.jitsi.tokens import sign
from bridges.receiving.astray import Setting
from bridges.store.strays import list_strays
from meetings.store import Connection
from tests.failover import utc_now
from tests.faults.jitsi_server import DOMAIN, folders
from tests.faults.jitsi_venue import NEEDED, Venue, claims_of, head_of, staged
from tests.faults.xmpp import Client, affiliation_in, connected, name_in

pytestmark = NEEDED
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def stage(
    request: pytest.FixtureRequest,
    database: str,
    owner_database: str,
    conn: Connection,
    scratch: Path,
) -> AsyncIterator[Venue]:
    """Give a venue with Jitsi's modules, as Debian's packages set it or docker's image."""
    image = getattr(request, "param", "") == "docker"
    async with staged(
        tuple(folders()), database, owner_database, conn, scratch, image=image
    ) as made:
        yield made


DOCKER = pytest.mark.parametrize("stage", ["docker"], indirect=True)
BY_EITHER = pytest.mark.parametrize("stage", ["debian", "docker"], indirect=True)


@DOCKER
async def test_halls_enter_a_room_of_dockers_and_the_sheet_is_true(stage: Venue):
    booked = await stage.book()
    chair, other, _ = booked.sites
    token = await stage.token(booked, other)
    refused = await stage.why(booked, token, f"no-such-room@{stage.rooms}")
    assert refused is not None
    assert (refused.code, "This room is not booked." in refused.text) == ("403", True)
    async with stage.hall(booked, chair) as (_, seen):
        assert affiliation_in(seen) == ("owner", "moderator")
        async with stage.hall(booked, other, name="Giả danh") as (client, own):
            assert affiliation_in(own) == ("member", "participant")
            assert name_in(own) not in {None, "Giả danh"}
            # By another short name it would be told as gone, and be found by nobody.
            assert (await client.refused_as(f"{booked.address}/another")).condition == "not-allowed"
            await stage.until_told(booked, "created", "joined", "joined")
        for change in ({"sub": f"conference.{DOMAIN}"}, {"room": "another"}, {"aud": "another"}):
            changed = sign(claims_of(token) | change, stage.secret)
            assert await stage.why(booked, changed) is not None, change
    await stage.until_told(booked, "created", *["joined"] * 2, *["left"] * 2, "destroyed")
    assert set(await stage.presence(booked)) == {chair, other}


async def test_a_room_takes_its_seats_and_a_recorder_beside_them(stage: Venue):
    booked = await stage.book(halls=slice(1))
    token = await stage.token(booked, booked.sites[0])
    async with AsyncExitStack() as stack:
        for _ in range(2 + NO_HALLS):
            await stack.enter_async_context(stage.hall(booked, booked.sites[0]))
        refused = await stage.why(booked, token)
        assert refused is not None
        assert refused.condition == "service-unavailable"
        recorder = Client(f"recorder@recorder.{DOMAIN}/lab", "of the lab")
        await stack.enter_async_context(connected(stage.http, stage.prosody, recorder))
        await recorder.enter(booked.address)
        await stage.until_told(booked, "created", *["joined"] * (3 + NO_HALLS))
        assert set(await stage.presence(booked)) == set(booked.sites)


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


async def test_keys_are_read_from_one_list_too(stage: Venue):
    keys = f"{stage.house.services[0].url}/bridges/lab/keys"
    listed = f'cache_keys_url = "{keys}/jwks.json"'
    await stage.change(f'asap_key_server = "{keys}"', listed)
    await stage.until_asked("/bridges/{bridge}/keys/jwks.json")
    booked = await stage.book()
    await stage.until_let_in(booked, booked.sites[0])

    async with stage.hall(booked, booked.sites[0]):
        await stage.until_told(booked, "created", "joined")


async def test_a_slash_too_many_does_no_harm_and_a_wrong_path_is_told(stage: Venue):
    """A wrong path makes no room, and is seen."""
    await stage.change('/bridges/lab/reservations"', '/bridges/lab/reservations//"')
    booked = await stage.book()
    async with stage.hall(booked, booked.sites[0]):
        await stage.until_told(booked, "created", "joined")
    await stage.change('/bridges/lab/reservations//"', '/bridges/lab/"')
    second = await stage.book(halls=slice(3, 6))
    refused = await stage.why(second, await stage.token(second, second.sites[0]))

    assert refused is not None
    async with asyncio.timeout(60):
        while not (told := await list_strays(stage.conn, "lab", BEGINNING)):
            await asyncio.sleep(0.2)
    host = stage.house.services[0].url.removeprefix("http://")
    assert [(one.setting, one.url, one.sure) for one in told] == [
        (Setting.RESERVATIONS, f"{host}/bridges/lab//conference", True)
    ]


@BY_EITHER
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
        await client.submit(booked.address, {"muc#roomconfig_membersonly": "1"})
        async with stage.hall(booked, other) as (_, own), stage.hall(booked, chair) as (_, again):
            assert affiliation_in(own) == ("member", "participant")
            assert affiliation_in(again) == ("owner", "moderator")
        stranger = sign(claims_of(await stage.token(booked, other)) | {"context": {}}, stage.secret)
        refused = await stage.why(booked, stranger)
    assert refused is not None
    assert refused.condition == "registration-required"


async def test_a_hall_in_a_side_room_is_in_the_conference(stage: Venue):
    await stage.change('"muc_lobby_rooms";', '"muc_lobby_rooms"; "muc_breakout_rooms";')
    booked = await stage.book()
    chair, other, _ = booked.sites
    async with stage.hall(booked, chair) as (client, _), stage.hall(booked, other) as (hall, _):
        side = await client.side_room(f"breakout.{DOMAIN}")
        hall.say(f"{booked.address}/{hall.short}", kind="unavailable", status="switch_room")
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


@BY_EITHER
async def test_every_module_that_the_settings_name_is_jitsis(stage: Venue):
    missing = re.findall(r"Unable to load module '([^']+)'", stage.said())

    assert missing == []
