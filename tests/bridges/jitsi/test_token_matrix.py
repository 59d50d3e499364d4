"""Our tokens against Prosody's own rules: 30 that must not pass, and every clock of ±60 s."""

import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from bridges.entry.admitting import ticket
from bridges.entry.passes import Entrance, KnownBridge, Occasion, Pass, entrance
from bridges.entry.tokens_ahead import TokensAhead
from bridges.jitsi.keys import credential, new_private_key, pem_name, public_pem
from bridges.jitsi.tokens import Entry, entry_claims, sign
from bridges.model import (
    Bridge,
    BridgeId,
    BridgeKind,
    BridgeSecrets,
    RoomName,
    RoomState,
)
from meetings.model import ConferenceId, Kind, PoolId, SiteId, State
from tests.bridges.jitsi.prosody_rules import Prosody

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
ROOM = RoomName("briefing-20261123-abcdefghij")
SHARED = "s" * 43
PRIVATE = new_private_key()
KID = credential(PRIVATE).kid
ENTRY = Entry(room=ROOM, site=SiteId(12), name="Mường Nhé", hard_end=NOW + timedelta(hours=2))
GOOD = entry_claims(ENTRY, app_id="diemcau", xmpp_domain="meet.lab", now=NOW)
BRIDGES = {
    "HS256": (SHARED, Prosody(secret=SHARED)),
    "RS256": (PRIVATE, Prosody(pems={pem_name(KID): public_pem(PRIVATE)})),
}


def made(header: dict[str, Any], claims: dict[str, Any], key: OctKey | RSAKey) -> str:
    """Sign anything at all."""
    return jws.serialize_compact(
        header, json.dumps(claims), key, algorithms=[str(header["alg"])], registry=ANY
    )


ANY = jws.JWSRegistry(
    algorithms=["HS256", "HS384", "HS512", "RS256", "RS512"], strict_check_header=False
)


def part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def by_public_key() -> str:
    """Sign as a shared secret what everybody can read; our own library would not."""
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': KID})}.{part(GOOD)}"
    signature = hmac.digest(public_pem(PRIVATE), signed.encode(), "sha256")
    return f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def key_of(algorithm: str) -> OctKey | RSAKey:
    return credential(BRIDGES[algorithm][0]).key


def header_of(algorithm: str, **changed: object) -> dict[str, Any]:
    key = credential(BRIDGES[algorithm][0])
    return key.header(key.kid) | changed


MOMENT = int(NOW.timestamp())
WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "iss of another": GOOD | {"iss": "stranger"},
    "iss missing": without("iss"),
    "iss a list": GOOD | {"iss": ["diemcau"]},
    "aud of another": GOOD | {"aud": "other"},
    "aud missing": without("aud"),
    "aud a list": GOOD | {"aud": ["jitsi"]},
    "sub of another": GOOD | {"sub": "other.lab"},
    "sub of a tenant": GOOD | {"sub": "tenant"},
    "sub missing": without("sub"),
    "sub null": GOOD | {"sub": None},
    "room of another": GOOD | {"room": "briefing-20261123-zzzzzzzzzz"},
    "room of all": GOOD | {"room": "*"},
    "room with a tail": GOOD | {"room": f"{ROOM}x"},
    "room missing": without("room"),
    "room null": GOOD | {"room": None},
    "room a list": GOOD | {"room": [ROOM]},
    "expired": GOOD | {"exp": MOMENT},
    "expired long ago": GOOD | {"exp": MOMENT - 86_400},
    "exp a text": GOOD | {"exp": str(MOMENT + 3600)},
    "exp null": GOOD | {"exp": None},
    "exp true": GOOD | {"exp": True},
    "nbf to come": GOOD | {"nbf": MOMENT + 1},
    "nbf a text": GOOD | {"nbf": str(MOMENT)},
    "nbf null": GOOD | {"nbf": None},
}


def forged(algorithm: str) -> dict[str, str]:
    """Return tokens whose header or signature is not ours."""
    good, key = sign(GOOD, BRIDGES[algorithm][0]), key_of(algorithm)
    head, payload, signature = good.split(".")
    return {
        "alg none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        "no signature": f"{head}.{payload}.",
        "another's payload": f"{head}.{part(GOOD | {'room': ROOM, 'x': 1})}.{signature}",
        "two parts": f"{head}.{payload}",
        "four parts": f"{good}.x",
        "empty": "",
        "typ missing": made(
            {k: v for k, v in header_of(algorithm).items() if k != "typ"}, GOOD, key
        ),
        "typ in small letters": made(header_of(algorithm, typ="jwt"), GOOD, key),
        "HS with the public key": by_public_key(),
        "another shared key": made(
            {"alg": "HS256", "typ": "JWT"}, GOOD, OctKey.import_key("x" * 43)
        ),
        "another private key": made(
            header_of("RS256"), GOOD, RSAKey.generate_key(2048, private=True)
        ),
        "HS512": made({"alg": "HS512", "typ": "JWT"}, GOOD, OctKey.import_key("s" * 64)),
    }


