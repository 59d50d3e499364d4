"""A form that is sent twice, by an impatient hand or a lost answer, is done once."""

from __future__ import annotations

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

    answers = [await client.post(address, data=typed, allow_redirects=False) for _ in range(2)]

    texts = [await answer.text() for answer in answers]
    assert [answer.status for answer in answers] == [303, 303], texts[0]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert await conn.fetchval(f"SELECT count(*) FROM {table}") == before + 1
