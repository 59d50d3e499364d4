"""What somebody may know is asked of many conferences at once, as often as of one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetings.directory.finding import units_by_ids
from meetings.model import Grant, PersonId, Role
from meetings.people.grants import people_by_ids
from tests.makers import MONDAY_EIGHT, a_conference, a_person, a_site, a_unit, some_sites
from web.access.actors import Actor
from web.access.visibility import is_known, known_of


@pytest.fixture
async def asked(conn):
    """Note what is asked of the store."""
    found: list[str] = []
    conn.add_query_logger(lambda record: found.append(record.query))
    return found


async def a_commune(conn):
    site = await a_site(conn, "Sín Thầu")
    grant = Grant(role=Role.SECRETARY, unit=(await a_unit(conn, site.unit_code)).id)
    return site, Actor(name="person:1", label="Sín Thầu", grants=frozenset({grant}))


async def test_many_are_judged_as_one_by_one_with_as_few_questions(conn, directory, asked):
    site, actor = await a_commune(conn)
    others = [one for one in await some_sites(conn, 4) if one != site.id][:2]
    conferences = [
        await a_conference(
            conn, sites=[site.id] if day % 2 else others, start=MONDAY_EIGHT + timedelta(days=day)
        )
        for day in range(5)
    ]
    hosts = await units_by_ids(conn, {one.host for one in conferences})
    alone = {one.id for one in conferences if await is_known(conn, actor, one, hosts[one.host])}

    asked.clear()
    await known_of(conn, actor, conferences[:2], hosts)
    few = len(asked)
    asked.clear()
    known = await known_of(conn, actor, conferences, hosts)

    assert (set(known), len(known)) == (alone, 2)
    assert (len(asked), few > 0) == (few, True)


async def test_people_are_found_in_one_question(conn, directory, asked):
    people = [await a_person(conn, login=f"p{number}") for number in range(3)]
    asked.clear()

    found = await people_by_ids(conn, {*(one.id for one in people), PersonId(0)})

    assert {one.login for one in found.values()} == {"p0", "p1", "p2"}
    assert len(asked) == 1
