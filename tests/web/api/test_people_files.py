"""People from a file: added, changed, locked; nobody gives more than they hold."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import FormData

from meetings.audit import list_audit
from meetings.model import Role
from meetings.people.grants import person_by_login
from meetings.store.enrolment import bind_person
from tests.makers import a_person, a_unit
from tests.web.api.conftest import NOW
from tests.web.api.test_ledgers import bring, cells
from web.access.sessions import begin_session
from web.settings import Settings

HEAD = "login,name,email,unit,roles,active\n"
LO = "lo.van.a,Lò Văn A,a@dienbien.example,03158,secretary@03158; technician@03160,\n"


async def roles_of(conn, login: str) -> list[str]:
    rows = await conn.fetch(
        "SELECT g.role || '@' || u.code AS role FROM grants g JOIN units u ON u.id = g.unit_id"
        " JOIN people p ON p.id = g.person_id WHERE p.login = $1 ORDER BY 1",
        login,
    )
    return [row["role"] for row in rows]


async def test_people_are_added_without_password_and_sign_in_by_a_link(program, conn):
    admin = await program("admin")

    tried = await bring(admin, "people", HEAD + LO, dry=True)
    before = await person_by_login(conn, "lo.van.a")
    status, told = await bring(admin, "people", HEAD + LO)

    assert tried == (200, told | {"dry_run": True})
    assert (before, status, told["added"]) == (None, 200, 1)
    person = await person_by_login(conn, "lo.van.a")
    assert person is not None
    assert (person.name, person.email, person.active, person.locale) == (
        "Lò Văn A",
        "a@dienbien.example",
        True,
        "vi",
    )
    assert await roles_of(conn, "lo.van.a") == ["secretary@03158", "technician@03160"]
    assert await conn.fetchval("SELECT password_hash FROM people WHERE login = 'lo.van.a'") is None
    [entry] = await list_audit(conn, subject=f"person:{person.id}")
    assert (entry.action, entry.actor) == ("person.add", "token:admin-11")

    link = await admin.post(f"/api/v1/people/{person.id}/link")
    made = await link.json()
    opened = await admin.get("/welcome/" + made["url"].rpartition("/")[2])
    assert (link.status, made["expires_at"], opened.status) == (201, "2026-11-24T02:00:00Z", 200)


async def test_people_are_changed_and_empty_cells_change_nothing(program, conn):
    admin = await program("admin")
    await bring(admin, "people", HEAD + LO)

    status, told = await bring(
        admin,
        "people",
        "login,name,email,unit,roles,locale\nLO.VAN.A,Lò Thị A,,03160,leader@03160,en\n",
    )
    again = await bring(admin, "people", "login,email\nlo.van.a,\n")

    assert (status, told["differences"][0]["changes"]) == (
        200,
        [
            {"column": "name", "before": "Lò Văn A", "after": "Lò Thị A"},
            {"column": "unit", "before": "03158", "after": "03160"},
            {
                "column": "roles",
                "before": "secretary@03158; technician@03160",
                "after": "leader@03160",
            },
            {"column": "locale", "before": "vi", "after": "en"},
        ],
    )
    person = await person_by_login(conn, "lo.van.a")
    assert person is not None
    assert (person.name, person.email) == ("Lò Thị A", "a@dienbien.example")
    assert (again[1]["unchanged"], again[1]["changed"]) == (1, 0)
    actions = [one.action for one in await list_audit(conn, subject=f"person:{person.id}")]
    assert actions == [
        "person.grant",
        "person.withdraw",
        "person.withdraw",
        "person.change",
        "person.add",
    ]


async def test_who_is_locked_is_signed_out_everywhere(program, conn):
    admin = await program("admin")
    who = await a_person(conn, Role.SECRETARY, "03158", login="ho")
    await begin_session(conn, who.id, NOW)

    status, told = await bring(admin, "people", "login,active\nho,no\n")

    person = await person_by_login(conn, "ho")
    assert (status, told["changed"], person is not None and person.active) == (200, 1, False)
    assert await conn.fetchval("SELECT count(*) FROM sessions WHERE person_id = $1", who.id) == 0


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (
            "moi,Tên,,03160,secretary@03160,",
            [(2, "roles", "unknown-unit"), (2, "unit", "unknown-unit")],
        ),
        ("moi,Tên,,03158,admin@11,", [(2, "roles", "unknown-unit")]),
        ("moi,Tên,,03158,vua@03158,", [(2, "roles", "no-such-role")]),
        ("moi,Tên,,03158,,", [(2, "roles", "required")]),
        ("moi,Tên,,03158,;,", [(2, "roles", "required")]),
        ("cua-xa,,,,;,", [(2, "roles", "required")]),
        (
            "moi,,không,03158,hall@03158,",
            [(2, "email", "bad-form-of-text"), (2, "name", "required")],
        ),
        ("Mới!,Tên,,03158,hall@03158,", [(2, "login", "bad-form-of-text")]),
        ("moi,Tên,,03158,hall@03158,no", [(2, "active", "new-is-active")]),
        ("ho,Tên khác,,,,", [(2, "login", "login-taken")]),
        ("hai,Tên khác,,,,", [(2, "login", "login-taken")]),
        ("cua-xa,,,,hall@03158\ncua-xa,,,,leader@03158", [(3, "login", "same-login")]),
    ],
)
async def test_nobody_gives_what_they_do_not_hold_and_wrong_cells_are_named(
    program, conn, row, wrong
):
    commune = await program("admin", unit="03158")
    await a_person(conn, Role.SECRETARY, "03160", login="ho")
    await a_person(conn, Role.HALL, "03158", login="cua-xa")
    both = await a_person(conn, Role.SECRETARY, "03158", login="hai")
    await conn.execute(
        "INSERT INTO grants VALUES ($1, 'leader', $2)", both.id, (await a_unit(conn, "11")).id
    )
    last = await conn.fetchval("SELECT max(id) FROM audit")

    status, told = await bring(commune, "people", f"{HEAD}{row}\n")

    assert (status, cells(told)) == (422, wrong)
    assert await conn.fetchval("SELECT max(id) FROM audit") == last
    exported = await (await commune.get("/api/v1/export/people.csv")).text()
    assert [line.partition(",")[0] for line in exported.splitlines()[1:]] == ["cua-xa"]


async def test_password_is_no_column(program):
    admin = await program("admin")

    status, told = await bring(admin, "people", "login,password\nadmin,bimat\n")

    assert (status, cells(told)) == (422, [(1, "password", "column-unknown")])


@pytest.mark.parametrize(("cell", "column"), [(",no", "active"), ("secretary@11,", "roles")])
async def test_last_who_administers_everything_stays(program, conn, cell, column):
    robot = await program("admin")
    first = await a_person(conn, Role.ADMIN, login="quan-tri")
    await conn.execute("UPDATE people SET password_hash = 'x' WHERE id = $1", first.id)
    await a_person(conn, Role.ADMIN, login="khong-mat-khau")

    status, told = await bring(robot, "people", f"login,roles,active\nquan-tri,{cell}\n")

    assert (status, cells(told)) == (422, [(2, column, "last-admin")])
    await conn.execute("UPDATE people SET password_hash = 'x' WHERE login = 'khong-mat-khau'")
    status, _ = await bring(robot, "people", f"login,roles,active\nquan-tri,{cell}\n")
    assert status == 200


async def test_page_says_how_many_rows_it_does_not_show(client_for, monkeypatch):
    monkeypatch.setattr("web.pages.directory.importpreview.MOST_SHOWN", 1)
    admin, rows = await client_for("admin"), [LO.replace("lo.van.a", f"lo.{n}") for n in range(3)]
    data = FormData()
    data.add_field("file", (HEAD + "".join(rows)).encode(), filename="nguoi.csv")

    shown = await (await admin.post("/import/people", data=data)).text()

    assert (shown.count("(lo."), "… và 2 mục khác" in shown) == (1, True)


async def test_nobody_shuts_themselves_out(client_for, conn):
    admin = await client_for("admin")
    login = await conn.fetchval("SELECT login FROM people ORDER BY id DESC LIMIT 1")

    locked = await bring(admin, "people", f"login,active\n{login},no\n")
    lessened = await bring(admin, "people", f"login,roles\n{login},leader@11\n")
    more = await bring(admin, "people", f"login,roles\n{login},admin@11;leader@11\n")

    assert cells(locked[1]) == [(2, "active", "not-oneself")]
    assert cells(lessened[1]) == [(2, "roles", "not-oneself")]
    assert (more[0], more[1]["changed"]) == (200, 1)


class TestDirectoryService:
    @pytest.fixture
    def settings(self, tmp_path) -> Settings:
        return Settings.from_environ(
            {
                "DIEMCAU_DATA": str(tmp_path / "data"),
                "DIEMCAU_RECEIVER_PORT": "9",
                "DIEMCAU_LDAP_URL": "ldaps://thu-muc.example",
                "DIEMCAU_LDAP_BASE": "dc=example",
            }
        )

    async def test_what_the_service_says_no_file_changes(self, program, conn):
        admin = await program("admin")
        who = await a_person(conn, Role.SECRETARY, "03158", login="thu_muc@tinh", name="Cũ")
        await bind_person(conn, who.id, "khoa")

        file = "login,name,roles\nthu_muc@tinh,{},{}\n"
        named: Any = await bring(admin, "people", file.format("Mới", ""))
        given: Any = await bring(admin, "people", file.format("Cũ", "leader@03158"))
        link = await admin.post(f"/api/v1/people/{who.id}/link")

        assert cells(named[1]) == [(2, "name", "led-by-directory")]
        assert (given[0], given[1]["changed"]) == (200, 1)
        assert (link.status, (await link.json())["code"]) == (409, "directory-person")
