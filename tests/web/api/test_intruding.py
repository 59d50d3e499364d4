"""Officials, lines, black-outs and files: an administrator of one commune reaches for another's.

Each attempt names what belongs to the other commune beside something of one's own, because a check
of the whole would pass then.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from meetings.directory.officials import add_line, add_official, lines_by_ids, officials_by_ids
from meetings.model import Period
from meetings.scheduling.resources import Subject, SubjectKind
from meetings.store.black_outs import insert_black_out
from tests.makers import a_site, a_unit
from tests.meetings.test_reforming import WAITING
from tests.web.api.conftest import NOW
from tests.web.api.test_reach import LATER, state

OWN, OTHER = "03158", "03160"
BY = "program:test"
MANY_LINES = """
    INSERT INTO lines (unit_id, name, name_key)
    SELECT $1, 'A' || n, 'a' || n FROM generate_series(1, 1001) AS n
"""


@pytest.fixture
async def lands(conn, bridge):
    """Each commune's hall, official and line with that hall."""
    found = {}
    for code, hall in ((OWN, "Sín Thầu"), (OTHER, "Mường Nhé")):
        unit, site = (await a_unit(conn, code)).id, await a_site(conn, hall)
        official = await add_official(conn, unit, title="Bí thư", name="An", by=BY)
        line = await add_line(conn, unit, "Kênh", sites=[site.id], by=BY)
        found[code] = {"site": site.id, "official": official.id, "line": line.id, "hall": site}
    return found


ATTEMPTS: dict[str, tuple[str, dict[str, Any]]] = {
    "line of their hall": ("lines", {"unit": OWN, "name": "Mới", "sites": ["their site"]}),
    "line of both": ("lines", {"unit": OWN, "name": "Mới", "sites": ["own site", "their site"]}),
    "line of theirs": ("lines", {"unit": OTHER, "name": "Mới", "sites": ["own site"]}),
    "official": ("officials", {"unit": OTHER, "title": "Chủ tịch"}),
    "black-out of a hall": ("black-outs", {"site": "their site", "reason": "x"} | LATER),
    "of an official": ("black-outs", {"official": "their official", "reason": "x"} | LATER),
    "of a line": ("black-outs", {"line": "their line", "reason": "x"} | LATER),
    "contact": (
        "contacts",
        {"unit": OWN, "site": "their site", "duty": "on-call", "name": "x", "phone": "0215"},
    ),
}


async def test_nothing_of_theirs_is_added_to_or_taken(program, lands, conn):
    client = await program("admin", unit=OWN)
    ids = {f"own {what}": one for what, one in lands[OWN].items()}
    ids |= {f"their {what}": one for what, one in lands[OTHER].items()}
    before, told = await state(conn), {}

    for attempt, (path, body) in ATTEMPTS.items():
        sent = {
            name: [ids[one] for one in value] if isinstance(value, list) else ids.get(value, value)
            for name, value in body.items()
        }
        told[attempt] = (await client.post(f"/api/v1/{path}", json=sent)).status

    assert {what: status for what, status in told.items() if status not in {403, 422}} == {}
    assert await state(conn) == before


async def test_own_hall_does_not_leave_their_line(program, lands, conn):
    client, own = await program("admin", unit=OWN), lands[OWN]["site"]
    theirs = lands[OTHER]["line"]
    await conn.execute(MANY_LINES, (await a_unit(conn)).id)
    await conn.execute("UPDATE sites SET line_id = $2 WHERE id = $1", own, theirs)
    before = await state(conn)

    taken = await client.post("/api/v1/lines", json={"unit": OWN, "name": "Mới", "sites": [own]})
    left = await client.patch(
        f"/api/v1/sites/{own}", json={"line": None}, headers={"If-Match": "*"}
    )

    assert (taken.status, left.status) == (403, 403)
    assert await state(conn) == before


