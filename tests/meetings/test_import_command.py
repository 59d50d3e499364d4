"""`diemcau import` at a terminal."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.makers import a_directory

ROOT = Path(__file__).parents[2]
NEW = "code,name,kind,parent,hall\n11.sgtvt,Sở Giao thông,sở,11,Phòng họp Sở GT\n"


@pytest.fixture
def diemcau(database, tmp_path):
    """Run the command as a person at a terminal would."""

    def run(*arguments: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "web", "import", *arguments, "--lang", lang],
            env={
                "DIEMCAU_DATABASE_URL": database,
                "DIEMCAU_DATA": str(tmp_path),
                "PYTHONIOENCODING": "utf-8",
            },
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def file(tmp_path):
    """Write a file to import."""

    def write(content: str | bytes) -> str:
        path = tmp_path / "units.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


async def units(conn):
    return await conn.fetchval("SELECT count(*) FROM units")


async def test_a_dry_run_shows_the_difference_and_loads_nothing(conn, diemcau, file):
    await a_directory(conn)
    before = await units(conn)

    done = diemcau(file(NEW), "--dry-run")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "+ 11.sgtvt Sở Giao thông",
        "1 added, 0 changed, 0 replaced, 0 closed, 0 unchanged",
        "Dry run: nothing was loaded.",
    ]
    assert await units(conn) == before


async def test_an_import_loads_and_says_so_in_vietnamese(conn, diemcau, file):
    await a_directory(conn)
    before = await units(conn)

    done = diemcau(file(f"\ufeff{NEW}"), lang="vi")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "thêm 1, sửa 0, thay 0, đóng 0, giữ nguyên 0"
    assert await units(conn) == before + 1


async def test_wrong_rows_are_all_named_and_nothing_is_loaded(conn, diemcau, file):
    await a_directory(conn)
    before = await units(conn)

    done = diemcau(file(NEW + "x,@SUM(1),sở,11,\ny,Y,làng,11,\n"))

    assert (done.returncode, done.stdout) == (65, "")
    assert done.stderr.splitlines() == [
        "diemcau: line 3, column name: the cell begins like a formula: '@SUM(1)'",
        "diemcau: line 4, column kind: this kind of unit is not known: 'làng'",
        "diemcau: Nothing was loaded.",
    ]
    assert await units(conn) == before


async def test_an_unknown_parent_is_named_with_its_line(conn, diemcau, file):
    await a_directory(conn)

    done = diemcau(file("code,name,kind,parent\nx,X,sở,99\n"))

    assert (
        done.stderr.splitlines()[0]
        == "diemcau: line 2, column parent: there is no unit of that code: '99'"
    )


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        ("code,name,kind\n1,Điện Biên,sở".encode("utf-16"), 65, "UTF-16"),
        (b"code,name,kind\n1,\xd0i\xeen Bi\xean,s", 65, "Windows-1258"),
        (b"x" * (10 * 1024 * 1024 + 1), 65, "larger than 10 MiB"),
    ],
    ids=["utf-16", "windows-1258", "large"],
)
def test_a_file_of_another_kind_is_refused_by_name(diemcau, file, content, status, words):
    done = diemcau(file(content))

    assert done.returncode == status
    assert words in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["/nowhere/units.csv"], 66, "No such file"),
        (["--province", "12"], 69, "pip install vietnamadminunits"),
    ],
)
def test_what_is_not_there_is_named(diemcau, arguments, status, words):
    done = diemcau(*arguments)

    assert done.returncode == status
    assert words in done.stderr


async def test_halls_are_tried_brought_in_and_given_out(conn, diemcau, file, tmp_path):
    await a_directory(conn)
    halls = file("unit,name,phone\n03158,Phòng họp 2,0215 222\n")
    count = "SELECT count(*) FROM sites WHERE name = 'Phòng họp 2'"

    tried = diemcau(halls, "--kind", "sites", "--dry-run")
    none = await conn.fetchval(count)
    done = diemcau(halls, "--kind", "sites")

    assert (tried.returncode, none, done.returncode) == (0, 0, 0)
    assert done.stdout.splitlines() == ["+ Sín Thầu · Phòng họp 2", "1 added, 0 changed"]
    assert tried.stdout.splitlines()[-1] == "Dry run: nothing was loaded."
    assert await conn.fetchval(count) == 1


async def test_wrong_cells_of_halls_stop_the_whole_file(conn, diemcau, file):
    await a_directory(conn)

    done = diemcau(file("unit,name\n99999,Phòng\n"), "--kind", "sites")

    assert done.returncode == 65
    assert done.stderr.splitlines()[0].startswith("line 2, column unit: there is no unit")


async def test_dry_run_tells_former_names_of_codes(conn, diemcau, file):
    await a_directory(conn)
    old = "code,name,kind,parent\n03127,Him Lam,phường,11\n03130,Thanh Bình,phường,11\n"

    done = diemcau(file(old), "--dry-run")

    assert (done.returncode, done.stdout) == (65, "")
    said = "this is the name that code had before 01/07/2025; write"
    now, days = "today's name (Phường Điện Biên Phủ)", "its days in valid_from and valid_to"
    assert done.stderr.splitlines() == [
        f"diemcau: line 2, column name: {said} {now}, or {days}: 'Phường Him Lam'",
        f"diemcau: line 3, column name: {said} {days}: 'Phường Thanh Bình'",
        "diemcau: Nothing was loaded.",
    ]
