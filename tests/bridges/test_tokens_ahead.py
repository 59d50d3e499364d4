"""Tokens signed ahead: the same for every entry, until anything they say or sign with changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest

from bridges.entry.passes import KnownBridge, Pass
from bridges.entry.snapshot import Contents, assemble
from bridges.entry.tokens_ahead import AHEAD, TokensAhead
from bridges.jitsi.keys import new_private_key
from bridges.jitsi.tokens import read
from bridges.model import BridgeSecrets, FormerSecret, RoomName, RoomState, SecretKind
from meetings.model import SiteId, State
from tests.bridges.jitsi.test_token_matrix import BRIDGE, BRIDGES, HALL, LONG, NOW, ROOM

HOUR = timedelta(hours=1)


@lru_cache
def another_key() -> str:
    return new_private_key()


def known_with(secret: str, **told: Any) -> KnownBridge:
    return KnownBridge(
        bridge=BRIDGE, secrets=BridgeSecrets(jwt=secret, reservation="r", event="e", **told)
    )


KEY = BRIDGES["RS256"][0]
JITSI = known_with(KEY)


def picture(known: KnownBridge, *passes: Pass) -> Contents:
    occasions = {one.occasion.conference: one.occasion for one in passes}
    return assemble(
        NOW,
        {BRIDGE.name: known},
        occasions,
        {str(number).encode(): one for number, one in enumerate(passes)},
    )


async def signed(known: KnownBridge = JITSI, *passes: Pass, now: datetime = NOW) -> TokensAhead:
    tokens = TokensAhead()
    await tokens.sign(picture(known, *(passes or (HALL,))), now)
    return tokens


def claims_of(token: str, secret: str = KEY, now: datetime = NOW) -> dict[str, Any]:
    told = read(token, secret, app_id=BRIDGE.app_id, now=now)
    assert told is not None
    return told


async def test_a_token_signed_ahead_is_good_whenever_the_hall_comes_back():
    tokens, prosody = await signed(now=LONG.opens_at - AHEAD), BRIDGES["RS256"][1]

    given = {
        tokens.token(HALL, JITSI, LONG.opens_at + timedelta(minutes=minute))
        for minute in range(660)
    }

    [token] = given
    for moment in (LONG.opens_at, LONG.closes_at - timedelta(seconds=1)):
        assert prosody.refuses(token, room=ROOM, now=moment.timestamp()) == ""
    assert prosody.refuses(token, room=ROOM, now=LONG.closes_at.timestamp()) != ""


async def test_each_hall_has_its_own():
    other = replace(HALL, site=SiteId(13), label="Sín Thầu")
    tokens = await signed(JITSI, HALL, other)

    users = [claims_of(tokens.token(one, JITSI, NOW))["context"]["user"] for one in (HALL, other)]

    assert [(user["id"], user["name"]) for user in users] == [
        ("site-12", "Mường Nhé"),
        ("site-13", "Sín Thầu"),
    ]


async def test_who_was_not_signed_for_gets_one_of_this_moment():
    tokens, later = TokensAhead(), NOW + HOUR

    told = claims_of(tokens.token(HALL, JITSI, later), now=later)

    assert (told["iat"], len(tokens)) == (int(later.timestamp()), 0)


@pytest.mark.parametrize(
    "changed",
    [
        replace(HALL, generation=2),
        replace(HALL, label="Mường Nhé mới"),
        replace(HALL, occasion=replace(LONG, room=RoomName("moved-20261123-abcdefghij"))),
        replace(HALL, occasion=replace(LONG, grant_ends_at=LONG.closes_at + HOUR)),
        replace(HALL, occasion=replace(LONG, public=True)),
        replace(HALL, occasion=replace(LONG, main_site=HALL.site)),
    ],
    ids=["link reset", "hall renamed", "moved", "extended", "public", "chairs now"],
)
async def test_what_changed_is_in_the_next_token(changed: Pass):
    tokens, later = await signed(), NOW + HOUR

    given = tokens.token(changed, JITSI, later)

    assert claims_of(given, now=later) | {"jti": ""} == claims_of(
        TokensAhead().token(changed, JITSI, later), now=later
    ) | {"jti": ""}


async def test_a_key_that_was_rotated_signs_no_more():
    tokens = await signed()
    rotated = known_with(another_key())

    at_once = tokens.token(HALL, rotated, NOW)
    await tokens.sign(picture(rotated, HALL), NOW)
    later = tokens.token(HALL, rotated, NOW)

    for token in (at_once, later):
        assert read(token, KEY, app_id=BRIDGE.app_id, now=NOW) is None
        assert claims_of(token, another_key())["generation"] == 1
    assert len(tokens) == 1


async def test_a_key_that_is_not_spread_yet_signs_nothing():
    former = FormerSecret(kind=SecretKind.JWT, secret=KEY, ends_at=NOW + HOUR, left_at=None)
    spreading = known_with(another_key(), former=(former,))
    tokens = await signed(spreading)

    assert claims_of(tokens.token(HALL, spreading, NOW))["generation"] == 1
    over = NOW + HOUR
    assert claims_of(tokens.token(HALL, spreading, over), another_key(), over)["generation"] == 1


@pytest.mark.parametrize(
    "gone",
    [
        replace(HALL, revoked=True),
        replace(HALL, ends_at=LONG.opens_at),
        replace(HALL, occasion=replace(LONG, state=State.CANCELLED)),
        replace(HALL, occasion=replace(LONG, state=State.ENDED)),
        replace(HALL, occasion=replace(LONG, room_state=RoomState.CLOSED)),
        replace(HALL, occasion=replace(LONG, bridge="another")),
        replace(HALL, occasion=replace(LONG, opens_at=NOW + AHEAD + timedelta(seconds=1))),
    ],
    ids=["revoked", "its key is over", "cancelled", "ended", "closed", "no bridge", "far"],
)
async def test_who_may_not_come_in_has_no_token(gone: Pass):
    tokens = await signed()
    kept = len(tokens)

    await tokens.sign(picture(JITSI, gone), NOW)

    assert (kept, len(tokens)) == (1, 0)


async def test_of_a_shared_secret_none_is_kept():
    assert len(await signed(known_with("s" * 40))) == 0


async def test_a_link_with_two_secrets_has_one_token():
    assert len(await signed(JITSI, HALL, replace(HALL, ends_at=NOW + HOUR))) == 1


async def test_a_token_of_a_clock_that_was_set_back_is_made_anew():
    tokens = await signed(now=NOW + HOUR)

    at_once = claims_of(tokens.token(HALL, JITSI, NOW))["iat"]
    await tokens.sign(picture(JITSI, HALL), NOW)
    later = claims_of(tokens.token(HALL, JITSI, NOW + HOUR), now=NOW + HOUR)["iat"]

    assert at_once == later == int(NOW.timestamp())
