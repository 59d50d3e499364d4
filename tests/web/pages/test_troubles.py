"""What is wrong with agenda and tiers is told above the form, with links to the fields."""

from __future__ import annotations

import gettext
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from meetings.scheduling.booking import cancel
from tests.makers import a_conference
from tests.web.pages.conftest import hidden_in
from web.pages.troubles import AGENDA, TIERS, trouble
from web.wording.speech import Speech

LINK = re.compile(r'<li><a href="#([\w-]+)">([^<]*)</a></li>')


ENGLISH = Speech("en", gettext.NullTranslations())


def of(place, rows):
    found = trouble(place, "x", rows, ENGLISH, whole="all")
    return (found.place, found.where)


def test_places_lead_to_fields_or_else_to_rows():
    assert [
        of(place, AGENDA)
        for place in (
            "items.1.title",
            "items.0.presenter_id",
            "items.2.tier",
            "segments.0.end",
            "x",
        )
    ] == [
        ("title-1", "Point 2"),
        ("presenter-0", "Point 1"),
        ("point-2", "Point 3"),
        ("part_to-0", "Part 1"),
        ("all", ""),
    ]
    assert [of(place, TIERS) for place in ("tiers.2.end", "tiers.3.sites.0", "tiers")] == [
        ("until-2", "Level 2"),
        ("level-3", "Level 3"),
        ("all", ""),
    ]


async def told(client, path, **fields):
    """Return the links of a form that was refused, and which of them lead nowhere."""
    answer = await client.post(path, data={"do": "save", **fields})
    text = await answer.text()
    links = [(place, unescape(words)) for place, words in LINK.findall(text)]
    assert answer.status == 422
    return links, [place for place, _ in links if f'id="{place}"' not in text]


async def test_what_is_wrong_is_linked_to_its_field(client_for, conn, bridge):
    secretary = await client_for("secretary")
    held = await a_conference(conn, start=datetime.now(UTC) + timedelta(days=2))
    page = f"/conferences/{held.id}"

    agenda, lost = await told(
        secretary,
        f"{page}/agenda",
        version=str(held.version),
        title=["", "Khai mạc"],
        minutes=["10", "lâu"],
        part_mode=["relay"],
        part_from=["8h"],
        part_to=["x"],
    )
    tiers, gone = await told(
        secretary, f"{page}/tiers", version=str(held.version), name=["", ""], host=["", "Tỉnh"]
    )

    assert (lost, gone) == ([], [])
    assert sorted((place, words.partition(":")[0]) for place, words in agenda) == [
        ("minutes-1", "Nội dung 2"),
        ("part_to-0", "Phần 1"),
        ("title-0", "Nội dung 1"),
    ]
    assert [(place, words.partition(":")[0]) for place, words in tiers] == [("name-2", "Cấp 2")]


@pytest.mark.parametrize(
    ("what", "mine", "theirs", "slip"),
    [
        (
            "agenda",
            {"title": "Tên tôi đặt", "minutes": "10"},
            {"title": "Khai mạc", "minutes": "10"},
            {"do": "add-row"},
        ),
        ("tiers", {"name": ["", "Tên tôi đặt"]}, {"name": ["", "Cấp tỉnh"]}, {"do": "suggest"}),
        (
            "upstream",
            {"name": "Tên tôi đặt", "address": "sip:a@b.vn"},
            {"name": "Chính phủ", "address": "sip:c@d.vn"},
            {"address": ""},
        ),
    ],
)
async def test_what_somebody_else_saved_meanwhile_is_not_overlooked(
    client_for, conn, bridge, what, mine, theirs, slip
):
    secretary = await client_for("secretary")
    held = await a_conference(conn, start=datetime.now(UTC) + timedelta(days=2))
    page = f"/conferences/{held.id}/{what}"
    hall = {"relay_site": str(held.sites[0]), f"site-{held.sites[0]}": "2"}
    form = {"do": "save", "version": str(held.version)} | hall

    await secretary.post(page, data=form | theirs)
    drawn = await (await secretary.post(page, data=form | mine | slip)).text()
    stale = await secretary.post(page, data=form | mine)
    text = await stale.text()
    again = form | mine | {"version": hidden_in(text)["version"]}
    saved = await secretary.post(page, data=again, allow_redirects=False)

    assert hidden_in(drawn)["version"] == str(held.version)
    assert (stale.status, 'value="Tên tôi đặt"' in text) == (412, True)
    assert "người khác đã sửa nội dung này" in text
    assert saved.status == 303


async def test_what_can_be_planned_no_more_is_told_with_the_way_out(client_for, conn, bridge):
    secretary = await client_for("secretary")
    held = await a_conference(conn, start=datetime.now(UTC) + timedelta(days=2))
    page, told = f"/conferences/{held.id}", "Hội nghị đã hủy: nếu vẫn muốn họp"
    async with conn.transaction():
        now = datetime.now(UTC)
        await cancel(conn, held.id, reason="Hoãn", version=None, by="program:test", now=now)
    relayed = {"name": "Chính phủ", "address": "sip:c@d.vn", "relay_site": str(held.main_site)}

    answers = [
        await secretary.post(f"{page}/{what}", data={"version": "2", "do": "save"} | fields)
        for what, fields in (
            ("agenda", {"title": "Khai mạc", "minutes": "10"}),
            ("tiers", {"name": ["", "Cấp tỉnh"], f"site-{held.main_site}": "2"}),
            ("upstream", relayed),
            ("documents", {"name": "Giấy mời", "url": "https://vanban.example.vn/1", "key": "k"}),
        )
    ]

    assert [(one.status, told in await one.text()) for one in answers] == [(422, True)] * 4
