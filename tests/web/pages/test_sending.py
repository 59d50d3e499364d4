"""A form that is sent twice, by an impatient hand or a lost answer, is done once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from meetings.model import Role
from tests.makers import a_conference, a_person
from tests.web.pages.conftest import hidden_in
from web.formats import short_date

BLACK_OUT = {"from_day": "25/11/2099", "reason": "Sửa điện"}
CONTACT = {"contact_name": "Lò Văn A", "duty": "technician", "phone": "0215 3812 345"}
LINE = {"unit": "11", "name": "Kênh chung"}
LINK = {"name": "Dự thảo báo cáo", "url": "https://vanban.example/1"}
DEPUTY = {"role": "secretary", "unit": "11"}
GROUP = {"code": "cum-1", "name": "Cụm 1", "name_en": "", "below": "", "tags": "", "sites": "1"}
OFFICIAL = {"unit": "11", "title": "Chủ tịch HĐND", "name": "", "rank": "9"}
OFFICIAL |= {"valid_from": "", "valid_to": ""}
CHAIN = {"unit": "11", "kind": "", "role1": "leader", "over1": "11"}
DAY = {"day": "02/12/2026", "kind": "holiday", "name": "Nghỉ", "name_en": "Off", "source": "QĐ 1"}
OFFER = {"host": "11.vpubnd", "owner": "", "version": "1"}
TEST = {"date": "", "start": "8h", "end": "9h"}
CORRECTION = {"record": "1", "name": "Hội trường lớn", "phone": "", "reason": "Đổi tên"}


def week_of(deputy):
    """Return who is named for a week: the day it is when a form is sent may be the next one."""
    now = datetime.now(UTC)
    until = short_date(now + timedelta(days=7))
    return {"deputy": str(deputy.id), "from": short_date(now), "until": until}


@pytest.mark.parametrize(
    ("role", "page", "address", "fields", "table"),
    [
        ("secretary", "/sites/1", "/sites/1/black-outs", BLACK_OUT, "black_outs"),
        ("secretary", "/officials/1", "/officials/1/black-outs", BLACK_OUT, "black_outs"),
        ("secretary", "/lines/new", "/lines", LINE, "lines"),
        ("admin", "/units/03158", "/units/03158/contacts", CONTACT, "contacts"),
        ("secretary", "/conferences/1/documents", "/conferences/1/documents", LINK, "documents"),
        ("secretary", "/deputies", "/deputies", DEPUTY, "deputies"),
        ("admin", "/groups/new", "/groups", GROUP, "site_groups"),
        ("admin", "/officials/new", "/officials", OFFICIAL, "officials"),
        ("admin", "/approval-chains", "/approval-chains", CHAIN, "approval_chains"),
        ("admin", "/office-calendar", "/office-calendar/days", DAY, "calendar_days"),
        (
            "secretary",
            "/conferences/1/hand-over",
            "/conferences/1/hand-over",
            OFFER,
            "hand_overs",
        ),
        (
            "secretary",
            "/conferences/1/copy",
            "/conferences/1/copy/template",
            {"name": "Giao ban"},
            "templates",
        ),
        (
            "secretary",
            "/conferences/1/line-test",
            "/conferences/1/line-test",
            TEST,
            "conferences",
        ),
        (
            "secretary",
            "/corrections/new?kind=site&record=1",
            "/corrections",
            CORRECTION,
            "corrections",
        ),
    ],
)
async def test_form_sent_twice_is_done_once(
    client_for, conn, bridge, role, page, address, fields, table
):
    client = await client_for(role)
    await a_conference(conn, start=datetime.now(UTC) + timedelta(days=2))
    deputy = await a_person(conn, Role.TECHNICIAN)
    before = await conn.fetchval(f"SELECT count(*) FROM {table}")
    shown = await (await client.get(page)).text()
    start = shown.index(f'action="{address}"')
    hidden = hidden_in(shown[start : shown.index("</form>", start)])
    typed = fields | hidden | (week_of(deputy) if table == "deputies" else {})
    typed |= {"date": short_date(datetime.now(UTC) + timedelta(days=1))} if "date" in typed else {}

    answers = [await client.post(address, data=typed, allow_redirects=False) for _ in range(2)]

    texts = [await answer.text() for answer in answers]
    assert [answer.status for answer in answers] == [303, 303], texts[0]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert await conn.fetchval(f"SELECT count(*) FROM {table}") == before + 1


async def test_person_added_twice_is_added_once_and_both_times_the_same_link_is_shown(
    client_for, conn, bridge
):
    admin = await client_for("admin")
    shown = await (await admin.get("/people")).text()
    start = shown.index('action="/people"')
    hidden = hidden_in(shown[start : shown.index("</form>", start)])
    typed = {"name": "Lò Văn A", "login": "lo.a", "email": "", "role": "secretary", "unit": "11"}

    pages = [await (await admin.post("/people", data=typed | hidden)).text() for _ in range(2)]

    links = [re.findall(r'value="([^"]*/welcome/[^"]+)"', page) for page in pages]
    kept = await conn.fetchval("SELECT string_agg(body, '') FROM idempotency")
    assert (len(links[0]), links[0]) == (1, links[1])
    assert links[0][0].rpartition("/")[2] not in kept
    assert await conn.fetchval("SELECT count(*) FROM people WHERE login = 'lo.a'") == 1
