"""The judge of histories sees what it is there to see."""

from __future__ import annotations

from tests.faults.history import (
    CONFLICT,
    CREATED,
    Call,
    contradictions,
    impossible_reasons,
    impossible_rivals,
)
from tests.makers import a_conference, a_directory, a_wish

EIGHT, NINE, TEN = (f"2027-03-01T{hour}:00:00Z" for hour in ("08", "09", "10"))


def a_call(key: str, *sites: int, start: str = EIGHT, end: str = TEN, **more: object) -> Call:
    return Call(key=key, sites=frozenset(sites), start=start, end=end, **more)  # type: ignore[arg-type]  # makers pass on


def refused(holder: Call, *, asked: float, done: float, site: int = 1, start: str = EIGHT) -> Call:
    rival = {"conference": 7, "site": site, "start": start, "end": holder.end}
    return a_call(
        "late", 1, 2, start=NINE, end=TEN, asked=asked, done=done, status=CONFLICT,
        body={"rivals": [rival]},
    )  # fmt: skip


def test_a_refusal_is_believed_only_when_its_rival_could_stand_then():
    holder = a_call("first", 1, begun=1, done=2, status=CREATED, body={"id": 7})
    holder.cancel = a_call("off", 1, begun=5, done=6)

    def wrong(call: Call) -> int:
        return len(impossible_rivals([holder, call]))

    assert wrong(refused(holder, asked=3, done=4)) == 0
    assert wrong(refused(holder, asked=5.5, done=9)) == 0
    assert wrong(refused(holder, asked=0, done=0.5)) == 1
    assert wrong(refused(holder, asked=7, done=8)) == 1
    assert wrong(refused(holder, asked=3, done=4, site=2)) == 1
    assert wrong(refused(holder, asked=3, done=4, start=NINE)) == 1


def test_a_reason_is_believed_only_when_its_holder_held_that():
    holder = a_call("first", 1, begun=1, done=2, status=CREATED, body={"id": 7}, chair=4)
    lines = {1: 9, 2: 9}

    def wrong(kind: str, number: int, *, chair: int | None, sites: tuple[int, ...] = (2,)) -> int:
        reason = {
            "holder": {"id": 7},
            "subjects": [{"kind": kind, "id": number}],
            "start": EIGHT,
            "end": TEN,
        }
        late = a_call(
            "late", *sites, start=NINE, end=TEN, chair=chair, asked=3, done=4, status=CONFLICT,
            body={"reasons": [reason]},
        )  # fmt: skip
        return len(impossible_reasons([holder, late], lines))

    assert wrong("official", 4, chair=4) == 0
    assert wrong("official", 4, chair=5) == 1
    assert wrong("line", 9, chair=None) == 0
    assert wrong("line", 9, chair=None, sites=(3,)) == 1
    assert wrong("site", 2, chair=4) == 1


async def test_lost_unasked_and_half_done_bookings_are_seen(conn, owner):
    await a_directory(conn)
    lost = a_call("lost", 1, status=CREATED, body={"id": 999})
    found = await a_conference(conn, title="unasked", now=None)
    await a_wish(conn)

    said = await contradictions(conn, [lost])

    assert said[0] == "lost was told 999, there is []"
    assert said[1] == "nobody asked for unasked"
    assert said[2].startswith("audit differs")
    assert found.title == "unasked"


async def test_overlaps_are_seen(conn, owner):
    await a_directory(conn)
    first = await a_conference(conn, sites=2)
    second = await a_conference(conn, sites=2, start=first.period.end)
    await owner.execute("ALTER TABLE holds DROP CONSTRAINT site_free")

    await owner.execute(
        "UPDATE holds SET during = tstzrange($2, $3) WHERE conference_id = $1",
        second.id, first.period.start, first.period.end,
    )  # fmt: skip

    assert (await contradictions(conn, []))[0] == "2 overlaps"
