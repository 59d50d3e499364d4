"""Links on their page: shown and audited, printed, made anew, taken back."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.web.pages.conftest import a_form

LINK = re.compile(r'value="(http://127\.0\.0\.1:8080/j/[\w-]{24})"')
LOOKS = "SELECT count(*) FROM audit WHERE action = 'links.show'"


@pytest.fixture
async def place(secretary):
    data = a_form(groups=[], sites=["1", "2", "3"])
    answer = await secretary.post("/conferences/new", data=data, allow_redirects=False)
    return answer.headers["Location"].partition("?")[0]


async def links_of(client, place):
    return LINK.findall(await (await client.get(f"{place}/links")).text())


async def test_every_hall_has_a_link_of_its_own(secretary, place):
    links = await links_of(secretary, place)

    assert (len(links), len(set(links))) == (3, 3)


async def test_looking_at_links_is_audited(secretary, place, conn):
    await links_of(secretary, place)

    assert await conn.fetchval(LOOKS) == 1


async def test_qr_sheet_draws_a_code_for_each_hall(secretary, place):
    text = await (await secretary.get(f"{place}/links/qr")).text()

    assert text.count("<svg") == 3
    assert "style=" not in text


async def test_csv_names_each_hall_with_its_link(secretary, place):
    links = await links_of(secretary, place)

    answer = await secretary.get(f"{place}/links.csv")

    rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == links


async def test_new_link_replaces_one_hall_only(secretary, place):
    before = await links_of(secretary, place)
    page = await (await secretary.get(f"{place}/links")).text()
    site = re.findall(r'name="site" value="(\d+)"', page)[0]

    await secretary.post(f"{place}/links/reset", data={"site": site})

    after = await links_of(secretary, place)
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, True]


async def test_revoked_link_is_no_longer_shown(secretary, place):
    page = await (await secretary.get(f"{place}/links")).text()
    site = re.findall(r'name="site" value="(\d+)"', page)[0]

    answer = await secretary.post(f"{place}/links/revoke", data={"site": site})

    assert len(LINK.findall(await answer.text())) == 2


async def test_links_are_for_those_who_act_for_the_host(client_for, place):
    neighbour = await client_for("secretary", unit="03158")

    assert (await neighbour.get(f"{place}/links")).status == 404
