"""People of a real directory service among ours: in the same process, and by the command."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from meetings.audit import list_audit
from meetings.model import Grant, Person, Role
from meetings.people.grants import grant, person_by_login
from meetings.store.enrolment import lock_known
from tests.makers import a_directory, a_person, a_unit
from tests.web.api.test_once import until_waiting
from tests.web.ldap.slapd import BASE
from web.ldap.joining import NoUnits, UnknownUnits, join
from web.ldap.model import GroupRole, ServiceDown, place_of

ROOT = Path(__file__).parents[3]
SECRETARIES = GroupRole(group=f"cn=thu-ky,{BASE}", role=Role.SECRETARY, unit="11")
TECHNICIANS = GroupRole(group=f"cn=ky-thuat,{BASE}", role=Role.TECHNICIAN, unit="03158")
TODAY = date(2026, 11, 26)


@pytest.fixture
def service(directory_service):
    return directory_service.service(groups=(SECRETARIES, TECHNICIANS))


async def joined(conn, service, **how):
    async with conn.transaction():
        return await join(conn, service, on=TODAY, **how)


async def person(conn, login: str) -> Person:
    found = await person_by_login(conn, login)
    assert found is not None
    return found


async def test_people_come_change_and_go_with_the_service(conn, service):
    await a_directory(conn)
    province, commune = (await a_unit(conn)).id, (await a_unit(conn, "03158")).id

    tried = await joined(conn, service, dry=True)
    first = await joined(conn, service)
    again = await joined(conn, service)

    assert (tried.done, tried.plan) == (False, first.plan)
    assert ([one.login for one in first.plan.added], again.plan.same) == (
        ["chien", "dung", "lan"],
        3,
    )
    chien = await person(conn, "chien")
    assert (chien.name, chien.unit_id, chien.grants) == (
        "Quàng Văn Chiến",
        commune,
        frozenset(
            {Grant(role=Role.SECRETARY, unit=province), Grant(role=Role.TECHNICIAN, unit=commune)}
        ),
    )
    await grant(conn, chien.id, Role.ADMIN, province, by="person:1")

    last = await joined(conn, replace(service, groups=(SECRETARIES,)))

    assert [one.person.login for one in last.plan.gone] == ["dung"]
    assert (await person(conn, "dung")).active is False
    assert (await person(conn, "chien")).grants == {Grant(role=Role.SECRETARY, unit=province)}
    assert {one.action for one in await list_audit(conn, subject=f"person:{chien.id}")} == {
        "person.add",
        "person.grant",
        "person.withdraw",
    }


async def test_local_people_are_left_alone_until_they_are_adopted(conn, service):
    await a_directory(conn)
    local = await a_person(conn, login="lan", name="Lan cũ")
    await conn.execute("UPDATE people SET password_hash = 'x' WHERE id = $1", local.id)

    passed = await joined(conn, service)
    kept = await person(conn, "lan")
    adopted = await joined(conn, service, adopt=["lan"])

    assert ([one.kind for one in passed.plan.clashes], kept) == (["login-local"], local)
    assert [one.adopted for one in adopted.plan.changed] == [True]
    row = await conn.fetchrow(
        "SELECT id, name, password_hash, directory_key <> '' AS bound FROM people"
        " WHERE login = 'lan'"
    )
    assert tuple(row) == (local.id, "Lò Thị Lan", None, True)


async def test_a_role_that_is_given_meanwhile_is_known(conn, pool):
    await a_directory(conn)
    person, unit = await a_person(conn, Role.HALL), await a_unit(conn)
    async with pool.acquire() as other, pool.acquire() as mine:
        async with other.transaction():
            await grant(other, person.id, Role.LEADER, unit.id, by="test")
            waiting = asyncio.create_task(known_to(mine))
            await until_waiting(conn)
        [known] = await waiting

    assert {one.role for one in known.person.grants} == {Role.HALL, Role.LEADER}


async def known_to(conn):
    async with conn.transaction():
        return await lock_known(conn)


async def test_silent_service_and_unknown_unit_touch_nobody(conn, service, directory_service):
    await a_directory(conn)
    await joined(conn, service)
    silent = directory_service.service(places=(place_of("ldap://127.0.0.1:9"),))
    nowhere = directory_service.service(
        groups=(GroupRole(group=SECRETARIES.group, role=Role.ADMIN, unit="99999"),)
    )

    with pytest.raises(ServiceDown):
        await joined(conn, silent)
    with pytest.raises(UnknownUnits):
        await joined(conn, nowhere)

    assert await conn.fetchval("SELECT count(*) FROM people WHERE active") == 3


async def test_nobody_is_taken_in_before_there_are_units(conn, service):
    with pytest.raises(NoUnits):
        await joined(conn, replace(service, groups=()))

    assert await conn.fetchval("SELECT count(*) FROM people") == 0


async def test_more_who_vanish_than_stay_are_asked_about(conn, service, directory_service):
    await a_directory(conn)
    everybody = directory_service.service()
    await joined(conn, everybody)
    nobody = directory_service.service(filter="(uid=ai-do)")

    held = await joined(conn, nobody)
    told = await joined(conn, nobody, many_gone=True)

    assert (held.done, len(held.plan.gone), told.done) == (False, 4, True)
    assert await conn.fetchval("SELECT count(*) FROM people WHERE active") == 0


async def test_command_says_who_came_and_why_not(conn, database, directory_service, tmp_path):
    await a_directory(conn)
    await a_person(conn, login="lan", name="Lan cũ")
    environ = directory_service.environ(
        DIEMCAU_DATABASE_URL=database,
        DIEMCAU_DATA=str(tmp_path),
        DIEMCAU_LDAP_GROUPS=f"{SECRETARIES.group} => secretary@11",
        PYTHONIOENCODING="utf-8",
        PYTHONWARNINGS="ignore",
    )

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "web", "ldap", "--lang", "en", *arguments],
            env=environ | more,
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    tried, wrong = run("--dry-run"), run(DIEMCAU_LDAP_PASSWORD="sai")
    done = run("--adopt", "lan")

    assert (tried.returncode, tried.stdout.splitlines(), tried.stderr) == (
        0,
        [
            "+ chien Quàng Văn Chiến secretary@11",
            "! lan: a local person has this login (--adopt lan binds them)",
            "1 added, 0 changed, 0 signed out for good, 0 unchanged, 1 passed over",
            "Nothing was written.",
        ],
        "",
    )
    assert (wrong.returncode, "sai" in wrong.stderr) == (69, False)
    assert done.stdout.splitlines()[1] == (
        "~ lan Lò Thị Lan (name: Lan cũ → Lò Thị Lan, email:  → lan@hop.example, adopted)"
    )
    assert await conn.fetchval("SELECT count(*) FROM people WHERE directory_key <> ''") == 2
