"""Two who may give the same answer: the second is told that it is given, not that nothing is."""

from __future__ import annotations

import re

import pytest

from meetings.approval.chains import Step
from meetings.model import Role
from meetings.store.chains import insert_chain
from tests.makers import a_unit
from tests.web.pages.conftest import a_form
from tests.web.pages.test_approvals import sent

REASON = {"reason": "Trùng lịch"}
TO = "03158"
"""Whom a conference is offered to: no hall of theirs is invited."""


def asked(**fields):
    """Return the form of a conference in which nobody of the two takes part."""
    return a_form(groups=[], sites=["8"], **fields)


@pytest.fixture
async def answerers(client_for, conn, bridge):
    """Two leaders of a department who must agree, and see nothing else of the office's."""
    office, department = await a_unit(conn, "11.vpubnd"), await a_unit(conn, "11.stc")
    steps = [Step(role=Role.LEADER, unit=department.id)]
    await insert_chain(conn, office.id, None, steps)
    return [await client_for("leader", unit="11.stc") for _ in range(2)]


@pytest.mark.parametrize("what", ["approve", "refuse"])
async def test_second_answer_to_a_request_is_told_that_it_is_given(
    secretary, client_for, answerers, what
):
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **asked()))
    first, second = answerers
    stranger = await client_for("leader", unit="11.snv")

    answers = [
        await client.post(f"{page}/{what}", data=REASON | {"version": "1"})
        for client in (first, second, stranger)
    ]
    again = await second.post(f"/api/v1{page}/{what}", json=REASON if what == "refuse" else {})

    assert [one.status for one in answers] == [200, 409, 404]
    assert answers[0].url.path == "/approvals"
    assert "không còn thay đổi như vậy được" in await answers[1].text()
    assert (again.status, (await again.json())["code"]) == (409, "illegal-move")


@pytest.mark.parametrize("what", ["accept", "decline"])
async def test_second_answer_to_an_offer_is_told_that_it_is_given(
    secretary, client_for, bridge, what
):
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **asked()))
    await sent(secretary, f"{page}/hand-over", version="1", host=TO, owner="")
    first, second = [await client_for("secretary", unit=TO) for _ in range(2)]
    stranger = await client_for("secretary", unit="11.snv")

    answers = [
        await client.post(f"{page}/hand-over/{what}", data=REASON)
        for client in (first, second, stranger)
    ]
    again = await second.post(
        f"/api/v1{page}/hand-over/{what}", json=REASON if what == "decline" else {}
    )

    assert [one.status for one in answers] == [200, 409, 404]
    assert (again.status, (await again.json())["code"]) == (409, "no-hand-over")


async def test_asker_who_lost_the_role_is_not_offered_to_take_it_back(client_for, conn, bridge):
    secretary = await client_for("secretary")
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **asked()))
    province = (await a_unit(conn, "11")).id
    await insert_chain(conn, province, None, [Step(role=Role.LEADER, unit=province)])
    place = await sent(
        secretary, f"{page}/change", **asked(start="14h", end="16h", version="1", key="k2")
    )
    place = re.sub(r"\?.*", "", place)

    before = await (await secretary.get(place)).text()
    await conn.execute("UPDATE grants SET role = 'hall' WHERE role = 'secretary'")
    after = await (await secretary.get(place)).text()

    button = f'action="{place}/withdraw"'
    assert (place.startswith("/submissions/"), button in before, button in after) == (
        True,
        True,
        False,
    )
    assert (await secretary.post(f"{place}/withdraw")).status == 403
