"""Bridges through the API: changed under a version, given new secrets while the old ones work."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from bridges.registered.registry import all_secrets
from tests.web.api.conftest import NOW

WHOLE = {
    "jicofo_url": "http://10.1.0.5:8888",
    "jvb_urls": ["http://10.1.0.6:8080", "http://10.1.0.7:8080"],
    "jibri_urls": ["http://10.1.0.8:2222"],
    "jigasi_url": "http://10.1.0.9:8788",
    "region": "11",
    "tags": ["training"],
    "senders": ["10.1.0.4", "10.2.0.0/16"],
    "seats": 90,
    "draining": True,
}


async def test_a_change_names_its_version_and_leaves_the_rest_alone(program, bridge):
    admin = await program("admin")
    before = await (await admin.get("/api/v1/bridges/meet")).json()

    answer = await admin.patch("/api/v1/bridges/meet", json=WHOLE, headers={"If-Match": '"1"'})

    expected = before | WHOLE | {"senders": ["10.1.0.4/32", "10.2.0.0/16"], "version": 2}
    assert (answer.status, await answer.json()) == (200, expected)
    assert answer.headers["ETag"] == '"2"'
    stale = await admin.patch("/api/v1/bridges/meet", json={}, headers={"If-Match": '"1"'})
    assert (stale.status, (await stale.json())["code"]) == (412, "stale-bridge")
    blind = await admin.patch("/api/v1/bridges/meet", json={"seats": 1})
    assert blind.status == 428


async def test_every_bad_field_of_a_change_is_named(program, bridge):
    admin = await program("admin")

    answer = await admin.patch(
        "/api/v1/bridges/meet",
        json={
            "public_url": "https://meet..vn",
            "jicofo_url": "ftp://x",
            "xmpp_domain": "a..b",
            "muc_domain": "",
            "senders": ["10.1.0.4", "mạng"],
            "seats": 0,
            "name": "x",
        },
        headers={"If-Match": "*"},
    )

    assert answer.status == 422
    told = {error["field"]: error["code"] for error in (await answer.json())["errors"]}
    assert told == {
        "public_url": "bad-address",
        "jicofo_url": "bad-address",
        "xmpp_domain": "bad-domain",
        "muc_domain": "required",
        "senders.1": "bad-network",
        "seats": "out-of-range",
        "name": "unknown-field",
    }


async def test_a_region_that_is_no_unit_is_refused(program, bridge):
    admin = await program("admin")

    answer = await admin.patch(
        "/api/v1/bridges/meet", json={"region": "dien-bien"}, headers={"If-Match": "*"}
    )

    told = [(one["field"], one["code"]) for one in (await answer.json())["errors"]]
    assert (answer.status, told) == (422, [("region", "unit-not-found")])


async def test_seats_of_a_bridge_are_those_of_its_pool(program, bridge, conn):
    admin = await program("admin")

    await admin.patch("/api/v1/bridges/meet", json={"seats": 77}, headers={"If-Match": "*"})

    assert await conn.fetchval("SELECT seats FROM seat_pools WHERE name = 'bridge:meet'") == 77


@pytest.mark.parametrize("kind", ["jwt", "reservation", "event"])
async def test_a_rotated_secret_is_told_once_and_the_old_one_is_kept_sealed(
    program, bridge, conn, keyring, kind
):
    admin = await program("admin")

    answer = await admin.post("/api/v1/bridges/meet/rotate", json={"kind": kind})

    told = await answer.json()
    assert (answer.status, told["kind"], told["version"]) == (200, kind, 2)
    assert told["former_ends"] == "2026-11-24T02:00:00Z"
    known = (await all_secrets(conn, keyring))["meet"]
    assert [known.present(one.kind) for one in known.former] == [told["secret"]]
    assert [(one.kind, one.secret, one.ends_at) for one in known.former] == [
        (kind, kind[0] * 40, NOW + timedelta(days=1))
    ]
    assert told["secret"].encode() not in await conn.fetchval("SELECT jwt_secret FROM bridges")


async def test_a_token_secret_keeps_its_algorithm_unless_another_is_named(program, bridge):
    admin = await program("admin")
    told = []
    for wanted in ({"algorithm": "RS256"}, {}, {"algorithm": "HS256"}, {}):
        body = {"kind": "jwt", "grace_seconds": 0, **wanted}
        await admin.post("/api/v1/bridges/meet/rotate", json=body)
        told.append((await (await admin.get("/api/v1/bridges/meet")).json())["algorithm"])

    assert told == ["RS256", "RS256", "HS256", "HS256"]


async def test_a_second_rotation_waits_for_the_first_unless_it_is_urgent(program, bridge):
    admin = await program("admin")
    await admin.post("/api/v1/bridges/meet/rotate", json={"kind": "event"})

    again = await admin.post("/api/v1/bridges/meet/rotate", json={"kind": "event"})
    urgent = await admin.post(
        "/api/v1/bridges/meet/rotate", json={"kind": "event", "grace_seconds": 0}
    )

    assert (again.status, (await again.json())["code"]) == (409, "rotation-under-way")
    assert urgent.status == 200


async def test_a_repeated_rotation_is_one(program, bridge, conn):
    admin = await program("admin", headers={"Idempotency-Key": "once"})

    first = await admin.post("/api/v1/bridges/meet/rotate", json={"kind": "event"})
    second = await admin.post("/api/v1/bridges/meet/rotate", json={"kind": "event"})

    assert await first.json() == await second.json()
    assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'bridge.rotate'") == 1


@pytest.mark.parametrize(
    ("kind", "secret"), [("jwt", "short"), ("jwt", "-----BEGIN x"), ("event", "ế" * 20)]
)
async def test_a_secret_that_its_kind_cannot_use_is_refused(program, bridge, kind, secret):
    admin = await program("admin")

    answer = await admin.post("/api/v1/bridges/meet/rotate", json={"kind": kind, "secret": secret})

    assert answer.status == 422
    assert [one["code"] for one in (await answer.json())["errors"]] == ["bad-secret"]


@pytest.mark.parametrize(
    ("kind", "algorithm"), [("jwt", "RS256"), ("event", "HS256")], ids=["another", "no-token"]
)
async def test_an_algorithm_that_does_not_fit_is_refused(program, bridge, kind, algorithm):
    admin = await program("admin")
    body = {"kind": kind, "secret": "s" * 40, "algorithm": algorithm}

    answer = await admin.post("/api/v1/bridges/meet/rotate", json=body)

    told = [(one["field"], one["code"]) for one in (await answer.json())["errors"]]
    assert (answer.status, told) == (422, [("algorithm", "bad-algorithm")])


async def test_a_bridge_that_something_is_on_is_not_deleted(program, bridge, conn):
    admin = await program("admin")
    path = "/api/v1/bridges/meet"

    blind = await admin.delete(path)
    old = await admin.delete(path, headers={"If-Match": '"7"'})
    gone = await admin.delete(path, headers={"If-Match": '"1"'})
    again = await admin.delete(path, headers={"If-Match": "*"})

    assert (blind.status, old.status, gone.status, again.status) == (428, 412, 204, 404)
    assert await conn.fetchval("SELECT count(*) FROM bridges") == 0


async def test_only_administrators_change_bridges(program, bridge):
    technician = await program("technician")

    changed = await technician.patch("/api/v1/bridges/meet", json={}, headers={"If-Match": "*"})
    rotated = await technician.post("/api/v1/bridges/meet/rotate", json={"kind": "event"})

    assert (changed.status, rotated.status) == (403, 403)


async def test_a_private_key_stays_here_and_its_public_half_is_where_prosody_asks(
    program, bridge, client_for
):
    admin = await program("admin")
    told = await (
        await admin.post(
            "/api/v1/bridges/meet/rotate",
            json={"kind": "jwt", "algorithm": "RS256", "grace_seconds": 0},
        )
    ).json()
    stranger = await client_for(None)

    listed = await stranger.get("/bridges/meet/keys/jwks.json")
    jwks = await listed.json()
    name = sha256(told["kid"].encode()).hexdigest()
    pem = await (await stranger.get(f"/bridges/meet/keys/{name}.pem")).text()

    assert listed.headers["Cache-Control"] == "public, max-age=90"
    assert told["secret"] == ""
    assert pem == told["public_key"]
    assert [key["kid"] for key in jwks["keys"]] == [told["kid"]]
    assert set(jwks["keys"][0]) == {"kty", "kid", "n", "e", "alg", "use"}
    assert (await stranger.get(f"/bridges/meet/keys/{'0' * 64}.pem")).status == 404
    assert (await stranger.get("/bridges/other/keys/jwks.json")).status == 404


async def test_where_commands_are_judged_the_key_has_no_name_of_halls(program, bridge, client_for):
    admin = await program("admin")
    told = await (
        await admin.post(
            "/api/v1/bridges/meet/rotate",
            json={"kind": "jwt", "algorithm": "RS256", "grace_seconds": 0},
        )
    ).json()
    stranger = await client_for(None)

    async def show(folder: str, kid: str) -> str:
        name = sha256(kid.encode()).hexdigest()
        answer = await stranger.get(f"/bridges/meet/keys{folder}/{name}.pem")
        return await answer.text() if answer.status == 200 else str(answer.status)

    halls, commands = told["kid"], f"commands-{told['kid']}"
    shown = [await show(folder, kid) for folder in ("", "/commands") for kid in (halls, commands)]

    pem = told["public_key"]
    assert shown == [pem, pem, "404", pem]


async def test_a_bridge_without_a_key_shows_no_empty_set(client_for, bridge):
    answer = await (await client_for(None)).get("/bridges/meet/keys/jwks.json")

    assert answer.status == 404


async def test_tokens_are_signed_so_that_the_public_key_reads_them(program, bridge, conn, sites):
    admin = await program("admin")
    key = RSAKey.generate_key(2048, private=True)
    pem = key.as_pem(private=True).decode()
    await admin.post(
        "/api/v1/bridges/meet/rotate", json={"kind": "jwt", "secret": pem, "grace_seconds": 0}
    )
    body = {
        "title": "Họp",
        "kind": "briefing",
        "main_site": sites[0],
        "sites": list(sites),
        "start": "2026-11-25T08:00:00+07:00",
        "end": "2026-11-25T10:00:00+07:00",
    }
    conference = (await (await admin.post("/api/v1/conferences", json=body)).json())["id"]

    admitted = await admin.post(
        f"/api/v1/conferences/{conference}/admissions", json={"site": sites[1]}
    )

    token = (await admitted.json())["token"]
    read = jwt.decode(token, RSAKey.import_key(key.as_pem(private=False)), algorithms=["RS256"])
    assert read.header == {"alg": "RS256", "typ": "JWT", "kid": key.thumbprint()}
    assert read.claims["sub"] == "meet.lab"