@pytest.mark.parametrize(("algorithm", "wrong"), list(product(BRIDGES, WRONG_CLAIMS)))
def test_claims_that_are_not_ours_do_not_pass(algorithm, wrong):
    token = made(header_of(algorithm), WRONG_CLAIMS[wrong], key_of(algorithm))

    assert BRIDGES[algorithm][1].refuses(token, room=ROOM, now=MOMENT) != ""


@pytest.mark.parametrize(("algorithm", "wrong"), list(product(BRIDGES, forged("HS256"))))
def test_forged_tokens_do_not_pass(algorithm, wrong):
    token = forged(algorithm)[wrong]

    assert BRIDGES[algorithm][1].refuses(token, room=ROOM, now=MOMENT) != ""


@pytest.mark.parametrize("algorithm", BRIDGES)
def test_an_unknown_kid_does_not_pass_and_neither_does_the_other_algorithm(algorithm):
    other = "RS256" if algorithm == "HS256" else "HS256"
    swapped = sign(GOOD, BRIDGES[other][0])
    unknown = made(header_of("RS256", kid="other"), GOOD, key_of("RS256"))

    assert BRIDGES[algorithm][1].refuses(swapped, room=ROOM, now=MOMENT) != ""
    assert BRIDGES["RS256"][1].refuses(unknown, room=ROOM, now=MOMENT) != ""


@pytest.mark.parametrize("algorithm", BRIDGES)
def test_our_tokens_pass_on_every_clock_within_a_minute(algorithm):
    secret, prosody = BRIDGES[algorithm]
    token = sign(GOOD, secret)

    refusals = {prosody.refuses(token, room=ROOM, now=MOMENT + skew) for skew in range(-60, 61)}

    assert refusals == {""}


LONG = Occasion(
    conference=ConferenceId(1),
    title="Họp mười giờ",
    kind=Kind.BRIEFING,
    chair="",
    host="UBND tỉnh",
    main_site=SiteId(1),
    main_label="UBND tỉnh",
    start=NOW,
    end=NOW + timedelta(hours=10),
    state=State.LIVE,
    cancel_reason="",
    bridge="lab",
    room=ROOM,
    opens_at=NOW - timedelta(minutes=30),
    closes_at=NOW + timedelta(hours=10, minutes=30),
    grant_ends_at=NOW + timedelta(hours=10, minutes=30),
    room_state=RoomState.OPEN,
)
HALL = Pass(occasion=LONG, site=SiteId(12), label="Mường Nhé", generation=1, revoked=False)
BRIDGE = Bridge(
    id=BridgeId(1),
    name="lab",
    kind=BridgeKind.JITSI,
    public_url="https://meet.lab",
    xmpp_domain="meet.lab",
    muc_domain="conference.meet.lab",
    app_id="diemcau",
    pool=PoolId(1),
)


@pytest.mark.parametrize("algorithm", BRIDGES)
def test_a_hall_that_comes_back_at_any_minute_of_ten_hours_gets_a_good_token(algorithm):
    secret, prosody = BRIDGES[algorithm]
    known = KnownBridge(
        bridge=BRIDGE, secrets=BridgeSecrets(jwt=secret, reservation="r", event="e")
    )
    opens = LONG.opens_at

    for minute in range(660):
        now = opens + timedelta(minutes=minute)
        assert entrance(HALL, now) is Entrance.OPEN
        token = ticket(HALL, known, TokensAhead(), now).token
        assert prosody.refuses(token, room=ROOM, now=now.timestamp()) == ""
        last = LONG.closes_at.timestamp() - 1
        assert prosody.refuses(token, room=ROOM, now=last) == ""
        assert prosody.refuses(token, room=ROOM, now=last + 1) != ""

    assert entrance(HALL, LONG.closes_at) is Entrance.TOO_LATE
    assert entrance(replace(HALL, revoked=True), NOW) is Entrance.REVOKED


def test_a_hall_that_was_in_before_an_extension_comes_back_with_the_token_it_has():
    secret, prosody = BRIDGES["RS256"]
    known = KnownBridge(
        bridge=BRIDGE, secrets=BridgeSecrets(jwt=secret, reservation="r", event="e")
    )
    hard_end = LONG.closes_at + timedelta(hours=12)
    token = ticket(
        replace(HALL, occasion=replace(LONG, grant_ends_at=hard_end)), known, TokensAhead(), NOW
    ).token

    assert prosody.refuses(token, room=ROOM, now=hard_end.timestamp() - 1) == ""
    assert prosody.refuses(token, room=ROOM, now=hard_end.timestamp()) != ""
