"""Links, rooms and admissions through the API."""

from __future__ import annotations

from joserfc import jwt
from joserfc.jwk import OctKey

from bridges.jitsi.roles import EVERY_FEATURE
from meetings.audit import list_audit
from meetings.directory.finding import sites_by_ids
from meetings.links.invitations import link_hash
from tests.web.api.conftest import NOW, booked

PATH = "/api/v1/conferences"


async def test_links_are_listed_with_working_addresses_and_audited(program, sites, conn):
    admin = await program("admin")
    conference = (await booked(admin, sites))["id"]

    answer = await admin.get(f"{PATH}/{conference}/links")

    body = await answer.json()
    names = [site.label for site in (await sites_by_ids(conn, sites)).values()]
    hashes = await conn.fetch("SELECT hash FROM links WHERE conference_id = $1", conference)
    secrets = [link["url"].removeprefix("http://127.0.0.1:8080/j/") for link in body["items"]]
    assert answer.status == 200
    assert body["next"] is None
    assert [link["label"] for link in body["items"]] == names
    assert {link_hash(secret) for secret in secrets} == {row["hash"] for row in hashes}
    assert [len(secret) for secret in secrets] == [24] * 3
    audit = await list_audit(conn, subject=f"conference:{conference}")
    assert [entry.action for entry in audit] == ["links.show", "conference.book"]


async def test_reset_of_one_link_leaves_the_others(program, sites):
    admin = await program("admin")
    path = f"{PATH}/{(await booked(admin, sites))['id']}/links"
    before = {link["site"]: link for link in (await (await admin.get(path)).json())["items"]}

    answer = await admin.post(f"{path}/reset", json={"site": sites[1]})

    after = {link["site"]: link for link in (await (await admin.get(path)).json())["items"]}
    [changed] = (await answer.json())["items"]
    assert changed == after[sites[1]]
    assert changed["url"] != before[sites[1]]["url"]
    assert (changed["generation"], changed["revoked"]) == (2, False)
    assert (after[sites[0]], after[sites[2]]) == (before[sites[0]], before[sites[2]])


async def test_revoked_link_is_told_as_such_and_comes_back_by_a_reset(program, sites):
    admin = await program("admin")
    path = f"{PATH}/{(await booked(admin, sites))['id']}/links"

    answer = await admin.post(f"{path}/revoke", json={"site": sites[0]})
    revoked = {link["site"]: link["revoked"] for link in await items(admin, path)}
    await admin.post(f"{path}/reset", json={"site": sites[0]})
    reset = {link["site"]: link["revoked"] for link in await items(admin, path)}

    assert await answer.json() == {"site": sites[0], "generation": 1, "revoked": True}
    assert revoked == {sites[0]: True, sites[1]: False, sites[2]: False}
    assert reset == dict.fromkeys(sites, False)


async def items(client, path):
    return (await (await client.get(path)).json())["items"]


async def test_link_of_a_site_that_is_not_invited_is_refused(program, sites):
    admin = await program("admin")
    path = f"{PATH}/{(await booked(admin, sites[:2]))['id']}/links"

    for verb in ("reset", "revoke"):
        answer = await admin.post(f"{path}/{verb}", json={"site": sites[2]})
        assert (answer.status, (await answer.json())["code"]) == (422, "sites-not-found")


async def test_room_is_shown(program, sites):
    admin = await program("admin")
    conference = (await booked(admin, sites, bridge="meet"))["id"]

    answer = await admin.get(f"{PATH}/{conference}/room")

    body = await answer.json()
    assert body == {
        "bridge": "meet",
        "name": body["name"],
        "opens": "2026-11-25T00:30:00Z",
        "closes": "2026-11-25T03:30:00Z",
        "state": "booked",
    }
    assert body["name"].startswith("briefing-20261125-")


async def test_admission_is_a_token_for_one_site_until_the_hard_end(program, sites, conn):
    admin = await program("admin")
    conference = (await booked(admin, sites))["id"]
    label = (await sites_by_ids(conn, sites))[sites[1]].label

    answer = await admin.post(f"{PATH}/{conference}/admissions", json={"site": sites[1]})

    body = await answer.json()
    room = await (await admin.get(f"{PATH}/{conference}/room")).json()
    claims = jwt.decode(body["token"], OctKey.import_key("j" * 40), algorithms=["HS256"]).claims
    assert answer.status == 200
    assert body["room"] == room["name"]
    assert claims.pop("jti")
    assert claims == {
        "iss": "diemcau",
        "aud": "jitsi",
        "sub": "meet.lab",
        "room": room["name"],
        "iat": int(NOW.timestamp()),
        "nbf": int(NOW.timestamp()) - 120,
        "exp": 1795577400 + 12 * 3600,
        "generation": 0,
        "context": {
            "user": {
                "id": f"site-{sites[1]}",
                "name": label,
                "affiliation": "member",
                "moderator": "false",
                "lobby_bypass": True,
            },
            "features": dict.fromkeys(EVERY_FEATURE, "false")
            | {"screen-sharing": "true", "send-groupchat": "true"},
        },
    }
    audit = await list_audit(conn, subject=f"conference:{conference}")
    assert [entry.action for entry in audit] == ["admission.make", "conference.book"]


async def test_admission_is_for_administrators_and_the_invited(program, sites):
    admin, secretary = await program("admin"), await program("secretary")
    path = f"{PATH}/{(await booked(admin, sites[:2]))['id']}/admissions"

    refused = await secretary.post(path, json={"site": sites[0]})
    stranger = await admin.post(path, json={"site": sites[2]})

    assert (refused.status, (await refused.json())["code"]) == (403, "forbidden")
    assert (stranger.status, (await stranger.json())["code"]) == (422, "sites-not-found")
