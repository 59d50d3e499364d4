"""Roles given and taken one by one, by programs and on the person's page."""

from __future__ import annotations

from asyncio import gather
from typing import Any

import pytest

from meetings.audit import list_audit
from meetings.model import Role
from meetings.people.grants import grant
from meetings.store.enrolment import bind_person
from meetings.store.people import count_admins
from tests.makers import a_person, a_unit
from web.settings import Settings

ROOT = "/api/v1/people"
LEADER = {"role": "leader", "unit": "03158"}


def roles_in(told: dict[str, Any]) -> list[str]:
    return [f"{one['role']}@{one['unit']['code']}" for one in told["grants"]]


async def test_role_is_given_and_taken_at_once(program, conn):
    admin = await program("admin")
    who = await a_person(conn, Role.SECRETARY, "03158", login="ho")
    place = f"{ROOT}/{who.id}/grants"

    given = [await (await admin.post(place, json=LEADER)).json() for _ in range(2)]
    taken = [await (await admin.post(f"{place}/withdraw", json=LEADER)).json() for _ in range(2)]

    assert [sorted(roles_in(one)) for one in given] == [["leader@03158", "secretary@03158"]] * 2
    assert [roles_in(one) for one in taken] == [["secretary@03158"]] * 2
    told = [one.action for one in await list_audit(conn, subject=f"person:{who.id}", limit=2)]
    assert told == ["person.withdraw", "person.grant"]


async def test_nobody_gives_or_takes_what_they_do_not_administer(program, conn):
    commune = await program("admin", unit="03158")
    own = await a_person(conn, Role.SECRETARY, "03158", login="minh")
    other = await a_person(conn, Role.SECRETARY, "03160", login="ho")
    last = await conn.fetchval("SELECT max(id) FROM audit")

    more = await commune.post(f"{ROOT}/{own.id}/grants", json=LEADER | {"unit": "11"})
    theirs = await commune.post(f"{ROOT}/{other.id}/grants", json=LEADER)
    less = {"role": "secretary", "unit": "03160"}
    taken = await commune.post(f"{ROOT}/{other.id}/grants/withdraw", json=less)
    nowhere = await commune.post(f"{ROOT}/{own.id}/grants", json=LEADER | {"unit": "khong"})

    assert [one.status for one in (more, theirs, taken, nowhere)] == [403, 403, 403, 422]
    assert await conn.fetchval("SELECT max(id) FROM audit") == last


async def test_of_two_who_take_each_others_right_at_once_one_keeps_it(program, conn):
    robot = await program("admin")
    both = [await a_person(conn, Role.ADMIN, login=f"quan-tri-{one}") for one in range(2)]
    await conn.execute("UPDATE people SET password_hash = 'x'")
    role = {"role": "admin", "unit": "11"}

    answers = await gather(
        *(robot.post(f"{ROOT}/{one.id}/grants/withdraw", json=role) for one in both)
    )

    assert sorted(one.status for one in answers) == [200, 409]
    assert await count_admins(conn) == 1


async def test_page_gives_and_takes_and_keeps_what_was_typed(client_for, conn):
    admin = await client_for("admin")
    myself = await conn.fetchval("SELECT max(id) FROM people")
    who = await a_person(conn, Role.SECRETARY, "03158", login="ho", name="Lò Văn A")
    place = f"/people/{who.id}"

    listed = await (await admin.get("/people")).text()
    given = await (await admin.post(f"{place}/grants", data=LEADER)).text()
    wrong = await admin.post(f"{place}/grants", data={"role": "leader", "unit": "khong"})
    taken = await (await admin.post(f"{place}/grants/withdraw", data=LEADER)).text()
    role = {"role": "admin", "unit": "11"}
    own = await admin.post(f"/people/{myself}/grants/withdraw", data=role)
    mine = await (await admin.get(f"/people/{myself}")).text()

    assert f'href="{place}"' in listed
    assert [one.count("/grants/withdraw") for one in (given, taken, mine)] == [2, 1, 0]
    assert ("Vai trò đã được cấp" in given, "Vai trò đã được thu hồi" in taken) == (True, True)
    assert (wrong.status, '<option value="leader" selected>' in await wrong.text()) == (422, True)
    assert (own.status, "Không ai tự bỏ quyền" in await own.text()) == (409, True)


async def test_list_offers_nothing_about_whose_roles_others_manage(client_for, conn):
    admin = await client_for("admin", unit="03158")
    who = await a_person(conn, Role.SECRETARY, "03158", login="ho")

    own = await (await admin.get("/people")).text()
    await grant(conn, who.id, Role.LEADER, (await a_unit(conn, "11")).id, by="program:test")
    beyond = await (await admin.get("/people")).text()

    assert own.count(f"/people/{who.id}") == 3
    assert beyond.count(f"/people/{who.id}") == 0


class TestDirectoryService:
    @pytest.fixture
    def settings(self, tmp_path) -> Settings:
        return Settings.from_environ(
            {
                "DIEMCAU_DATA": str(tmp_path / "data"),
                "DIEMCAU_RECEIVER_PORT": "9",
                "DIEMCAU_LDAP_URL": "ldaps://thu-muc.example",
                "DIEMCAU_LDAP_BASE": "dc=example",
                "DIEMCAU_LDAP_GROUPS": "cn=thu-ky,dc=example => secretary@11",
            }
        )

    async def test_what_its_groups_say_stays(self, program, client_for, conn):
        admin = await program("admin")
        who = await a_person(conn, Role.SECRETARY, "03158", login="ho")
        await bind_person(conn, who.id, "khoa")

        answer = await admin.post(f"{ROOT}/{who.id}/grants", json=LEADER)

        page = await client_for("admin")
        shown = await (await page.get(f"/people/{who.id}")).text()
        forced = [
            await page.post(f"/people/{who.id}/grants{way}", data=LEADER)
            for way in ("", "/withdraw")
        ]
        assert (answer.status, (await answer.json())["code"]) == (409, "roles-led")
        assert (
            f"/people/{who.id}/grants" in shown,
            shown.count("do dịch vụ thư mục quy định"),
        ) == (
            False,
            1,
        )
        assert [one.status for one in forced] == [409, 409]