@pytest.mark.parametrize("leaves", ["line", "hall"])
async def test_hall_that_joins_their_line_meanwhile_stays_on_it(program, lands, conn, pool, leaves):
    client, own = await program("admin", unit=OWN), lands[OWN]["site"]
    theirs = lands[OTHER]["line"]

    async def take():
        if leaves == "line":
            body = {"unit": OWN, "name": "Mới", "sites": [own]}
            return await client.post("/api/v1/lines", json=body)
        match = {"If-Match": "*"}
        return await client.patch(f"/api/v1/sites/{own}", json={"line": None}, headers=match)

    async with pool.acquire() as other, other.transaction():
        await other.execute("UPDATE sites SET line_id = $2 WHERE id = $1", own, theirs)
        taking = asyncio.create_task(take())
        while not taking.done() and not await conn.fetchval(WAITING):
            await asyncio.sleep(0)

    assert (await taking).status == 403
    assert own in (await lines_by_ids(conn, [theirs]))[theirs].sites


async def test_their_black_outs_are_not_ended_by_way_of_ones_own(program, client_for, lands, conn):
    client = await program("admin", unit=OWN)
    period = Period(NOW, NOW.replace(day=30))
    black = {}
    for kind in SubjectKind:
        if kind.value in lands[OTHER]:
            subject = Subject(kind, lands[OTHER][kind.value])
            black[kind] = await insert_black_out(conn, subject, period, reason="x", by=BY)
    admin = await client_for("admin", unit=OWN)
    before = await state(conn)

    told = [(await client.delete(f"/api/v1/black-outs/{one}")).status for one in black.values()]
    for kind, one in black.items():
        for whose in (OWN, OTHER):
            place = f"/{kind.value}s/{lands[whose][kind.value]}/black-outs/{one}/end"
            told.append((await admin.post(place, allow_redirects=False)).status)

    assert len(told) == 9
    assert set(told) <= {403, 404}
    assert await state(conn) == before


async def test_files_change_nothing_of_theirs(program, lands, conn):
    client = await program("admin", unit=OWN)
    own, theirs = lands[OWN], lands[OTHER]
    officials = await officials_by_ids(conn, [own["official"], theirs["official"]])
    assert len(officials) == 2
    hall = theirs["hall"].name
    files = {
        "officials": [
            f"id,unit,title\n{theirs['official']},{OWN},Chiếm",
            f"id,unit,title\n{theirs['official']},{OTHER},Chiếm",
            f"id,unit,title\n{own['official']},{OTHER},Bí thư",
            f"unit,title,name\n{OWN},Bí thư,An\n{OTHER},Bí thư,An",
        ],
        "sites": [
            f"id,unit,name\n{theirs['site']},{OWN},Chiếm",
            f"id,unit,name\n{theirs['site']},{OTHER},Chiếm",
            f"unit,name,phone\n{OTHER},{hall},0215",
        ],
        "contacts": [
            f"unit,duty,name,phone\n{OTHER},on-call,Chiếm,0215",
            f"unit,hall,duty,name,phone\n{OWN},{hall},on-call,Chiếm,0215",
        ],
        "devices": [
            f"unit,name,kind,probe,host\n{OTHER},Chiếm,codec,icmp,10.0.0.1",
            f"unit,hall,name,kind,probe,host\n{OWN},{hall},Chiếm,codec,icmp,10.0.0.1",
        ],
        "units": [f"code,name,kind\n{OWN},Chiếm,xã", f"code,name,kind\n{OTHER},Chiếm,xã"],
    }
    before = await state(conn)

    told = {}
    for kind, texts in files.items():
        for place, text in enumerate(texts):
            for query in ("?dry_run=true", ""):
                answer = await client.post(
                    f"/api/v1/import/{kind}{query}",
                    data=text.encode(),
                    headers={"Content-Type": "text/csv"},
                )
                refused = bool((await answer.json())["problems"]) if query else None
                told[f"{kind} {place}{query}"] = (answer.status, refused)

    assert {what: one for what, one in told.items() if one not in {(200, True), (422, None)}} == {}
    assert await state(conn) == before
