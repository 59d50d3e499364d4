"""Whom a bridge keeps out: it asks at each connection with the entrant's own token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridges.jitsi.keys import new_private_key
from bridges.jitsi.tokens import Entry, entry_claims, service_claims, sign
from bridges.store.unwanted import note_denials
from meetings.links.invitations import make_links, reset_link, revoke_link
from tests.bridges.makers import SECRETS, a_bridge, a_room
from tests.makers import a_conference, a_directory

KEY = b"k" * 32
PATH = "/bridges/lab/access"


@pytest.fixture
async def placed(conn, keyring):
    await a_directory(conn)
    await a_bridge(conn, seal=keyring)
    conference, room = await a_room(conn, await a_conference(conn, start=in_an_hour()))
    await make_links(conn, conference, KEY)
    await conn.execute("UPDATE rooms SET state = 'open'")
    return conference, room


def in_an_hour() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def token_of(site, room, *, given=timedelta(0), secret=SECRETS.jwt, generation=0) -> str:
    entry = Entry(
        room=room.name,
        site=site,
        name="Điểm cầu",
        hard_end=room.closes_at,
        generation=generation,
    )
    now = datetime.now(UTC) + given
    return sign(entry_claims(entry, app_id="diemcau", xmpp_domain="meet.lab", now=now), secret)


async def access(client, token: str) -> bool:
    answer = await client.get(PATH, headers={"Authorization": f"Bearer {token}"})
    told = await answer.json()
    assert (answer.status, set(told)) == (200, {"access"})
    return bool(told["access"])


async def test_who_was_removed_stays_out_until_a_new_link_is_given(client_for, conn, placed):
    conference, room = placed
    first, second, _ = conference.sites
    bridge = await client_for(None)
    before = token_of(first, room, given=-timedelta(minutes=5))
    invited = await access(bridge, before)

    await revoke_link(conn, conference.id, first, by="person:1", now=datetime.now(UTC))
    removed = await access(bridge, before), await access(bridge, token_of(first, room))
    await note_denials(conn)
    await reset_link(conn, conference.id, first, KEY, by="person:1")
    later = await access(bridge, token_of(first, room, given=timedelta(seconds=2)))

    assert (invited, removed, later) == (True, (False, False), True)
    assert not await access(bridge, before)
    assert await access(bridge, token_of(second, room, given=-timedelta(minutes=5)))


async def test_a_token_of_a_new_link_is_good_whatever_clocks_say(client_for, conn, placed):
    conference, room = placed
    site, _, _ = conference.sites
    bridge = await client_for(None)

    await revoke_link(conn, conference.id, site, by="person:1", now=datetime.now(UTC))
    await note_denials(conn)
    await reset_link(conn, conference.id, site, KEY, by="person:1")

    for given in (-timedelta(seconds=30), timedelta(0), timedelta(seconds=30)):
        of_old = await access(bridge, token_of(site, room, given=given, generation=1))
        of_new = await access(bridge, token_of(site, room, given=given, generation=2))
        assert (of_old, of_new) == (False, True)


async def test_who_is_not_invited_any_more_stays_out(client_for, conn, placed):
    conference, room = placed
    await conn.execute("DELETE FROM links WHERE site_id = $1", conference.sites[0])
    bridge = await client_for(None)

    assert not await access(bridge, token_of(conference.sites[0], room))


async def test_whoever_is_no_hall_of_ours_is_not_for_us_to_refuse(client_for, conn, placed):
    conference, room = placed
    await revoke_link(
        conn, conference.id, conference.sites[0], by="person:1", now=datetime.now(UTC)
    )
    bridge = await client_for(None)
    now = datetime.now(UTC)
    ours = service_claims(room.name, app_id="diemcau", xmpp_domain="meet.lab", now=now)

    for token in (
        sign(ours, SECRETS.jwt),
        token_of(conference.sites[0], room, secret="x" * 40),
        token_of(conference.sites[0], room, secret=new_private_key()),
        "x.y.z",
        "",
    ):
        assert await access(bridge, token)


@pytest.mark.parametrize(
    "odd",
    [
        {"context": "x"},
        {"context": [1]},
        {"context": {"user": ["site-1"]}},
        {"context": {"user": {"id": 7}}},
        {"room": "\ud800"},
        {"room": ["x"]},
        {"iat": 10**18},
        {"iat": -(10**18)},
        {"iat": 1e308},
        {"generation": 10**30},
    ],
    ids=repr,
)
async def test_a_token_of_any_shape_that_our_secret_signed_is_answered(
    client_for, conn, placed, odd
):
    conference, room = placed
    now = datetime.now(UTC)
    entry = Entry(
        room=room.name,
        site=conference.sites[0],
        name="Điểm cầu",
        hard_end=room.closes_at,
        generation=1,
    )
    told = entry_claims(entry, app_id="diemcau", xmpp_domain="meet.lab", now=now)
    bridge = await client_for(None)

    # Whether that lets him in is told by what remains to be read; that it is answered, here.
    await access(bridge, sign(told | odd, SECRETS.jwt))


async def test_a_token_of_a_key_of_ours_is_read_too(client_for, conn, placed, keyring):
    conference, room = placed
    key = new_private_key()
    await conn.execute(
        "UPDATE bridges SET algorithm = 'RS256', jwt_secret = $1",
        keyring.seal("bridge", key.encode()),
    )
    await revoke_link(
        conn, conference.id, conference.sites[0], by="person:1", now=datetime.now(UTC)
    )

    assert not await access(await client_for(None), token_of(conference.sites[0], room, secret=key))
