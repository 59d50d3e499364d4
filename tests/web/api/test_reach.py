"""D10: an administrator of one commune walks over every route, about things of another commune.

The table of routes is the program's own, so a new route is walked from its first day.  Nothing that
is hidden from others may be read, and nothing at all may be changed.
"""

from __future__ import annotations

import asyncio
import re
from enum import EnumType
from typing import Any

import pytest

from meetings.model import Role
from tests.conftest import PATIENCE
from tests.makers import a_person, a_site
from web.access.subjects import OF_OTHERS, OF_THE_HOST
from web.api.table import ROUTES as ENDPOINTS
from web.keys import POLICIES
from web.permissions import ROLES, Permission

HIDDEN = "kín7319"
OWN, OTHER = "03158", "03160"
PARAMETER = re.compile(r"\{(\w+)[^}]*\}+")
FIRST = {"start": "2026-12-02T08:00:00+07:00", "end": "2026-12-02T10:00:00+07:00"}
LATER = {"start": "2026-12-03T08:00:00+07:00", "end": "2026-12-03T10:00:00+07:00"}

OF_THE_ASKER = ("idempotency", "import_files", "tokens", "flips", "watches", "results")
"""Written for whoever asks, or by the program meanwhile, and about nothing of others."""

LOOKS = {
    "POST /api/v1/free-times",
    "POST /bridge/{name}/check",
    "POST /conferences/new/grid",
}
"""Questions that are posted because they are long, or look at a machine; they change nothing."""

FOR_OWN = {"POST /people/links"}
"""Makes something for whoever of one's own needs it; of others' things it names none."""

TABLES = """
    SELECT relname FROM pg_class
     WHERE relkind = 'r' AND NOT relispartition AND relnamespace = 'public'::regnamespace
       AND relname <> ALL ($1::text[])
     ORDER BY relname
"""
AUDITED = "SELECT actor, action, subject FROM audit WHERE id > $1 ORDER BY id"


async def made(client, path: str, body: dict[str, Any]) -> int:
    answer = await client.post(f"/api/v1/{path}", json=body)
    told = await answer.json()
    assert answer.status == 201, (path, told)
    return int(told.get("id") or told["poll"]["id"])


@pytest.fixture
async def theirs(conn, program, bridge):
    """One of everything that belongs to another commune, by the word before its id in addresses."""
    other = await program("admin", unit=OTHER)
    site = (await a_site(conn, "Mường Nhé")).id
    who = await a_person(conn, Role.SECRETARY, OTHER, login="ho", name=f"Người {HIDDEN}")
    mine = {"unit": OTHER, "name": f"Tên {HIDDEN}"}
    wish = {
        "title": f"Họp {HIDDEN}",
        "kind": "briefing",
        "note": f"Ghi {HIDDEN}",
        "host": OTHER,
        "main_site": site,
        "sites": [site],
    }
    held = await made(other, "conferences", wish | FIRST)
    template = await made(other, "templates", {"conference": held, "name": f"Mẫu {HIDDEN}"})
    target = {"site": site, "device": "Codec", "probe": "tcp", "host": "10.7.3.1", "port": 5060}
    chain = {"unit": OTHER, "kind": "training", "steps": [{"role": "leader", "unit": OTHER}]}
    series = wish | {"title": f"Giao ban {HIDDEN}", "rrule": "FREQ=WEEKLY;COUNT=3"} | LATER
    correction = {"kind": "site", "record": site, "reason": f"Sai {HIDDEN}", "phone": "0215 9"}
    poll = {"template": template, "periods": [LATER], "units": [OTHER]}
    contact = mine | {"duty": "on-call", "phone": "0215", "name": "Trực"}
    return {
        "conferences": held,
        "units": OTHER,
        "policies": OTHER,
        "sites": site,
        "people": who.id,
        "templates": template,
        "contacts": await made(other, "contacts", contact),
        "officials": await made(other, "officials", {"unit": OTHER, "title": "Bí thư"}),
        "lines": await made(other, "lines", {"unit": OTHER, "name": "Kênh", "sites": [site]}),
        "black-outs": await made(other, "black-outs", {"site": site, "reason": "Sửa"} | LATER),
        "polls": await made(other, "polls", poll),
        "targets": await made(other, "targets", target),
        "devices": await conn.fetchval("SELECT id FROM devices"),
        "approval-chains": await made(other, "approval-chains", chain),
        "series": (await series_of(other, series)),
        "corrections": await made(other, "corrections", correction),
        "waiting": await made(other, "waiting", wish | FIRST),
        "documents": 1,
        "deputies": 1,
        "submissions": 1,
        "groups": "all-communes",
        "bridges": "meet",
        "bridge": "meet",
        "calendar-days": await conn.fetchval("SELECT min(id) FROM calendar_days"),
        "days": await conn.fetchval("SELECT min(id) FROM calendar_days"),
        "inside": "mute-all",
        "actions": "end",
    }


