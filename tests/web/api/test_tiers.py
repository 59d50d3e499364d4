"""A conference of three tiers: what the centre, the province and a commune see of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.content.tier_rules import TOP, Tier, level_of, sees_paper, sees_tier
from meetings.directory.finding import sites_by_ids
from meetings.model import SiteId
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
    assert [one.level for one in THREE if sees_tier(level, one.level)] == parts
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

    again = [{"level": 1, "name": "x", "sites": [one]} for one in sites[:2]]
    twice = await office.put(f"{place}/tiers", json={"tiers": again}, headers=ANY)

    assert (unknown.status, doubled.status, twice.status) == (422, 422, 422)
    assert [(await answer.json())["errors"] for answer in (doubled, twice)] == [
        [
            {
                "field": "tiers.1.sites",
                "code": "repeated",
                "message": f"Điểm cầu số {sites[0]} đứng ở hai cấp: cấp 1 và cấp 2.",
            }
        ],
        [
            {
                "field": "tiers.1.level",
                "code": "repeated",
                "message": "Có hai cấp cùng mang số 1.",
            }
        ],
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-30T08:00:00Z", "2026-11-30T08:00:59Z"),
        ("2099-01-01T08:00:00Z", "2099-01-01T09:00:00Z"),
    ],
)
async def test_tier_whose_part_is_no_whole_minute_is_named(program, sites, start, end):
    office, place = await staged(program, sites)
    tiers = [
        {"level": 1, "name": "x", "sites": [sites[0]]},
        {"level": 2, "name": "y", "sites": sites[1:], "start": start, "end": end},
    ]

    answer = await office.put(f"{place}/tiers", json={"tiers": tiers}, headers=ANY)

    told = (await answer.json()).get("errors", [])
    assert (answer.status, [one["field"] for one in told]) == (422, ["tiers.1.end"])


async def test_agenda_page_shows_the_tiers(program, sites, client_for):
    _, place = await staged(program, sites)
    secretary = await client_for("secretary")

    text = await (await secretary.get(place.removeprefix("/api/v1") + "/agenda")).text()

    assert "Trung ương" in text
    assert "Văn phòng Chính phủ" in text


POINTS = {
    "items": [
        {"title": "Khai mạc", "minutes": 10},
        {"title": "Phần của Trung ương", "minutes": 20, "tier": 1},
        {"title": "Phần của tỉnh", "minutes": 30, "tier": 2},
        {"title": "Thảo luận ở xã", "minutes": 30, "tier": 3},
    ]
}
EVERYTHING = ["Khai mạc", "Phần của Trung ương", "Phần của tỉnh", "Thảo luận ở xã"]
OF_COMMUNES = ["Khai mạc", "Phần của tỉnh", "Thảo luận ở xã"]


async def test_points_and_segments_of_a_tier_are_shown_to_it(program, sites, conn):
    office, place = await staged(program, sites)
    relay = {"mode": "relay", "start": "2026-11-25T08:00:00+07:00",
             "end": "2026-11-25T09:00:00+07:00", "upstream": "Trung ương", "tier": 1}  # fmt: skip
    own = {"mode": "interactive", "start": relay["end"], "end": "2026-11-25T10:00:00+07:00"}
    await office.put(f"{place}/agenda", json=POINTS, headers=ANY)
    await office.put(f"{place}/segments", json={"segments": [relay, own]}, headers=ANY)
    codes = {key: site.unit_code for key, site in (await sites_by_ids(conn, sites)).items()}
    commune = await program("hall", unit=codes[sites[2]])

    found = []
    for client in (office, commune):
        agenda = await (await client.get(f"{place}/agenda")).json()
        parts = await (await client.get(f"{place}/segments")).json()
        calendar = await (await client.get(f"{place}.ics")).text()
        found.append(
            (
                [one["title"] for one in agenda["items"]],
                agenda["items"][-1]["start"],
                [one["tier"] for one in parts["segments"]],
                [title for title in EVERYTHING if title in calendar.replace("\r\n ", "")],
            )
        )

    assert found == [
        (EVERYTHING, "2026-11-25T02:00:00Z", [1, None], EVERYTHING),
        (OF_COMMUNES, "2026-11-25T02:00:00Z", [None], OF_COMMUNES),
    ]


async def test_copy_keeps_who_may_see_what(program, sites, conn):
    office, place = await staged(program, sites)
    await office.put(f"{place}/agenda", json=POINTS, headers=ANY)
    site = (await sites_by_ids(conn, sites))[sites[2]]
    commune = await program("hall", unit=site.unit_code)

    copy = await office.post(f"{place}/clone", json={"start": "2026-12-02T08:00:00+07:00"})
    kept = {"name": "Ba cấp", "conference": int(place.rpartition("/")[2])}
    template = await (await office.post("/api/v1/templates", json=kept)).json()
    again = {"start": "2026-12-03T08:00:00+07:00"}
    booked_again = await office.post(f"/api/v1/templates/{template['id']}/book", json=again)

    for answer in (copy, booked_again):
        assert answer.status == 201, await answer.text()
        made = f"{PATH}/{(await answer.json())['id']}"
        shown = await (await commune.get(f"{made}/agenda")).json()
        assert [one["title"] for one in shown["items"]] == OF_COMMUNES


async def test_page_suggests_and_saves_tiers(program, sites, client_for):
    office = await program("secretary", unit="11.vpubnd")
    body = await booked(office, sites)
    page, secretary = f"/conferences/{body['id']}/tiers", await client_for("secretary")
    form = [("version", "1"), ("name", ""), ("name", ""), ("name", "Xã")]
    form += [(f"site-{sites[0]}", "2")]

    suggested = await (await secretary.post(page, data=[*form, ("do", "suggest")])).text()
    wrong = await secretary.post(page, data=[*form, ("do", "save")])
    far = [*form, *[("down_to", "9")] * 2, ("do", "save")]
    deep = await (await secretary.post(page, data=far)).text()
    form[2] = ("name", "Tỉnh")
    form += [(f"site-{site}", "3") for site in sites[1:]]
    saved = await secretary.post(page, data=[*form, ("do", "save")], allow_redirects=False)
    kept = await (await office.get(f"{PATH}/{body['id']}/tiers")).json()
    shown = await (await secretary.get(f"/conferences/{body['id']}/agenda")).text()

    assert 'name="name" value="Tỉnh"' in suggested
    assert suggested.count('value="3" selected') == 2
    assert (wrong.status, 'id="name-2-wrong"' in await wrong.text()) == (422, True)
    assert 'id="down_to-2-wrong"' in deep
    assert saved.status == 303
    assert [(one["level"], one["name"], one["sites"]) for one in kept["tiers"]] == [
        (2, "Tỉnh", [sites[0]]), (3, "Xã", sorted(sites[1:])),
    ]  # fmt: skip
    assert 'name="tier"' in shown
