"""Calling a number into a live room from a page, and how callers come in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.store.actions import list_actions
from tests.web.pages.test_leading import live, on_jitsi
from web.rooms.dialling import read_number

__all__ = ["live", "on_jitsi"]


async def became(conn, conference) -> list[tuple[str, str, str]]:
    found = await list_actions(conn, conference.id)
    return [(one.action.value, one.subject, one.state.value) for one in found]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" 0215 3825.111 ", "02153825111"),
        ("+84 (912) 345-678", "+84912345678"),
        ("113", "113"),
        ("11", ""),
        ("1" * 21, ""),
        ("٠١٢٣", ""),
        ("0215;ext=1", ""),
        ("++84912", ""),
        ("", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, number):
    assert read_number(typed) == number


@given(st.text())
def test_whatever_is_read_is_a_number_for_a_gateway(typed):
    found = read_number(typed)

    assert found == "" or re.fullmatch(r"\+?[0-9]{3,20}", found)


async def test_a_call_is_asked_once_and_its_state_is_shown(client_for, conn, on_jitsi):
    client = await client_for("technician")
    path = f"/conferences/{on_jitsi.id}/control/dial"

    await client.post(path, data={"number": "0215 3825 111"})
    answer = await client.post(path, data={"number": "02153825111"})

    assert await became(conn, on_jitsi) == [("dial-out", "02153825111", "asked")]
    text = await answer.text()
    assert "Gọi một số điện thoại vào phòng (02153825111): đã yêu cầu" in text
    assert "Đã yêu cầu gọi." in text


async def test_what_is_no_number_is_named_and_stays_as_typed(client_for, conn, on_jitsi):
    client = await client_for("secretary")

    answer = await client.post(
        f"/conferences/{on_jitsi.id}/control/dial", data={"number": "họp <b>"}
    )

    text = await answer.text()
    assert answer.status == 422
    assert "Xin nhập số điện thoại từ 3 đến 20 chữ số." in text
    assert 'value="họp &lt;b&gt;"' in text
    assert await became(conn, on_jitsi) == []


async def test_the_trial_bridge_says_that_it_cannot_call(client_for, conn, live):
    client = await client_for("secretary")
    path = f"/conferences/{live.id}/control/dial"

    text = await (await client.get(path)).text()
    answer = await client.post(path, data={"number": "113"})

    assert "Cầu thử nghiệm không làm được việc này." in text
    assert 'name="number"' not in text
    assert answer.status == 409
    assert await became(conn, live) == []


async def test_nobody_is_called_into_a_room_that_is_not_open(client_for, conn, on_jitsi):
    client = await client_for("technician")
    path = f"/conferences/{on_jitsi.id}/control/dial"
    await conn.execute(
        "UPDATE rooms SET opens_at = opens_at + interval '1 day',"
        " ends_at = ends_at + interval '1 day',"
        " closes_at = closes_at + interval '1 day'"
    )

    page = await (await client.get(path)).text()
    answer = await client.post(path, data={"number": "113"})

    assert "Phòng họp không mở." in page
    assert answer.status == 409
    assert await became(conn, on_jitsi) == []
