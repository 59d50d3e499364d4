"""Lists ask the database as often for many rows of their own kind as for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from meetings.approval.asking import request
from meetings.approval.chaining import add_chain
from meetings.approval.handing import offer
from meetings.approval.handovers import Receiver
from meetings.content.polls import open_poll
from meetings.content.templates import save_template
from meetings.directory.corrections import propose
from meetings.directory.groupings import Grouping
from meetings.directory.groups import add_group
from meetings.directory.officials import add_official
from meetings.directory.proposals import Corrected, Proposal
from meetings.model import Role
from meetings.people.deputies import lend
from meetings.scheduling.policies import change_policy
from meetings.scheduling.waiting import wait
from meetings.store.deputies import Days
from tests.makers import MONDAY_EIGHT, a_conference, a_person, a_unit, a_wish, some_sites
from tests.web.pages.furnished import a_series, a_submission
from web.scheduling.booking import LINKS

BY = "program:test"
UNITS = ("03158", "03160", "03162", "03163", "03164")


async def an_official(conn, number, _):
    unit = (await a_unit(conn, UNITS[number])).id
    await add_official(conn, unit, title="Chủ tịch HĐND xã", by=BY)


async def a_waiting_draft(conn, number, _):
    wish = await a_wish(conn, start=soon(days=number), host=UNITS[number])
    await wait(conn, wish, bridge="", by=BY, now=soon())


async def a_request(conn, number, _):
    wish = await a_wish(conn, start=soon(days=number), host=UNITS[number])
    await request(conn, wish, steps=(), bridge="", by=BY, now=soon())


async def a_displaced(conn, number, _):
    wish = await a_wish(conn, start=soon(days=number), host=UNITS[number])
    asked = await request(conn, wish, steps=(), bridge="", by=BY, now=soon())
    winner = await a_conference(conn, start=soon(days=20 + number))
    took = "UPDATE requests SET displaced_by = $2 WHERE conference_id = $1"
    await conn.execute(took, asked.id, winner.id)


async def a_change_that_waits(conn, number, _):
    await a_submission(conn, (await a_unit(conn, UNITS[number])).id, day=9 + number)


async def an_offer(conn, number, _):
    held = await a_conference(conn, start=soon(days=1, hours=3 * number))
    giver = Receiver(name=BY, person=None, books_for=frozenset())
    owner = await conn.fetchval("SELECT id FROM people WHERE login LIKE 'admin%'")
    now, host = soon(), held.host
    await offer(conn, held.id, host=host, owner=owner, giver=giver, version=None, now=now)


async def a_rule(conn, number, keyring):
    await a_series(conn, keyring.derive(LINKS), day=14 + number)


async def a_template(conn, number, _):
    held = await a_conference(conn, start=soon(days=number), host=UNITS[number])
    await save_template(conn, held, f"Mẫu {number}", by=BY, now=soon())


async def a_poll(conn, number, _):
    held = await a_conference(conn, start=soon(days=number), host=UNITS[number])
    template = await save_template(conn, held, f"Mẫu {number}", by=BY, now=soon())
    await open_poll(conn, template, [held.period], [held.host], by=BY, now=soon())


async def a_deputy(conn, number, _):
    giver = await a_person(conn, Role.SECRETARY, UNITS[number])
    deputy = await a_person(conn, Role.TECHNICIAN, UNITS[number])
    unit, today = await a_unit(conn, UNITS[number]), soon().date()
    days = Days(first=today, last=today + timedelta(days=9))
    await lend(conn, giver.id, deputy.id, role=Role.SECRETARY, unit=unit, days=days, by=BY)


async def a_correction(conn, number, _):
    unit = await a_unit(conn, UNITS[number])
    new = Proposal(
        kind=Corrected.UNIT,
        record=unit.id,
        unit=unit.id,
        before={"name_en": ""},
        after={"name_en": f"Commune {number}"},
        reason="Thiếu tên",
    )
    await propose(conn, new, by=BY, now=soon())


async def a_chain(conn, number, _):
    unit = (await a_unit(conn, UNITS[number])).id
    await add_chain(conn, unit, None, (), by=BY)


async def a_group(conn, number, _):
    unit, sites = await a_unit(conn, UNITS[number]), frozenset(await some_sites(conn, number + 1))
    group = Grouping(code=f"cum-{number}", name=f"Cụm {number}", below=unit.id, sites=sites)
    await add_group(conn, group, by=BY)


async def a_policy(conn, number, _):
    unit = (await a_unit(conn, UNITS[number])).id
    await change_policy(
        conn, unit, {"set_up_minutes": 10 + number}, version=None, by=BY, now=MONDAY_EIGHT
    )


def soon(**ahead: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5, **ahead)


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/officials", an_official),
        ("/approvals", a_waiting_draft),
        ("/approvals", a_request),
        ("/approvals", a_change_that_waits),
        ("/", an_offer),
        ("/approvals", an_offer),
        ("/", a_displaced),
        ("/series", a_rule),
        ("/templates", a_template),
        ("/deputies", a_deputy),
        ("/corrections", a_correction),
        ("/groups", a_group),
        ("/policies", a_policy),
    ],
)
async def test_list_asks_as_often_for_many_rows_of_a_kind_as_for_few(
    client_for, conn, bridge, keyring, count_queries, path, row
):
    admin = await client_for("admin")
    await row(conn, 0, keyring)
    one = await text_of(admin, path)
    few = await count_queries(admin, path)

    for number in range(1, len(UNITS)):
        async with conn.transaction():
            await row(conn, number, keyring)

    assert (await count_queries(admin, path), few > 0) == (few, True)
    assert len(await text_of(admin, path)) > len(one)


async def text_of(client, path):
    return await (await client.get(path)).text()
