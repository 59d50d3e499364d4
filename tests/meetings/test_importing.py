"""Directory files: read whole or refused cell by cell, planned, then all or nothing."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.directory.finding import find_sites, list_groups, predecessors, unit_by_code
from meetings.directory.importing import SHIPPED, import_units, preview_import
from meetings.directory.provinces import province_rows
from meetings.directory.unit_changes import UnitVersion
from meetings.directory.unit_plan import plan_import
from meetings.directory.unit_rows import (
    PREFIXES,
    REFORM,
    CellProblem,
    UnitRow,
    decode,
    guess_encoding,
    parse_units,
)
from meetings.errors import BadRows, ProvinceNotFound, ProvincesUnavailable
from meetings.model import Role, UnitId, UnitKind
from meetings.people.grants import person_by_id
from meetings.scheduling.conferences import conference_by_id
from tests.makers import a_conference, a_directory, a_person, a_site

TODAY = date(2026, 11, 23)
NEW_YEAR = date(2027, 1, 1)
HEADER = "code,name,kind,parent,full_name,lat,lon,hall,valid_from,valid_to\n"


def rows_of(*lines):
    rows, problems = parse_units(HEADER + "\n".join(lines))
    assert problems == ()
    return rows


def problems_of(*lines):
    rows, problems = parse_units(HEADER + "\n".join(lines))
    assert rows == ()
    return [(problem.line, problem.column, problem.code) for problem in problems]


def test_a_row_says_what_its_cells_say():
    [row] = rows_of("03158,Sín Thầu,xã,11,Xã Sín Thầu,22.38,102.29,Hội trường,2025-07-01,")

    assert row == UnitRow(
        line=2,
        code="03158",
        name="Sín Thầu",
        kind=UnitKind.COMMUNE,
        parent="11",
        full_name="Xã Sín Thầu",
        hall="Hội trường",
        latitude=22.38,
        longitude=102.29,
        valid_from=date(2025, 7, 1),
    )


def test_every_wrong_cell_is_named_by_line_and_column():
    assert problems_of(
        ",Sín Thầu,xã,11,,,,,,",
        "03160,Mường Nhé,làng,11,,91,x,,01/07/2025,",
        "03161,=HYPERLINK(1),xã,11,,,,,2026-01-01,2025-01-01",
        "03162,Nậm Kè,xã,11,,,,,,,extra",
        "03163,Nậm\x00Kè,xã,11,,,,,,",
    ) == [
        (2, "code", "empty"),
        (3, "kind", "unknown-kind"),
        (3, "lat", "out-of-range"),
        (3, "lon", "not-a-number"),
        (3, "valid_from", "not-a-date"),
        (4, "name", "formula"),
        (4, "valid_to", "ends-before-start"),
        (5, "", "too-many-cells"),
        (6, "name", "unreadable"),
    ]


def test_a_code_stands_in_a_file_once():
    assert problems_of("1,A,sở,11,,,,,,", "1,B,sở,11,,,,,,") == [(3, "code", "twice")]


def test_missing_columns_are_named():
    assert parse_units("code,nom\n1,x") == (
        (),
        (
            CellProblem(line=1, column="name", code="column-missing"),
            CellProblem(line=1, column="kind", code="column-missing"),
        ),
    )


def test_semicolons_are_read_too():
    rows, problems = parse_units("code;name;kind\n1;Sở Y tế, tỉnh;sở\n")

    assert (rows[0].name, problems) == ("Sở Y tế, tỉnh", ())


def test_a_bom_and_decomposed_letters_do_no_harm():
    assert decode("\ufeffcode,name\n1,Điện Biên".encode()) == "code,name\n1,Điện Biên"
    assert decode("Ha\u0300".encode()) == "Hà"


def test_another_encoding_is_named():
    content = "Điện Biên".encode("cp1258", errors="ignore")

    assert (decode(content), guess_encoding(content)) == (None, "Windows-1258")
    assert guess_encoding("Điện Biên".encode("utf-16")) == "UTF-16"


@given(st.text())
def test_any_text_is_rows_or_problems_never_an_accident(text):
    rows, problems = parse_units(text)

    assert not (rows and problems)


async def test_an_import_shows_its_difference_before_it_is_made(conn):
    await a_directory(conn)
    rows = rows_of(
        "03158,Sín Thầu,xã,11,,,,Hội trường mới,,",
        "11.sgtvt,Sở Giao thông,sở,11,,,,Phòng họp Sở GT,,",
        "03160,Mường Nhé,xã,11,,,,,,",
    )

    preview = await preview_import(conn, rows, on=TODAY)
    assert [site.name for site in await find_sites(conn, "03158", on=TODAY)] != ["Hội trường mới"]
    done = await import_units(conn, rows, on=TODAY)

    assert preview == done
    assert done.counts() == {
        "added": 1,
        "changed": 1,
        "replaced": 0,
        "closed": 0,
        "unchanged": 1,
    }
    assert done.changed[0].fields == ("hall",)
    assert [site.name for site in await find_sites(conn, "03158", on=TODAY)] == ["Hội trường mới"]
    assert [site.name for site in await find_sites(conn, "so gt", on=TODAY)] == ["Phòng họp Sở GT"]
    assert (await preview_import(conn, rows, on=TODAY)).is_empty


async def test_the_45_of_the_reform_are_unchanged_by_their_own_file(conn):
    await a_directory(conn)
    rows, _ = parse_units((SHIPPED / "dien-bien" / "communes.csv").read_text(encoding="utf-8"))

    plan = await import_units(conn, rows, on=TODAY)

    assert (plan.is_empty, len(plan.unchanged)) == (True, 45)


async def test_a_commune_that_becomes_a_ward_keeps_its_code_and_its_hall(conn):
    await a_directory(conn)
    [hall] = await find_sites(conn, "Thanh Nưa", on=TODAY)
    person = await a_person(conn, Role.HALL, unit="03328")
    rows = rows_of("03328,Thanh Nưa,phường,11,,,,,2027-01-01,")

    plan = await import_units(conn, rows, on=NEW_YEAR)

    assert plan.counts()["replaced"] == 1
    old = await unit_by_code(conn, "03328", TODAY)
    new = await unit_by_code(conn, "03328", NEW_YEAR)
    assert (old.kind, new.kind, new.full_name) == (
        UnitKind.COMMUNE,
        UnitKind.WARD,
        "Phường Thanh Nưa",
    )
    assert old in await predecessors(conn, new.id)
    assert [site.id for site in await find_sites(conn, "Thanh Nưa", on=NEW_YEAR)] == [hall.id]
    assert len(await find_sites(conn, on=NEW_YEAR, group="all-communes")) == 45
    assert len(await find_sites(conn, on=NEW_YEAR, group="all-wards")) == 4
    assert {grant.unit for grant in (await person_by_id(conn, person.id)).grants} == {new.id}


async def test_a_unit_that_goes_on_holds_the_conferences_it_planned(conn):
    await a_directory(conn)
    before = await a_conference(conn, host="03328")
    after = await a_conference(conn, host="03328", start=datetime(2027, 1, 4, 1, tzinfo=UTC))
    old = await unit_by_code(conn, "03328", TODAY)

    await import_units(conn, rows_of("03328,Thanh Nưa,phường,11,,,,,2027-01-01,"), on=NEW_YEAR)

    new = await unit_by_code(conn, "03328", NEW_YEAR)
    hosts = [(await conference_by_id(conn, one.id)).host for one in (before, after)]
    assert hosts == [old.id, new.id]


async def test_a_unit_does_not_become_another_ahead_of_its_time(conn):
    await a_directory(conn)

    with pytest.raises(BadRows) as caught:
        await import_units(conn, rows_of("03328,Thanh Nưa,phường,11,,,,,2027-01-01,"), on=TODAY)

    [problem] = caught.value.problems
    assert (problem.line, problem.column, problem.code) == (2, "valid_from", "too-soon")


async def test_a_unit_is_closed_by_its_last_day(conn):
    await a_directory(conn)

    plan = await import_units(
        conn, rows_of("11.tt,Thanh tra tỉnh,department,11,,,,,,2027-01-01"), on=TODAY
    )

    assert plan.counts()["closed"] == 1
    assert len(await find_sites(conn, "thanh tra", on=TODAY)) == 1
    assert await find_sites(conn, "thanh tra", on=NEW_YEAR) == []


@pytest.mark.parametrize("host", ["03160", "11"])
async def test_a_unit_that_is_needed_after_its_last_day_does_not_end(conn, dien_bien, host):
    """It holds a conference then, or only its hall is invited."""
    hall = (await a_site(conn, "Mường Nhé")).id
    other = (await a_site(conn, "Sín Thầu")).id
    later = datetime(2027, 1, 5, 1, tzinfo=UTC)
    await a_conference(conn, host=host, sites=[other if host == "03160" else hall], start=later)
    rows = rows_of("03160,Mường Nhé,xã,11,,,,,,2027-01-01")

    with pytest.raises(BadRows) as caught:
        await import_units(conn, rows, on=TODAY)

    assert [(one.line, one.column, one.code) for one in caught.value.problems] == [
        (2, "valid_to", "unit-used")
    ]


async def test_a_unit_does_not_end_above_units_that_go_on(conn):
    await a_directory(conn)

    with pytest.raises(BadRows) as caught:
        await import_units(conn, rows_of("11,Điện Biên,tỉnh,,,,,,,2027-01-01"), on=TODAY)

    assert [(one.column, one.code) for one in caught.value.problems] == [
        ("valid_to", "units-below")
    ]


async def test_what_a_file_leaves_out_is_closed_only_when_asked(conn):
    await a_directory(conn)
    rows = rows_of("03158,Sín Thầu,xã,11,,,,,,", "03160,Mường Nhé,xã,11,,,,,,")

    kept = await preview_import(conn, rows, on=TODAY)
    closed = await import_units(conn, rows, on=TODAY, close_missing=True)

    assert (kept.counts()["closed"], closed.counts()["closed"]) == (0, 40)
    assert len(await find_sites(conn, on=TODAY, group="all-communes")) == 5


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["x,X,sở,99,,,,,,"], (2, "parent", "unknown-unit")),
        (["a,A,sở,b,,,,,,", "b,B,sở,a,,,,,,"], (2, "parent", "circle")),
        (["03158,Sín Thầu,xã,096,,,,,,"], (2, "parent", "parent-ended")),
        (["03158,Sín Thầu,xã,096,,,,,2025-07-01,"], (2, "parent", "parent-ended")),
        (["03127,Y,xã,11,,,,,2020-01-01,"], (2, "valid_from", "overlaps")),
    ],
)
async def test_rows_that_do_not_fit_the_directory_load_nothing(conn, lines, problem):
    await a_directory(conn)
    rows = rows_of("11.new,Hoàn toàn mới,sở,11,,,,Phòng,,", *lines)

    with pytest.raises(BadRows) as caught:
        await import_units(conn, rows, on=TODAY)

    found = [(one.line - 1, one.column, one.code) for one in caught.value.problems]
    assert found[0] == problem
    assert await find_sites(conn, "hoan toan moi", on=TODAY) == []


async def test_unit_of_the_past_keeps_the_parent_of_then(conn, dien_bien):
    plan = await import_units(conn, rows_of("03158,Leng Su Sìn,xã,096,,,,,,2025-07-01"), on=TODAY)

    assert (plan.is_empty, len(plan.unchanged)) == (True, 1)


def a_version(code, name, kind=UnitKind.COMMUNE, *, since=None, until=None):
    return UnitVersion(
        id=UnitId(1),
        code=code,
        name=name,
        full_name=f"{PREFIXES[kind]} {name}",
        name_en="",
        kind=kind,
        parent="11",
        hall="",
        phone="",
        latitude=None,
        longitude=None,
        valid_from=since,
        valid_to=until,
    )


TOWN = UnitKind.TOWNSHIP
HISTORY = [
    replace(a_version("11", "Điện Biên"), kind=UnitKind.PROVINCE, parent=""),
    a_version("1", "Him Lam", UnitKind.WARD, until=REFORM),
    a_version("1", "Điện Biên Phủ", UnitKind.WARD, since=REFORM),
    a_version("2", "Tủa Chùa", TOWN, until=REFORM),
    a_version("2", "Tủa Chùa", since=REFORM),
    a_version("3", "Thanh Bình", UnitKind.WARD, until=REFORM),
]
FORMER = [
    (
        "1,Him Lam,phường,11,,,,,,",
        ("name", "Phường Him Lam", (("until", REFORM), ("now", "Phường Điện Biên Phủ"))),
    ),
    (
        "1,Him Lam,xã,11,,,,,,2027-01-01",
        ("name", "Xã Him Lam", (("until", REFORM), ("now", "Phường Điện Biên Phủ"))),
    ),
    (
        "2,Tủa Chùa,thị trấn,11,,,,,,",
        ("kind", "Thị trấn Tủa Chùa", (("until", REFORM), ("now", "Xã Tủa Chùa"))),
    ),
    ("3,Thanh Bình,phường,11,,,,,,", ("name", "Phường Thanh Bình", (("until", REFORM),))),
]


@pytest.mark.parametrize(("line", "wrong"), FORMER, ids=["name", "name-and-end", "kind", "ended"])
def test_row_without_a_day_does_not_bring_back_what_its_code_was(line, wrong):
    plan, problems = plan_import(rows_of(line), HISTORY, on=TODAY)

    assert plan.is_empty
    assert [(one.code, one.column, one.value, one.values) for one in problems] == [
        ("former-unit", *wrong)
    ]


def test_a_day_that_old_codes_only_let_assume_is_none():
    rows, _ = parse_units("code,name,kind,parent,old_codes\n1,Him Lam,phường,11,\n")

    _, problems = plan_import(rows, HISTORY, on=TODAY)

    assert [(one.column, one.code) for one in problems] == [("name", "former-unit")]


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("1,Him Lam,phường,11,,,,,,2025-07-01", "unchanged"),
        ("1,Him Lam,phường,11,,,,,2026-11-01,", "replaced"),
        ("1,Him Lam,phường,11,,,,,2025-07-01,", "changed"),
        ("1,Him Lam 2,phường,11,,,,,,", "changed"),
        ("1,Điện Biên Phủ,phường,11,,,,,,", "unchanged"),
        ("2,Tủa Chùa,xã,11,,,,,,", "unchanged"),
        ("3,Thanh Bình,phường,11,,,,,2026-11-01,", "added"),
        ("3,Another,phường,11,,,,,,", "added"),
    ],
    ids=["past", "again", "amended", "renamed", "same", "same-name", "revived", "reused"],
)
def test_row_that_says_when_or_names_what_is_new_is_planned(line, part):
    plan, problems = plan_import(rows_of(line), HISTORY, on=TODAY)

    assert (problems, {name for name, count in plan.counts().items() if count}) == ((), {part})


async def test_the_first_province_brings_its_groups(conn):
    rows = rows_of("12,Tỉnh Lai Châu,tỉnh,,,,,,,", "03388,Đoàn Kết,phường,12,,,,,,")

    await import_units(conn, rows, on=TODAY)

    assert {group.code: group.size for group in await list_groups(conn, on=TODAY)} == {
        "all-communes": 1,
        "all-wards": 1,
        "offices": 0,
    }
    [site] = await find_sites(conn, on=TODAY)
    assert (site.label, site.name) == ("Đoàn Kết", "Phòng họp trực tuyến UBND phường Đoàn Kết")


@pytest.fixture
def all_provinces(tmp_path, monkeypatch):
    """Put a package of the real one's shape on the path."""
    data = tmp_path / "vietnamadminunits" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").touch()
    with sqlite3.connect(data / "dataset.db") as database:
        database.execute(
            "CREATE TABLE admin_units (province TEXT, wardCode TEXT, ward TEXT, wardType TEXT,"
            " wardLat REAL, wardLon REAL, provinceCode TEXT)"
        )
        database.execute(
            "INSERT INTO admin_units VALUES ('Tỉnh Lai Châu', '03388', 'Phường Đoàn Kết',"
            " 'Phường', 22.4412, 103.397, '12')"
        )
    database.close()
    monkeypatch.syspath_prepend(tmp_path)


def test_a_province_comes_out_of_the_package_without_importing_it(all_provinces):
    province, ward = province_rows("12")

    assert (province.full_name, province.kind) == ("Tỉnh Lai Châu", UnitKind.PROVINCE)
    assert ward == replace(
        province,
        line=2,
        code="03388",
        name="Đoàn Kết",
        full_name="Phường Đoàn Kết",
        kind=UnitKind.WARD,
        parent="12",
        latitude=22.4412,
        longitude=103.397,
        valid_from=date(2025, 7, 1),
    )


@pytest.mark.parametrize("code", ["99", "' or 1=1 --"])
def test_a_province_that_is_not_there_is_named(all_provinces, code):
    with pytest.raises(ProvinceNotFound) as caught:
        province_rows(code)

    assert caught.value.province == code


def test_without_the_package_its_name_is_told():
    with pytest.raises(ProvincesUnavailable) as caught:
        province_rows("12")

    assert caught.value.package == "vietnamadminunits"
