"""Sites, units, groups, bridges, targets, people and the audit through the API."""

from __future__ import annotations

from typing import Any

from meetings.audit import list_audit
from meetings.directory.finding import site_by_id
from meetings.model import Role
from tests.makers import a_person
from tests.web.api.conftest import booked, site_named

NEW_BRIDGE = {
    "name": "lab",
    "public_url": "https://meet.lab.example/",
    "xmpp_domain": "meet.lab",
    "muc_domain": "conference.meet.lab",
    "app_id": "diemcau",
    "jwt_secret": "j" * 40,
    "reservation_secret": "r" * 40,
    "event_secret": "e" * 40,
}


async def items(client, path: str, **query: Any) -> list[Any]:
    answer = await client.get(f"/api/v1/{path}", params=query)
    assert answer.status == 200, await answer.text()
    return list((await answer.json())["items"])


async def test_sites_are_found_without_diacritics(program, conn):
    leader = await program("leader")
    site = await site_by_id(conn, await site_named(conn, "Sín Thầu"))

    assert await items(leader, "sites", q="sin thau") == [
        {
            "id": site.id,
            "label": "Sín Thầu",
            "name": site.name,
            "phone": site.phone,
            "unit": {"code": site.unit_code, "name": "Sín Thầu"},
            "unit_kind": "commune",
        }
    ]


async def test_sites_of_a_group_come_page_by_page(program):
    leader = await program("leader")
    whole = await items(leader, "sites", group="all-communes", limit=200)

    after: dict[str, str] = {}
    found = []
    while True:
        answer = await leader.get(
            "/api/v1/sites", params={"group": "all-communes", "limit": 20, **after}
        )
        page = await answer.json()
        found += page["items"]
        if page["next"] is None:
            break
        after = {"next": page["next"]}

    assert len(whole) == 45
    assert found == whole


async def test_odd_queries_are_refused(program):
    leader = await program("leader")

    async def ask(query: str) -> tuple[int, list[tuple[str, str]]]:
        answer = await leader.get(f"/api/v1/sites?{query}")
        body = await answer.json()
        return answer.status, [(one["field"], one["code"]) for one in body["errors"]]

    assert await ask("limit=0") == (422, [("limit", "out-of-range")])
    assert await ask("limit=201") == (422, [("limit", "out-of-range")])
    assert await ask("limit=ten") == (422, [("limit", "not-a-number")])
    assert await ask("next=xyz") == (422, [("next", "bad-cursor")])
    assert await ask("group=none") == (422, [("group", "group-not-found")])
    assert await ask("q=a%00b") == (422, [("q", "bad-characters")])
    assert await ask("q=a&q=b") == (422, [("q", "repeated")])


async def test_groups_and_units_are_listed(program):
    leader = await program("leader")

    groups = {group["code"]: group["size"] for group in await items(leader, "groups")}
    units = await items(leader, "units")

    assert groups["all-communes"] == 45
    assert (units[0]["code"], units[0]["parent_id"]) == ("11", None)


async def test_bridge_is_added_and_shown_without_secrets(program, conn):
    admin = await program("admin")

    answer = await admin.post("/api/v1/bridges", json=NEW_BRIDGE)

    body = await answer.json()
    assert answer.status == 201
    assert body == {
        "id": body["id"],
        "name": "lab",
        "kind": "jitsi",
        "public_url": "https://meet.lab.example",
        "xmpp_domain": "meet.lab",
        "muc_domain": "conference.meet.lab",
        "app_id": "diemcau",
        "prosody_url": "",
        "jicofo_url": "",
        "jigasi_url": "",
        "jvb_urls": [],
        "jibri_urls": [],
        "region": "",
        "tags": [],
        "senders": [],
        "algorithm": "HS256",
        "seats": 300,
        "draining": False,
        "healthy": None,
        "health": "",
        "health_at": None,
        "held_back": {"wrong_secret": 0, "unreadable": 0, "wrong_address": 0, "too_large": 0},
        "version": 1,
    }
    assert await items(admin, "bridges") == [body]
    stored = str(await conn.fetch("SELECT * FROM bridges"))
    assert "jjjj" not in stored
    assert "eeee" not in stored
    assert [entry.action for entry in await list_audit(conn, subject="bridge:lab")] == [
        "bridge.add"
    ]


async def test_a_bridge_without_a_token_secret_signs_by_a_key_of_ours(program):
    admin = await program("admin")
    body = {name: value for name, value in NEW_BRIDGE.items() if name != "jwt_secret"}

    answer = await admin.post("/api/v1/bridges", json=body)

    assert (answer.status, (await answer.json())["algorithm"]) == (201, "RS256")


async def test_bridge_of_that_name_is_added_once(program):
    admin = await program("admin")
    await admin.post("/api/v1/bridges", json=NEW_BRIDGE)

    answer = await admin.post("/api/v1/bridges", json=NEW_BRIDGE)

    assert (answer.status, (await answer.json())["code"]) == (409, "bridge-exists")