async def series_of(client, body: dict[str, Any]) -> int:
    answer = await client.post("/api/v1/series", json=body)
    told = await answer.json()
    assert answer.status == 201, told
    return int(told["id"])


def walked(app):
    """Return every route that an administrator may use, by method, path and template."""
    for route, policy in app[POLICIES].items():
        allow = policy.allow
        if not isinstance(allow, Permission) or Role.ADMIN not in ROLES[allow]:
            continue
        path = route.resource.canonical
        if route.method != "HEAD" and not path.endswith("/stream") and path != "/sign-out":
            yield route.method, path


def address(path: str, theirs: dict[str, Any]) -> str:
    """Return the template's address about what is theirs; what is not known there is the first."""
    parts = path.split("/")
    return "/".join(
        PARAMETER.sub(lambda _: str(theirs.get(parts[place - 1], 1)), part)  # noqa: B023 - called at once
        for place, part in enumerate(parts)
    )


def wanted(theirs: dict[str, Any]) -> dict[str, Any]:
    """Return what the bodies of all routes may hold, each about what is theirs."""
    site = theirs["sites"]
    return {
        **LATER,
        "unit": OTHER,
        "units": [OTHER],
        "host": OTHER,
        "code": "chiem",
        "site": site,
        "sites": [site],
        "main_site": site,
        "record": site,
        "conference": theirs["conferences"],
        "template": theirs["templates"],
        "title": "Chiếm",
        "name": "Chiếm",
        "reason": "Chiếm",
        "remark": "Chiếm",
        "from": "2027-01-01",
        "into": OWN,
        "duty": "on-call",
        "phone": "0215 000",
        "email": "chiem@hop.example",
        "rrule": "FREQ=WEEKLY;COUNT=2",
        "date": "2026-12-03",
        "device": "Chiếm",
        "probe": "icmp",
        "role": "admin",
        "steps": [],
        "items": [],
        "segments": [],
        "parts": [],
        "tiers": [],
        "period": 1,
        "periods": [LATER],
        "answers": ["yes"],
        "outcome": "good",
        "url": "https://hop.example/giay",
        "rank": 1,
        "contact_name": "Chiếm",
        "login": "chiem",
        "deputy": theirs["people"],
        "until": "2026-12-30",
    }


