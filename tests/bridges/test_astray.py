"""Calls of a bridge's Prosody to addresses where nothing is: whose they are, how few are kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bridges.inspection.brought import judge_strays
from bridges.inspection.listening import STALE
from bridges.receiving.astray import Marks, Setting, Stray, Strays, setting_of, stray_of
from bridges.store.strays import list_strays, save_seen
from tests.bridges.makers import a_bridge
from tests.bridges.receiving import receiving
from tests.makers import a_directory
from web.upkeep import tidy
from web.wording.check_words import told
from web.wording.mend_words import mend

NOON = datetime(2026, 11, 30, 5, tzinfo=UTC)
PROSODY = "Prosody (13.0.1; posix)"
HASH = "0" * 64


def looked_at(
    url: str = "x:8080/bridges/lab/conference",
    *,
    method: str = "POST",
    agent: str = PROSODY,
    by_secret: tuple[str, ...] = (),
    by_address: tuple[str, ...] = (),
    at: datetime = NOON,
) -> Stray | None:
    marks = Marks(agent=agent, by_secret=by_secret, by_address=by_address)
    return stray_of(method, url, marks, bridges={"lab", "other"}, at=at, address="10.1.0.4")


def seen(*told: str, **marks: Any) -> Stray:
    stray = looked_at(*told, **marks)
    assert stray is not None
    return stray


@pytest.mark.parametrize(
    ("method", "path", "setting"),
    [
        ("POST", "/bridges/lab/conference", Setting.RESERVATIONS),
        ("POST", "//conference", Setting.RESERVATIONS),
        ("DELETE", "/x/conference/r-123", Setting.RESERVATIONS),
        ("GET", "/x/conference/r-123", Setting.RESERVATIONS),
        ("POST", "/bridges/lab/events/room/created", Setting.EVENTS),
        ("POST", "/events/occupant/left", Setting.EVENTS),
        ("GET", "/events/occupant/left", Setting.NONE),
        ("POST", "/events/room/painted", Setting.NONE),
        ("GET", "/bridges/lab/acces/access", Setting.ACCESS),
        ("GET", f"/keys/{HASH}.pem", Setting.KEYS),
        ("GET", "/keys/jwks.json", Setting.ALL_KEYS),
        ("GET", "/favicon.ico", Setting.NONE),
    ],
)
def test_a_path_tells_by_its_end_which_setting_sent_it(method, path, setting):
    assert setting_of(method, path) is setting


def test_an_address_that_anybody_may_have_sent_is_kept_as_plain_text():
    marks = Marks(agent="Prosody", by_secret=(), by_address=())

    stray = stray_of("GET", "x/conference", marks, bridges=set(), at=NOON, address="10.\0\n")

    assert stray is not None
    assert stray.address == "10.??"


@pytest.mark.parametrize(
    ("stray", "bridge", "sure"),
    [
        (seen(by_secret=("other",)), "other", True),
        (seen(by_address=("lab", "other")), "lab", True),
        (seen(by_address=("other",)), "lab", False),
        (seen(), "lab", False),
        (seen("x/conference", by_address=("other",)), "other", True),
        (seen("x/conference", by_address=("lab", "other")), "", False),
        (seen("x/conference"), "", False),
        (seen("x/nowhere"), "", False),
        (seen(agent="curl"), "lab", False),
        (seen("x/conference", agent="curl", by_address=("lab",)), "lab", True),
        (seen("x/conference", agent="curl", by_secret=("lab",)), "lab", True),
    ],
)
def test_secret_then_path_then_address_tell_whose_a_call_is(stray, bridge, sure):
    assert (stray.bridge, stray.sure) == (bridge, sure)


@pytest.mark.parametrize(
    "stray",
    [
        looked_at("x/wp-login.php", agent="Mozilla/5.0"),
        looked_at("x/conference", agent="Mozilla/5.0"),
        looked_at("x/wp-login.php", agent="Mozilla/5.0", by_address=("lab",)),
        looked_at("x/bridges/nobody/conference", agent="Mozilla/5.0"),
    ],
)
def test_a_strangers_request_is_nothing(stray):
    assert stray is None


def test_of_a_flood_one_call_a_setting_is_kept_and_a_stranger_displaces_none_of_a_bridges():
    strays = Strays()
    sure = seen(by_secret=("lab",))
    strays.note(sure)
    for number in range(1000):
        strays.note(seen(f"x/{number}/bridges/lab/conference"))
        strays.note(seen(f"x/{number}/conference"))

    kept = strays.unwritten().strays
    assert set(kept) == {("lab", Setting.RESERVATIONS), ("", Setting.RESERVATIONS)}
    assert kept["lab", Setting.RESERVATIONS] is sure
    assert kept["", Setting.RESERVATIONS].url == "x/999/conference"


def test_what_is_shown_of_a_path_is_short_and_harmless():
    stray = seen("x/bridges/lab/\x1b[31m" + "ô" * 500 + "/conference")

    assert stray.url == "x/bridges/lab/?[31m" + "?" * 181
    assert len(stray.url) == 200


@pytest.mark.parametrize(
    ("stray", "code", "verdict"),
    [
        (seen(by_secret=("lab",)), "astray-setting", "bad"),
        (seen(), "astray-setting", "note"),
        (
            seen("hop.vn/bridges/lab/reservations/conference", by_secret=("lab",)),
            "astray-proxy",
            "bad",
        ),
        (seen("x/bridges/lab", by_secret=("lab",)), "astray-odd", "note"),
        (seen("x/conference"), "astray-nobodys", "note"),
    ],
)
def test_a_check_says_what_came_and_what_it_should_be(stray, code, verdict):
    right = {Setting.RESERVATIONS: "https://hop.vn/bridges/lab/reservations"}

    (answer,) = judge_strays([stray], right)

    assert (answer.code, answer.verdict.value) == (code, verdict)
    sentence, values = told(answer)
    assert f"POST {stray.url}" in sentence % values
    assert ("12:00 30/11/2026" in sentence % values, bool(mend(answer))) == (True, True)


async def test_only_the_last_call_is_stored_until_one_comes_right(conn):
    strays = Strays()
    for stray in (
        seen(by_secret=("lab",)),
        seen(at=NOON + timedelta(minutes=1)),
        seen("x/events/room/created", by_secret=("lab",)),
        seen("x/conference", by_secret=("other",)),
    ):
        strays.note(stray)
        await save_seen(conn, strays.unwritten())
        strays.forget(strays.unwritten())
    first = await list_strays(conn, "lab", NOON - timedelta(days=1))

    strays.came_right("lab", Setting.RESERVATIONS, NOON + timedelta(seconds=1))
    await save_seen(conn, strays.unwritten())
    second = await list_strays(conn, "lab", NOON - timedelta(days=1))

    assert [(one.setting, one.sure, one.at) for one in first] == [
        (Setting.EVENTS, True, NOON),
        (Setting.RESERVATIONS, True, NOON),
    ]
    assert [one.setting for one in second] == [Setting.EVENTS]
    assert await list_strays(conn, "lab", NOON) == []


async def test_what_nobody_mends_is_forgotten_after_a_week(conn):
    strays = Strays()
    strays.note(seen("x/conference"))
    strays.note(seen(by_secret=("lab",)))
    strays.note(seen("x/events/room/created", by_secret=("lab",), at=NOON + timedelta(days=1)))
    await save_seen(conn, strays.unwritten())

    await tidy(conn, NOON + STALE + timedelta(seconds=1))

    (left,) = await list_strays(conn, "lab", NOON - timedelta(days=1))
    assert left.setting is Setting.EVENTS


def posted(path: str, *, secret: str, agent: str = PROSODY) -> bytes:
    return (
        f"POST {path}?token=hidden HTTP/1.1\r\nHost: x:8081\r\nUser-Agent: {agent}\r\n"
        f"Authorization: Bearer {secret}\r\nContent-Length: 1000000\r\n\r\n"
    ).encode()


async def test_a_receiver_tells_of_calls_that_are_not_its_own(conn, database, tmp_path):
    """The million bytes announced never come: nobody waits for what is not kept."""
    await a_directory(conn)
    await a_bridge(conn, prosody_url="http://127.0.0.1:9")
    since = datetime.now(UTC) - timedelta(minutes=1)
    async with receiving(tmp_path, database=database) as receiver:
        while await receiver.post("room/created", b"{}", secret="wrong") != 401:
            await asyncio.sleep(0.05)
        for path in ("/bridges/lab/reservations/conference", "/events/room/made"):
            answered = await receiver.raw(posted(path, secret="some-secret"))
            assert answered[0] == 404
        while len(strays := await list_strays(conn, "lab", since)) < 2:
            await asyncio.sleep(0.05)

    assert [(one.setting, one.url, one.sure) for one in strays] == [
        (Setting.NONE, "x:8081/events/room/made", True),
        (Setting.RESERVATIONS, "x:8081/bridges/lab/reservations/conference", True),
    ]
    row = await conn.fetch("SELECT s::text FROM strays s")
    assert "hidden" not in str(row)
    assert "some-secret" not in str(row)