async def test_odd_bridges_are_refused(program):
    admin = await program("admin")

    async def ask(**changed: Any) -> list[tuple[str, str]]:
        answer = await admin.post("/api/v1/bridges", json=NEW_BRIDGE | changed)
        assert answer.status == 422
        return [(one["field"], one["code"]) for one in (await answer.json())["errors"]]

    assert await ask(name="Lab 1") == [("name", "bad-bridge-name")]
    assert await ask(public_url="javascript:alert(1)") == [("public_url", "bad-address")]
    assert await ask(public_url="https://a; script-src *") == [("public_url", "bad-address")]
    assert await ask(public_url="https://[") == [("public_url", "bad-address")]
    assert await ask(jwt_secret="short") == [("jwt_secret", "too-short")]
    assert await ask(event_secret="e" * 30 + "\r\nX: y") == [("event_secret", "bad-form-of-text")]
    assert await ask(seats=0) == [("seats", "out-of-range")]


async def test_target_comes_with_its_device_and_goes_with_it(program, conn):
    technician = await program("technician")
    site = await site_named(conn, "Sín Thầu")
    wish = {"site": site, "device": "Codec", "probe": "tcp", "host": "10.1.2.3", "port": 443}

    answer = await technician.post("/api/v1/targets", json=wish)
    second = await technician.post(
        "/api/v1/targets", json={"site": site, "device": "Codec", "probe": "icmp", "host": "a.vn"}
    )

    body = await answer.json()
    assert answer.status == 201
    assert body == {
        "id": body["id"],
        "site": site,
        "device": "Codec",
        "device_kind": "codec",
        "spare": False,
        "probe": "tcp",
        "host": "10.1.2.3",
        "port": 443,
        "path": "/",
        "tls": False,
        "interval_seconds": 60,
        "timeout_seconds": 3.0,
        "enabled": True,
        "state": "unknown",
        "since": "2026-11-23T02:00:00Z",
        "reason": "",
    }
    assert await items(technician, "targets", site=site) == [body, await second.json()]
    assert answer.headers["Location"] == f"/api/v1/targets/{body['id']}"
    for one in (body, await second.json()):
        gone = await technician.delete(f"/api/v1/targets/{one['id']}")
        assert gone.status == 204
    assert await items(technician, "targets") == []
    assert await conn.fetchval("SELECT count(*) FROM devices") == 0


async def test_odd_targets_are_refused_and_nothing_is_added(program, conn):
    technician = await program("technician")
    site = await site_named(conn, "Sín Thầu")
    wish = {"site": site, "device": "Codec", "probe": "tcp", "host": "10.1.2.3", "port": 443}

    async def ask(**changed: Any) -> list[tuple[str, str]]:
        answer = await technician.post("/api/v1/targets", json=wish | changed)
        assert answer.status == 422, await answer.text()
        return [(one["field"], one["code"]) for one in (await answer.json())["errors"]]

    assert await ask(host="127.0.0.1") == [("host", "forbidden-address")]
    assert await ask(host="a b") == [("host", "bad-host")]
    assert await ask(port=None) == [("port", "bad-port")]
    assert await ask(probe="icmp") == [("port", "no-port-for-icmp")]
    assert await ask(path="x y") == [("path", "bad-path")]
    assert await ask(interval_seconds=1) == [("interval_seconds", "out-of-range")]
    assert await ask(site=999_999) == [("sites", "sites-not-found")]
    assert await conn.fetchval("SELECT count(*) FROM devices") == 0


async def test_technician_minds_only_the_halls_of_the_subtree(program, conn):
    province, site = await program("technician"), await site_named(conn, "Sín Thầu")
    wish = {"site": site, "device": "Codec", "probe": "tcp", "host": "10.1.2.3", "port": 443}
    target = (await (await province.post("/api/v1/targets", json=wish)).json())["id"]
    office = await program("technician", unit="11.vpubnd")

    for method, path in [
        ("POST", "targets"),
        ("GET", f"targets/{target}"),
        ("DELETE", f"targets/{target}"),
    ]:
        json = wish if method == "POST" else None
        answer = await office.request(method, f"/api/v1/{path}", json=json)
        assert (answer.status, (await answer.json())["code"]) == (403, "forbidden"), method
    assert await items(office, "targets") == []


async def test_people_of_the_subtree_are_listed(program, conn):
    admin = await program("admin", unit="11.vpubnd")
    person = await a_person(conn, Role.SECRETARY, unit="11.vpubnd")
    await a_person(conn, Role.LEADER, unit="11")

    [found] = await items(admin, "people")

    assert found == {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "unit": found["unit"],
        "email": "",
        "locale": "vi",
        "active": True,
        "grants": [{"role": "secretary", "unit": found["unit"]}],
    }
    assert found["unit"]["code"] == "11.vpubnd"


async def test_audit_tells_what_was_done_in_the_subtree(program, sites, conn):
    office = await program("secretary", unit="11.vpubnd")
    conference = await booked(office, sites)
    admin, elsewhere = await program("admin"), await program("admin", unit="11.vptu")

    [entry] = await items(admin, "audit", subject=f"conference:{conference['id']}")

    assert (entry["actor"], entry["action"]) == ("token:secretary-11.vpubnd", "conference.book")
    assert await items(elsewhere, "audit", subject=f"conference:{conference['id']}") == []