def body_of(path: str, method: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return a body that the endpoint's own model reads."""
    operations = [one for table in ENDPOINTS for one in table.operations]
    mine = [
        one
        for one in operations
        if (one.method, PARAMETER.sub("{}", one.path)) == (method, PARAMETER.sub("{}", path))
    ]
    model = mine[0].tells.body if mine else None
    if model is None:
        return {}
    kinds: dict[str, Any] = {
        field.alias or name: next(one.value for one in field.annotation)
        for name, field in model.model_fields.items()
        if isinstance(field.annotation, EnumType)
    }
    names = [field.alias or name for name, field in model.model_fields.items()]
    return {name: values.get(name, kinds.get(name)) for name in names if name in values | kinds}


async def state(conn) -> dict[str, str]:
    """Return what tells each table's content from any other."""
    tables = [row["relname"] for row in await conn.fetch(TABLES, list(OF_THE_ASKER))]
    digest = "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {} t"
    return {name: await conn.fetchval(digest.format(name)) for name in tables}


async def test_nothing_hidden_is_read(program, theirs, app):
    client = await program("admin", unit=OWN)
    seen = []
    for method, path in walked(app):
        if method == "GET":
            answer = await client.get(address(path, theirs), allow_redirects=False)
            content = await answer.read()
            assert answer.status < 500, path
            if HIDDEN.encode() in content:
                seen.append(path)

    assert seen == []


def named(path: str, theirs: dict[str, Any]) -> bool:
    """Tell whether a route's address names something that is theirs."""
    kind = path.removeprefix("/api/v1").split("/")[1]
    return kind in theirs and PARAMETER.search(path) is not None


RUBBISH: tuple[dict[str, Any], ...] = (
    {"data": b"{", "headers": {"Content-Type": "application/json"}},
    {"data": b"\0", "headers": {"Content-Type": "text/plain", "If-Match": "x"}},
)


async def sent_rubbish(client, method: str, path: str, where: str) -> dict[str, int]:
    """Send each body that is none; return what a route answered to each."""
    told = {}
    for place, body in enumerate(RUBBISH):
        answer = await client.request(method, where, allow_redirects=False, **body)
        await answer.read()
        told[f"{method} {path} {place}"] = answer.status
    return told


async def test_who_is_only_invited_is_refused_before_the_body_is_read(program, theirs, app, conn):
    client, own = await program("admin", unit=OWN), (await a_site(conn, "Sín Thầu")).id
    invite = "INSERT INTO invitations (conference_id, site_id) VALUES ($1, $2)"
    await conn.execute(invite, theirs["conferences"], own)
    assert (await client.get(f"/api/v1/conferences/{theirs['conferences']}")).status == 200
    told: dict[str, int] = {}
    for method, path in walked(app):
        of_host = "/conferences/{" in path and not path.endswith(OF_OTHERS)
        if method == "GET" or not of_host or OF_THE_HOST.isdisjoint(allowed(app, method, path)):
            continue
        told |= await sent_rubbish(client, method, path, address(path, theirs))

    assert len(told) > 80
    assert {what: status for what, status in told.items() if status not in {403, 404}} == {}


def allowed(app, method: str, path: str) -> set[object]:
    """Return what the policy of a route asks for."""
    return {
        policy.allow
        for route, policy in app[POLICIES].items()
        if (route.method, route.resource.canonical) == (method, path)
    }


async def test_others_things_are_refused_before_the_body_is_read(program, theirs, app):
    """Whatever comes in the body: not of the type, not to be read, or nothing at all."""
    client = await program("admin", unit=OWN)
    told: dict[str, int] = {}
    for method, path in walked(app):
        if method == "GET" or not named(path, theirs) or f"{method} {path}" in LOOKS:
            continue
        told |= await sent_rubbish(client, method, path, address(path, theirs))

    assert len(told) > 200
    assert {what: status for what, status in told.items() if status not in {403, 404}} == {}


async def test_nothing_is_changed(program, theirs, app, conn):
    client = await program("admin", unit=OWN)
    before, last = await state(conn), await conn.fetchval("SELECT max(id) FROM audit")
    values, told = wanted(theirs), {}
    for method, path in walked(app):
        if method == "GET":
            continue
        place = address(path, theirs)
        if path.startswith("/api/"):
            body = {"json": body_of(path, method, values), "headers": {"If-Match": "*"}}
        else:
            body = {"data": {k: str(v) for k, v in values.items()} | {"version": "1"}}
        answer = await client.request(method, place, **body)
        await answer.read()
        told[f"{method} {path}"] = answer.status

    done = await conn.fetch(AUDITED, last)
    assert [tuple(row) for row in done] == []
    assert {
        name for name, content in (await state(conn)).items() if content != before[name]
    } == set()
    assert {path for path, status in told.items() if status < 400} <= LOOKS | FOR_OWN


UNREAD = "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}Content-Length: 900000\r\n\r\n"
"""The head of a request whose body never comes: who wants to read it waits for ever."""


async def answered_unread(host: str, port: int, method: str, path: str, more: str) -> int:
    """Return with which status a request is answered of which only the head was sent."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        head = UNREAD.format(method=method, path=path, host=f"{host}:{port}", more=more)
        writer.write(head.encode())
        line = await asyncio.wait_for(reader.readline(), PATIENCE.total_seconds())
        return int(line.split()[1])
    finally:
        writer.close()


async def test_strangers_and_wrong_roles_are_refused_before_the_body_is_read(program, theirs, app):
    """Also where what it is about stands in the body only, as of `POST lines`."""
    hall = await program("hall", unit=OWN)
    where = hall.make_url("/")
    token = f"Authorization: {hall.session.headers['Authorization']}\r\n"
    told: dict[str, tuple[int, int]] = {}
    for method, path in walked(app):
        wanted_by = [one for one in allowed(app, method, path) if isinstance(one, Permission)]
        if method == "GET" or any(Role.HALL in ROLES[one] for one in wanted_by):
            continue
        place = address(path, theirs)
        stranger, other = [
            await answered_unread(where.host, where.port, method, place, more)
            for more in ("", token)
        ]
        told[f"{method} {path}"] = (stranger, other)

    assert {"POST /api/v1/lines", "POST /api/v1/corrections", "POST /api/v1/polls"} <= set(told)
    # What no route matches is told to strangers too.
    refused = {(401, 403), (404, 404)}
    assert {what: both for what, both in told.items() if both not in refused} == {}
