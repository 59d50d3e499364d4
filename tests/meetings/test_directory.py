"""Units, sites and groups as they are valid on one day."""

from datetime import date

import pytest

from meetings.audit import list_audit
from meetings.directory.finding import (
    find_sites,
    is_below,
    list_groups,
    list_units,
    load_directory,
    predecessors,
    resolve_groups,
    sites_by_ids,
    unit_by_code,
    unit_by_id,
)
from meetings.errors import DirectoryNotFound, GroupNotFound, UnitNotFound
from meetings.model import UnitId, UnitKind
from tests.makers import a_directory
from tests.meetings.test_names import COMMUNES

TODAY = date(2026, 11, 23)
BEFORE_REFORM = date(2025, 6, 30)


async def test_communes_are_found_in_vietnamese_order(conn):
    await a_directory(conn)

    sites = await find_sites(conn, on=TODAY, group="all-communes")

    assert [site.label for site in sites] == COMMUNES


async def test_every_hall_of_the_province_is_found(conn):
    await a_directory(conn)

    sites = await find_sites(conn, on=TODAY)

    assert len(sites) == 45 + 17


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("dien bien phu", ["Điện Biên Phủ"]),
        ("ĐIỆN BIÊN PHỦ", ["Điện Biên Phủ"]),
        ("muong nh", ["Mường Nhà", "Mường Nhé"]),
        ("03158", ["Sín Thầu"]),
        ("Sở Y tế", ["Phòng họp Sở Y tế"]),
        ("100%", []),
    ],
)
async def test_search_ignores_diacritics_and_case(conn, query, labels):
    await a_directory(conn)

    assert [site.label for site in await find_sites(conn, query, on=TODAY)] == labels


async def test_pages_of_sites_join_without_gap(conn):
    await a_directory(conn)

    whole = await find_sites(conn, on=TODAY)
    first = await find_sites(conn, on=TODAY, limit=20)
    second = await find_sites(conn, on=TODAY, limit=200, after=first[-1].id)

    assert first + second == whole


async def test_sites_of_a_subtree_are_those_of_its_units(conn):
    await a_directory(conn)
    unit = await unit_by_code(conn, "11.syt", TODAY)

    assert [site.name for site in await find_sites(conn, on=TODAY, below=unit.id)] == [
        "Phòng họp Sở Y tế"
    ]


async def test_a_code_means_another_unit_before_the_reform(conn):
    await a_directory(conn)

    now = await unit_by_code(conn, "03127", TODAY)
    then = await unit_by_code(conn, "03127", BEFORE_REFORM)

    assert (now.full_name, then.full_name) == ("Phường Điện Biên Phủ", "Phường Him Lam")
    assert then in await predecessors(conn, now.id)
    assert len(await predecessors(conn, now.id)) == 6


async def test_units_form_one_tree(conn):
    await a_directory(conn)
    province = await unit_by_code(conn, "11", TODAY)

    units = await list_units(conn, on=TODAY, below=province.id)

    assert units[0] == province
    assert len(units) == 1 + 17 + 45
    assert all(is_below(unit.path, province.id) for unit in units)
    assert len(await list_units(conn, on=TODAY, kinds={UnitKind.WARD})) == 3
    assert len(await list_units(conn, on=BEFORE_REFORM, kinds={UnitKind.DISTRICT})) == 10
    assert len(await list_units(conn, on=BEFORE_REFORM)) == 1 + 10 + 129


async def test_groups_know_their_size(conn):
    await a_directory(conn)

    groups = await list_groups(conn, on=TODAY)

    assert {group.code: group.size for group in groups} == {
        "all-communes": 45,
        "all-wards": 3,
        "offices": 17,
        "border-communes": 16,
    }


async def test_groups_resolve_together_without_doubles(conn):
    await a_directory(conn)

    sites = await resolve_groups(conn, ["all-communes", "all-wards", "border-communes"], TODAY)

    assert len(sites) == 45
    labels = {site.label for site in (await sites_by_ids(conn, sites)).values()}
    assert labels == set(COMMUNES)


async def test_an_unknown_group_is_named(conn):
    await a_directory(conn)

    with pytest.raises(GroupNotFound) as caught:
        await resolve_groups(conn, ["all-communes", "all-moons"], TODAY)

    assert caught.value.group == "all-moons"


async def test_unknown_units_are_named(conn):
    with pytest.raises(UnitNotFound) as by_code:
        await unit_by_code(conn, "99", TODAY)
    with pytest.raises(UnitNotFound) as by_id:
        await unit_by_id(conn, UnitId(999))

    assert (by_code.value.unit, by_id.value.unit) == ("99", "999")


async def test_loading_twice_changes_nothing(conn):
    first = await load_directory(conn, "dien-bien")
    second = await load_directory(conn, "dien-bien")

    assert first.counts()["added"] == 1 + 17 + 45 + 129 + 10
    assert (second.is_empty, second.counts()["unchanged"]) == (True, 202)
    assert [entry.action for entry in await list_audit(conn)] == ["directory.import"]


async def test_a_directory_that_is_not_shipped_is_named(conn):
    with pytest.raises(DirectoryNotFound) as caught:
        await load_directory(conn, "../etc")

    assert (caught.value.name, "dien-bien" in caught.value.shipped) == ("../etc", True)
