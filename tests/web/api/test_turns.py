"""What waits for an answer: narrowed in the store to whom it concerns, and page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetings.approval.asking import request
from meetings.approval.chains import Decider, Step, may_decide
from meetings.approval.handing import offer
from meetings.approval.handovers import Receiver
from meetings.model import Grant, Role
from meetings.store.approvals import list_approvals
from meetings.store.directory import list_units_by_ids
from meetings.store.submissions import list_submissions
from meetings.store.turns import list_requests, list_submitted
from tests.makers import a_conference, a_person, a_unit, a_wish
from tests.web.api.conftest import NOW
from tests.web.pages.furnished import a_submission
from web.access.actors import Actor
from web.approval.submission_sight import seen_by

BY = "program:test"
SOON = NOW + timedelta(days=3)


async def pages_of(client, path: str) -> list[list[int]]:
    found, place = [], ""
    while True:
        answer = await client.get(f"/api/v1/{path}?limit=2{place}")
        body = await answer.json()
        assert answer.status == 200, body
        found.append([one["id"] for one in body["items"]])
        if body["next"] is None:
            return found
        place = f"&next={body['next']}"


async def a_request(conn, number: int, *, host: str = "11", steps: tuple[Step, ...] = ()):
    wish = await a_wish(conn, start=SOON + timedelta(days=number), host=host)
    return (await request(conn, wish, steps=steps, bridge="", by=BY, now=NOW)).id


async def test_lists_of_what_waits_are_read_page_by_page(client_for, conn, bridge):
    leader, secretary = await client_for("leader"), await client_for("secretary")
    top = (await a_unit(conn)).id
    asked = [await a_request(conn, number) for number in (2, 0, 1)]
    sent = [await a_submission(conn, top, day=9 + number) for number in range(3)]
    owner = await conn.fetchval("SELECT id FROM people WHERE login LIKE 'secretary%'")
    giver = Receiver(name=BY, person=None, books_for=frozenset())
    for number in range(3):
        held = await a_conference(conn, start=SOON + timedelta(hours=3 * number))
        given = {"host": held.host, "owner": owner, "giver": giver, "version": None, "now": NOW}
        await offer(conn, held.id, **given)

    first, second, third = (asked[1], asked[2], asked[0])
    assert await pages_of(leader, "approvals") == [[first, second], [third]]
    assert await pages_of(leader, "submissions") == [sent[:2], sent[2:]]
    assert [len(page) for page in await pages_of(secretary, "hand-overs")] == [2, 1]


async def test_what_others_wait_for_takes_no_place_on_a_page(client_for, conn, bridge):
    for number in range(3):
        await a_request(conn, number, host="03160")
        await a_submission(conn, (await a_unit(conn, "03160")).id, day=9 + number)
    own = await a_request(conn, 5, host="03158")
    sent = await a_submission(conn, (await a_unit(conn, "03158")).id, day=20)

    leader = await client_for("leader", unit="03158")

    assert await pages_of(leader, "approvals") == [[own]]
    assert await pages_of(leader, "submissions") == [[sent]]


GRANTS = [
    frozenset(),
    *(
        frozenset({(role, unit)})
        for role in (Role.LEADER, Role.SECRETARY, Role.ADMIN)
        for unit in ("11", "03158", "03160")
    ),
    frozenset({(Role.LEADER, "03160"), (Role.SECRETARY, "03158")}),
]


@pytest.fixture
async def waiting(conn, bridge, directory):
    """Have requests and submissions of two communes, with steps of every kind."""
    one, other, top = [(await a_unit(conn, code)).id for code in ("03158", "03160", "11")]
    named = await a_person(conn, Role.HALL, "03160")
    chains = [
        (Step(role=Role.LEADER, unit=one),),
        (Step(role=Role.SECRETARY, unit=other), Step(role=Role.LEADER, unit=top)),
        (Step(people=frozenset({named.id})), Step(role=Role.LEADER, unit=one)),
    ]
    for number, steps in enumerate(chains):
        for place, host in enumerate(("03158", "03160")):
            await a_request(conn, 2 * number + place, host=host, steps=steps)
            day = 9 + 2 * number + place
            sent = await a_submission(conn, (await a_unit(conn, host)).id, day=day)
            await conn.execute("DELETE FROM submission_steps WHERE submission_id = $1", sent)
            for at, step in enumerate(steps, start=1):
                await conn.execute(
                    "INSERT INTO submission_steps (submission_id, place, role, unit_id, people)"
                    " VALUES ($1, $2, $3, $4, $5)",
                    *(sent, at, step.role, step.unit, list(step.people)),
                )
    return named.id


async def test_the_store_narrows_by_the_rule(conn, waiting):
    every = await conn.fetch(
        "SELECT id, host_unit_id AS host FROM conferences WHERE state = 'requested'"
    )
    steps = await list_approvals(conn, [row["id"] for row in every])
    sent = await list_submissions(
        conn, [row["id"] for row in await conn.fetch("SELECT id FROM submissions")]
    )
    hosts = {row["host"] for row in every}
    units = {unit.id: unit for unit in await list_units_by_ids(conn, list(hosts))}
    assert (len(every), len(sent)) == (6, 6)

    for person in (None, waiting):
        for held in GRANTS:
            grants = frozenset(
                [Grant(role=role, unit=(await a_unit(conn, code)).id) for role, code in held]
            )
            actor = Actor(name="person:0", label="", grants=grants, person=person)
            decider = Decider(name=actor.name, person=person, grants=grants)
            over = {grant.unit for grant in grants}
            mine = await list_requests(conn, decider, mine=True, limit=99)
            assert set(mine.ids) == {
                row["id"]
                for row in every
                if may_decide(steps[row["id"]][0], units[row["host"]].path, decider)
            }
            for wanted in (True, False, None):
                found = await list_submitted(
                    conn, decider, mine=wanted, units=over, after=None, limit=99
                )
                seen = [seen_by(actor, one, units[one.subject.host]) for one in sent]
                assert set(found.ids) == {
                    one.submission.id
                    for one in seen
                    if one is not None and wanted in {None, one.may_answer}
                }
                assert found.total == len(found.ids)
