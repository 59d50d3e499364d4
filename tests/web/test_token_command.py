"""`diemcau token`: prints the token and nothing else; the token opens what its role may."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from meetings.model import Grant, Role
from meetings.reforms.reforming import NewName, merge_units, rename_unit
from tests.makers import a_unit
from web.access import accounts
from web.formats import local_day
from web.store import tokens

ROOT = Path(__file__).parents[2]


@pytest.fixture
def diemcau(database, tmp_path, directory):
    """Run the command as a person at a terminal would."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "web", "token", *arguments],
            env={"DIEMCAU_DATABASE_URL": database, "DIEMCAU_DATA": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


async def test_a_token_is_printed_alone_and_opens_its_doors(diemcau, client_for):
    made = diemcau("robot", "--role", "secretary", "--unit", "11")
    stranger = await client_for(None)
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}

    assert (made.returncode, made.stderr) == (0, "")
    assert len(made.stdout.splitlines()) == 1
    assert (await stranger.get("/metrics", headers=headers)).status == 200


async def test_the_same_name_rotates_and_revoking_ends_it(diemcau, client_for):
    stranger = await client_for(None)
    first = diemcau("robot", "--role", "admin", "--unit", "11").stdout.strip()
    second = diemcau("robot", "--role", "leader", "--unit", "11").stdout.strip()

    async def status(token: str) -> int:
        answer = await stranger.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        return int(answer.status)

    assert [await status(first), await status(second)] == [401, 200]
    listed = diemcau("--list").stdout
    assert listed.startswith("robot\tleader\t11\tgood until ")
    assert second not in listed
    assert diemcau("robot", "--revoke").returncode == 0
    assert await status(second) == 401
    assert diemcau("--list").stdout.startswith("robot\tleader\t11\trevoked ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("robot",),
        ("robot", "--role", "leader"),
        ("robot", "--role", "leader", "--unit", "99999"),
        ("", "--role", "leader", "--unit", "11"),
        ("a\nb", "--role", "leader", "--unit", "11"),
        ("nobody", "--revoke"),
    ],
)
def test_bad_use_is_one_clear_line(diemcau, arguments):
    ran = diemcau(*arguments)

    assert ran.returncode == 1
    assert ran.stdout == ""
    assert len(ran.stderr.splitlines()) == 1


async def test_a_token_ends_after_a_year(conn, directory, client_for):
    unit = await conn.fetchval("SELECT id FROM units WHERE code = '11' AND upper_inf(valid)")
    grant = Grant(role=Role.LEADER, unit=unit)
    long_ago = datetime.now(UTC) - timedelta(days=365, minutes=1)
    token = await accounts.make_token(conn, "old", grant, by="program:test", now=long_ago)
    stranger = await client_for(None)

    answer = await stranger.get("/metrics", headers={"Authorization": f"Bearer {token}"})

    assert answer.status == 401


async def test_a_token_acts_for_what_its_unit_became(conn, directory, client_for):
    now = datetime.now(UTC)
    today = local_day(now)
    unit, neighbour = await a_unit(conn, "03158"), await a_unit(conn, "03160")
    grant = Grant(role=Role.ADMIN, unit=unit.id)
    token = await accounts.make_token(conn, "robot", grant, by="person:1", now=now)
    robot = {"Authorization": f"Bearer {token}"}
    client = await client_for(None)

    async def places() -> set[str]:
        answer = await client.get("/api/v1/export/units.csv", headers=robot)
        assert answer.status == 200
        return {line.split(",")[0] for line in (await answer.text()).splitlines()[1:]}

    assert await places() == {"03158"}
    name = NewName(name="A Pa Chải")
    renamed = await rename_unit(conn, unit, name, since=today, today=today, by="test")
    assert await places() == {"03158"}
    tomorrow = today + timedelta(days=1)
    await merge_units(conn, [renamed], neighbour, since=tomorrow, today=today, by="test")
    assert await places() == {"03158", "03160"}


async def test_only_roots_of_the_line_are_tops_and_a_circle_ends(conn, directory):
    now, hashed = datetime.now(UTC), b"h" * 32
    root = (await a_unit(conn, "03158")).path[0]
    below, other = (await a_unit(conn, "03158")).id, (await a_unit(conn, "03160")).id
    grant = Grant(role=Role.ADMIN, unit=root)
    await tokens.save_token(conn, "x", hashed, grant, now=now, expires_at=now + timedelta(days=1))

    async def reach() -> tuple[set[int], set[int]]:
        found = await tokens.find_token(conn, hashed, now)
        assert found is not None
        return set(found.units), set(found.tops)

    assert await reach() == ({root}, {root})
    await conn.executemany(
        "INSERT INTO unit_successions (old_id, new_id) VALUES ($1, $2)",
        [(root, below), (below, other), (other, root)],
    )
    assert await reach() == ({root, below, other}, {root})


async def test_making_and_revoking_are_each_one_row_of_audit(conn, directory):
    unit = await conn.fetchval("SELECT id FROM units WHERE code = '11' AND upper_inf(valid)")
    grant = Grant(role=Role.LEADER, unit=unit)
    now = datetime.now(UTC)

    token = await accounts.make_token(conn, "robot", grant, by="person:1", now=now)
    assert await accounts.revoke_token(conn, "robot", by="person:1", now=now)
    assert not await accounts.revoke_token(conn, "robot", by="person:1", now=now)

    rows = await conn.fetch(
        "SELECT actor, action, subject, detail::text FROM audit"
        " WHERE action LIKE 'token.%' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        ("person:1", "token.make", "token:robot", '{"role": "leader"}'),
        ("person:1", "token.revoke", "token:robot", "{}"),
    ]
    assert token not in str(rows)
