"""A conference of three tiers: what the centre, the province and a commune see of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.directory import sites_by_ids
from meetings.model import SiteId
from meetings.tier_rules import TOP, Tier, level_of, sees_paper, sees_part
from tests.web.api.conftest import booked, site_named

PATH = "/api/v1/conferences"
ANY = {"If-Match": "*"}


def tier(level: int, *sites: int, down_to: int | None = None) -> Tier:
    return Tier(
        level=level,
        name=f"cấp {level}",
        sites=frozenset(map(SiteId, sites)),
        papers_down_to=down_to or level,
    )


THREE = [tier(1, 1), tier(2, 2, down_to=3), tier(3, 3, 4)]


@pytest.mark.parametrize(
    ("level", "parts", "papers"), [(TOP, [1, 2, 3], [1, 2, 3]), (1, [1, 2, 3], [1, 2, 3]),
                                   (2, [1, 2, 3], [2, 3]), (3, [2, 3], [2, 3])]
)  # fmt: skip
def test_each_level_sees_its_part_those_below_and_the_next_above(level, parts, papers):
    assert [one.level for one in THREE if sees_part(level, one)] == parts
    assert [one.level for one in THREE if sees_paper(level, THREE, one.level)] == papers
    assert sees_paper(level, THREE, None)


@given(st.sets(st.integers(1, 6)))
def test_level_is_that_of_the_highest_hall(sites):
    expected = min((one.level for one in THREE if one.sites & sites), default=3)

    assert level_of(THREE, [SiteId(site) for site in sites]) == expected


async def staged(program, sites):
    """Book for a commune, the province and two communes below, each on a tier of its own."""
    office = await program("secretary", unit="11.vpubnd")
    body = await booked(office, sites)
    tiers = [
        {"level": 1, "name": "Trung ương", "sites": [sites[0]], "host": "Văn phòng Chính phủ"},
        {"level": 2, "name": "Tỉnh", "sites": [sites[1]], "papers_down_to": 3,
         "start": body["start"], "end": body["end"]},
        {"level": 3, "name": "Xã, phường", "sites": [sites[2]]},
    ]  # fmt: skip
    place = f"{PATH}/{body['id']}"
    answer = await office.put(f"{place}/tiers", json={"tiers": tiers}, headers=ANY)
    assert answer.status == 200, await answer.text()
    for level in (1, 2, None):
        paper = {"name": f"Tài liệu {level}", "url": "https://vb.example/1", "tier": level}
        assert (await office.post(f"{place}/documents", json=paper)).status == 201
    return office, place


async def seen_by(client, place):
    tiers = await (await client.get(f"{place}/tiers")).json()
    papers = await (await client.get(f"{place}/documents")).json()
    return (
        tiers["level"],
        [one["level"] for one in tiers["tiers"]],
        [one["tier"] for one in papers["items"]],
    )


async def test_each_role_sees_what_its_tier_may(program, sites, conn):
    office, place = await staged(program, sites)
    codes = {key: site.unit_code for key, site in (await sites_by_ids(conn, sites)).items()}

    halls = [await program("hall", unit=codes[site]) for site in sites]
    found = [await seen_by(client, place) for client in (office, *halls)]

    assert found == [
        (0, [1, 2, 3], [1, 2, None]),
        (1, [1, 2, 3], [1, 2, None]),
        (2, [1, 2, 3], [2, None]),
        (3, [2, 3], [2, None]),
    ]


async def test_paper_of_the_centre_is_not_there_for_a_commune(program, sites, conn):
    office, place = await staged(program, sites)
    site = (await sites_by_ids(conn, sites))[sites[2]]
    commune = await program("secretary", unit=site.unit_code)
    papers = (await (await office.get(f"{place}/documents")).json())["items"]
    first = next(one["id"] for one in papers if one["tier"] == 1)

    answer = await commune.get(f"{place}/documents/{first}/content")
    written = await commune.put(f"{place}/tiers", json={"tiers": []}, headers=ANY)

    assert (answer.status, written.status) == (404, 403)


async def test_tiers_with_strange_or_doubled_sites_are_refused(program, sites, conn):
    office, place = await staged(program, sites)
    strange = await site_named(conn, "Xa Dung")
    both = [{"level": n, "name": "x", "sites": [sites[0]]} for n in (1, 2)]

    unknown = await office.put(
        f"{place}/tiers", json={"tiers": [{"level": 1, "name": "x", "sites": [strange]}]},
        headers=ANY,
    )  # fmt: skip
    doubled = await office.put(f"{place}/tiers", json={"tiers": both}, headers=ANY)

    assert (unknown.status, doubled.status) == (422, 422)


async def test_agenda_page_shows_the_tiers(program, sites, client_for):
    _, place = await staged(program, sites)
    secretary = await client_for("secretary")

    text = await (await secretary.get(place.removeprefix("/api/v1") + "/agenda")).text()

    assert "Trung ương" in text
    assert "Văn phòng Chính phủ" in text
