"""Tokens of ours, and the rules by which a bridge reads them."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from bridges.jitsi.keys import credential, new_private_key
from bridges.jitsi.names import read_user
from bridges.jitsi.roles import EVERY_FEATURE, EntryRole
from bridges.jitsi.tokens import Entry, entry_claims, entry_text, read, service_claims, sign
from bridges.model import RoomName
from meetings.model import Means, PersonId, SiteId

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(hours=2)
SECRET = "s" * 40
ROOM = RoomName("briefing-20261123-abcdefghij")
WRITTEN = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
ENTRY = Entry(room=ROOM, site=SiteId(12), name="Mường Nhé", hard_end=CLOSES, generation=3)


def claims(**other):
    told = entry_claims(ENTRY, app_id="diemcau", xmpp_domain="meet.lab", now=NOW)
    return told | {"jti": "one"} | other


def test_a_hall_is_named_by_its_site_and_let_in_until_the_hard_end():
    assert claims() == {
        "jti": "one",
        "iss": "diemcau",
        "aud": "jitsi",
        "sub": "meet.lab",
        "room": "briefing-20261123-abcdefghij",
        "iat": int(NOW.timestamp()),
        "nbf": int(NOW.timestamp()) - 120,
        "exp": int(CLOSES.timestamp()),
        "generation": 3,
        "context": {
            "user": {
                "id": "site-12",
                "name": "Mường Nhé",
                "affiliation": "member",
                "moderator": "false",
                "lobby_bypass": True,
            },
            "features": dict.fromkeys(EVERY_FEATURE, "false")
            | {"screen-sharing": "true", "send-groupchat": "true"},
        },
    }


heads = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(head=heads, crit=heads, payload=st.binary(max_size=20))
@example(head={}, crit=[[]], payload=b"{}")
def test_whatever_stands_before_a_signature_is_read_or_is_none(head, crit, payload):
    """A stranger may send it: nothing of it is looked at by who did not sign."""
    named = {"alg": "HS256", "typ": "JWT", "crit": crit}
    for told in (head, named, {"alg": head, "kid": crit}):
        parts = (json.dumps(told).encode(), payload, b"x")
        token = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        assert read(token, SECRET, app_id="diemcau", now=NOW) is None


@pytest.mark.parametrize(
    ("role", "affiliation", "moderator", "records"),
    [
        (EntryRole.CHAIR, "owner", "true", "true"),
        (EntryRole.SECRETARY, "owner", "true", "true"),
        (EntryRole.SITE, "member", "false", "false"),
        (EntryRole.OBSERVER, "member", "false", "false"),
    ],
)
def test_roles_lead_and_record_as_they_are_meant_to(role, affiliation, moderator, records):
    context = entry_claims(replace(ENTRY, role=role), app_id="a", xmpp_domain="d", now=NOW)[
        "context"
    ]

    assert (context["user"]["affiliation"], context["user"]["moderator"]) == (
        affiliation,
        moderator,
    )
    assert context["features"]["recording"] == records
    assert context["features"]["outbound-call"] == records
    assert set(context["features"]) == set(EVERY_FEATURE)


def test_a_person_who_is_no_hall_is_never_counted_as_one():
    entry = Entry(
        room=ROOM, person=PersonId(7), name="Thư ký", hard_end=CLOSES, role=EntryRole.SECRETARY
    )

    user = entry_claims(entry, app_id="a", xmpp_domain="d", now=NOW)["context"]["user"]

    assert user["id"] == "person-7"
    assert read_user(user["id"]) is None


def test_our_command_lasts_five_minutes():
    told = service_claims(ROOM, app_id="a", xmpp_domain="d", now=NOW)

    assert told["exp"] - told["iat"] == 300


def test_a_command_names_the_key_otherwise_than_a_halls_token():
    key = new_private_key()

    heads = [
        json.loads(
            urlsafe_b64decode(sign(claims(), secret, commands=commands).split(".")[0] + "==")
        )
        for secret in (key, SECRET)
        for commands in (False, True)
    ]

    kid = credential(key).kid
    assert [head.get("kid") for head in heads] == [kid, f"commands-{kid}", None, None]


def test_a_token_is_read_by_a_bridge_with_the_same_secret():
    assert read(sign(claims(), SECRET), SECRET, app_id="diemcau", now=NOW) == claims()


def test_each_token_has_an_id_of_its_own():
    one, other = (
        json.loads(entry_text(ENTRY, app_id="diemcau", xmpp_domain="meet.lab", now=NOW))["jti"]
        for _ in range(2)
    )

    assert one != other


@given(
    entry=st.builds(
        Entry,
        room=st.text(WRITTEN).map(RoomName),
        site=st.none() | st.integers(1).map(SiteId),
        person=st.none() | st.integers(1).map(PersonId),
        name=st.text(),
        hard_end=st.just(CLOSES),
        role=st.sampled_from(EntryRole),
        public=st.booleans(),
        means=st.sampled_from(Means),
        generation=st.integers(0),
    ),
    app_id=st.text(WRITTEN),
    domain=st.text(WRITTEN),
)
def test_what_is_written_once_a_room_says_the_same(entry: Entry, app_id: str, domain: str):
    of_bridge: dict[str, Any] = {"app_id": app_id, "xmpp_domain": domain, "now": NOW}

    said = json.loads(entry_text(entry, **of_bridge))

    assert said | {"jti": "one"} == entry_claims(entry, **of_bridge) | {"jti": "one"}


@pytest.mark.parametrize("skew", [-60, 0, 60])
def test_clocks_may_differ_by_a_minute(skew: int):
    token = sign(claims(), SECRET)

    assert read(token, SECRET, app_id="diemcau", now=NOW + timedelta(seconds=skew)) == claims()


@pytest.mark.parametrize(
    "payload",
    [
        claims(iss="stranger"),
        claims(aud="other"),
        claims(aud=["jitsi"]),
        claims(exp=int(NOW.timestamp())),
        claims(exp="9999999999"),
        claims(exp=True),
        claims(nbf=int(NOW.timestamp()) + 1),
        claims(nbf="1"),
        {key: value for key, value in claims().items() if key != "exp"},
        {key: value for key, value in claims().items() if key != "room"},
        {key: value for key, value in claims().items() if key != "sub"},
    ],
)
def test_a_token_that_does_not_fit_is_refused(payload: dict[str, Any]):
    token = jwt.encode({"alg": "HS256", "typ": "JWT"}, payload, OctKey.import_key(SECRET))

    assert read(token, SECRET, app_id="diemcau", now=NOW) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJyb29tIjoiKiJ9.",
        jwt.encode({"alg": "HS256", "typ": "JWT"}, claims(), OctKey.import_key("x" * 40)),
        sign(claims(), SECRET)[:-2],
    ],
)
def test_a_forged_token_is_refused(token: str):
    assert read(token, SECRET, app_id="diemcau", now=NOW) is None


def test_another_algorithm_is_refused():
    token = jwt.encode(
        {"alg": "HS512", "typ": "JWT"}, claims(), OctKey.import_key("s" * 64), algorithms=["HS512"]
    )

    assert read(token, "s" * 64, app_id="diemcau", now=NOW) is None


@pytest.mark.parametrize("public", [True, False], ids=["open", "internal"])
def test_only_who_leads_an_open_conference_may_stream_it(public):
    told = {
        role: entry_claims(
            replace(ENTRY, role=role, public=public), app_id="a", xmpp_domain="d", now=NOW
        )["context"]["features"]["livestreaming"]
        for role in EntryRole
    }

    assert {role for role, may in told.items() if may == "true"} == (
        {EntryRole.CHAIR, EntryRole.SECRETARY} if public else set()
    )
