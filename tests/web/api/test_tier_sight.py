"""Of several tiers a commune reads its own halls, those of the next tier above, and a count."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st

from meetings.content.tier_rules import (
    TOP,
    Tier,
    hidden_halls,
    level_of,
    levels_of_readers,
    sees_tier,
)
from meetings.directory.finding import sites_by_ids
from meetings.letters.inviting import tell_invited
from meetings.model import SiteId
from tests.web.api.conftest import NOW, booked

PATH = "/api/v1/conferences"
ANY = {"If-Match": "*"}
WEEK = "/schedule/weekly.xlsx?on=2026-11-25"
ADDRESS = "UPDATE people SET email = 'xa@example.gov.vn' WHERE unit_id = $1"
LETTERS = "SELECT payload->>'calendar' AS calendar FROM outbox WHERE recipient = $1"


PLACES = st.dictionaries(st.integers(1, 12), st.integers(0, 5), max_size=12)
PATHS = st.dictionaries(st.integers(1, 12), st.sets(st.integers(1, 9)), max_size=12)
READERS = st.dictionaries(st.integers(1, 9), st.sets(st.integers(1, 9)), max_size=5)


@given(PLACES, st.sets(st.integers(1, 12)))
def test_halls_of_the_own_tier_those_below_and_the_next_above_are_named(placed, own):
    tiers = tiers_of(placed)
    level = level_of(tiers, [SiteId(hall) for hall in own])

    hidden = hidden_halls(level, tiers)

    assert hidden == {hall for hall, tier in placed.items() if tier and tier < level - 1}
    assert hidden.isdisjoint(own)
    assert hidden_halls(TOP, tiers) == frozenset()
    assert all(sees_tier(level, tier) or hall in hidden for hall, tier in placed.items() if tier)


@given(PLACES, PATHS, st.sets(st.integers(1, 9), max_size=3), READERS)
def test_who_reads_over_several_units_stands_as_high_as_any_hall_below_them(
    placed, paths, host, readers
):
    tiers = tiers_of(placed)

    levels = levels_of_readers(tiers, host, paths, readers)

    assert levels == {
        person: TOP
        if units & host
        else level_of(tiers, {hall for hall, path in paths.items() if units & path})
        for person, units in readers.items()
    }


def tiers_of(placed):
    return [
        Tier(
            level=level,
            name="",
            sites=frozenset(SiteId(hall) for hall, tier in placed.items() if tier == level),
            papers_down_to=level,
        )
        for level in sorted(set(placed.values()) - {0})
    ]


async def staged(program, sites):
    """Book for three tiers, led from the highest; then a relay, a line test, and a change."""
    office = await program("secretary", unit="11.vpubnd")
    body = await booked(office, sites, main_site=sites[1])
    place = f"{PATH}/{body['id']}"
    tiers = [{"level": 1 + n, "name": f"Cấp {n}", "sites": [hall]} for n, hall in enumerate(sites)]
    relay = {"name": "Chính phủ", "address": "sip:tw@vp.example", "relay_site": sites[0]}
    answers = [
        await office.put(f"{place}/tiers", json={"tiers": tiers}, headers=ANY),
        await office.put(f"{place}/upstream", json=relay, headers=ANY),
        await office.post(f"{place}/line-test"),
        await office.patch(place, json={"main_site": sites[0]}, headers=ANY),
    ]
    assert [answer.status for answer in answers] == [200, 200, 201, 200]
    return office, place


async def read(client, address):
    answer = await client.get(address)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def halls_in(client, place, first):
    """Return which halls every answer of the API names."""
    test = await read(client, f"{place}/line-test")
    conference = await read(client, place)
    listed = (await read(client, PATH))["items"]
    changes = [
        change
        for version in (await read(client, f"{place}/history"))["items"]
        for change in version["changes"]
        if change["field"] == "main_site"
    ]
    month = "from=2026-11-20T00:00:00Z&to=2026-12-10T00:00:00Z"
    held = (await read(client, f"/api/v1/schedule?{month}"))["items"]
    at_first = (await read(client, f"/api/v1/schedule?{month}&site={first}"))["items"]
    wanted = {"sites": [first], "start": conference["start"], "end": conference["end"]}
    asked = await (await client.post("/api/v1/free-times", json=wanted)).json()
    return {
        "conference": (conference["main_site"], conference["sites"], conference["halls"]),
        "list": {(one["main_site"], *one["sites"]) for one in listed},
        "of the first hall": len((await read(client, f"{PATH}?site={first}"))["items"]),
        "line test": (sorted(one["site"] for one in test["results"]), test["sites"]),
        "its conference": (await read(client, f"{PATH}/{test['conference']}"))["sites"],
        "history": [(one["before"], one["after"]) for one in changes],
        "relay": (await read(client, f"{place}/upstream"))["relay_site"],
        "schedule": {(one["title"] is not None, *one["sites"]) for one in held},
        "schedule of the first hall": {(one["title"], one["conference"]) for one in at_first},
        "free times": {one["title"] for item in asked["items"] for one in item["held"]},
    }


async def test_programs_are_told_the_halls_of_tiers_they_see(program, sites, conn):
    first, second, third = sites = sorted(sites)
    office, place = await staged(program, sites)
    codes = {key: site.unit_code for key, site in (await sites_by_ids(conn, sites)).items()}
    province = await program("secretary", unit=codes[second])
    commune = await program("secretary", unit=codes[third])
    test = (await read(office, f"{place}/line-test"))["conference"]
    title = (await read(office, f"{PATH}/{test}"))["title"]
    of_first = {("Họp giao ban tháng 11", int(place.rpartition("/")[2])), (title, test)}
    everything = {
        "conference": (first, sites, 3),
        "list": {(first, *sites), (second, *sites)},
        "of the first hall": 2,
        "line test": (sites, 3),
        "its conference": sites,
        "history": [(str(second), str(first))],
        "relay": first,
        "schedule": {(True, *sites)},
        "schedule of the first hall": of_first,
        "free times": {"Họp giao ban tháng 11"},
    }
    below = {
        "conference": (None, [second, third], 3),
        "list": {(None, second, third), (second, second, third)},
        "of the first hall": 0,
        "line test": ([second, third], 3),
        "its conference": [second, third],
        "history": [(str(second), "")],
        "relay": None,
        "schedule": {(True, second, third), (False, first)},
        "schedule of the first hall": {(None, None)},
        "free times": {""},
    }

    assert await halls_in(office, place, first) == everything
    assert await halls_in(province, place, first) == everything
    assert await halls_in(commune, place, first) == below


async def test_pages_files_feeds_and_letters_name_the_same_halls(program, sites, conn, client_for):
    _, place = await staged(program, sites)
    found = await sites_by_ids(conn, sites)
    unnamed, above, own = (found[site] for site in sites)
    commune = await client_for("secretary", unit=own.unit_code)
    await conn.execute(ADDRESS, own.unit_id)
    async with conn.transaction():
        await tell_invited(conn, NOW + timedelta(minutes=5))
    page, list_page = place.removeprefix("/api/v1"), await text(commune, "/conferences")
    (feed,) = set(re.findall(r"/calendar/[^\"' <]+\.ics", list_page))

    told = {
        address: await text(commune, address)
        for address in (
            page, f"{page}.ics", f"{place}.ics", f"{page}/sheet", f"{page}/sheet.csv", "/", feed,
            f"{page}/history", f"{page}/line-test", f"{page}/agenda", f"{page}/sheet.xlsx", WEEK,
        )
    }  # fmt: skip
    letters = await conn.fetch(LETTERS, "xa@example.gov.vn")
    told |= {f"letter {at}": row["calendar"] for at, row in enumerate(letters)}

    assert {name for name, words in told.items() if unnamed.label in words} == set()
    named = {name for name, words in told.items() if above.label in words and own.label in words}
    assert named == told.keys() - {"/", f"{page}/history", f"{page}/agenda"}
    assert "Điểm cầu của cấp khác" in told[page]
    assert await by_hall(commune, page, unnamed.id, own.id) == (False, True)


async def by_hall(client, page, *halls):
    """Return for each hall whether the grid of halls leads from it to the conference."""
    words = await text(client, "/schedule/halls?on=2026-11-25")
    rows = re.split(r"(?=<tr)", words)
    return tuple(any(f'"/sites/{hall}"' in row and page in row for row in rows) for hall in halls)


async def text(client, address):
    answer = await client.get(address)
    assert answer.status == 200, address
    if not address.partition("?")[0].endswith(".xlsx"):
        return (await answer.text()).replace("\r\n ", "")
    with ZipFile(BytesIO(await answer.read())) as book:
        return "".join(book.read(part).decode() for part in book.namelist())
