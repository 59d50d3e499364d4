"""Events refused from a bridge's own address: held back, told of, replayed; strangers' are not."""

import asyncio
import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from http import HTTPStatus

import pytest

from bridges.errors import BridgeNotFound, SpoolFull
from bridges.inspection.brought import judge_held
from bridges.jitsi.replies import Verdict as Found
from bridges.model import Move, MoveReason
from bridges.receiving.callers import Caller, Digest, as_told, networks_of, read_callers
from bridges.receiving.digests import FILE, Digests
from bridges.receiving.feeding import Feeder, lag_of
from bridges.receiving.handling import Receiver, outcome
from bridges.receiving.heads import parse_head
from bridges.receiving.held import Held, Pile, Why
from bridges.receiving.holding import (
    DISCARD,
    REPLAY,
    give_order,
    held_back,
    letter,
    orders_for,
    progress_of,
    tell_held,
)
from bridges.receiving.owners import owners_of
from bridges.receiving.posts import Keep, Known, Verdict, decide, late
from bridges.receiving.quarantine import LARGEST_BYTES, Count, Quarantine
from bridges.registered.addresses import Addresses
from bridges.registered.registry import TRIAL
from bridges.spooling.envelopes import record, unseal
from bridges.spooling.places import Batch, Place
from bridges.spooling.spool import BATCH, Spool
from bridges.store.moves import insert_move
from bridges.store.quarantine import Report, save_report
from bridges.store.secrets import Sender
from meetings.model import Role
from meetings.outbox import claim
from tests.bridges.makers import a_bridge, a_room
from tests.bridges.receiving import Receiving, receiving, spooled
from tests.makers import a_directory, a_person
from web.wording.check_words import TOLD
from web.wording.mend_words import mend

EVENT = json.dumps({"room_name": "r-1234567", "created_at": 1795462682}).encode()
HEAD = b"POST /bridges/lab/events/room/created HTTP/1.1\r\nAuthorization: Bearer %s"
LAB = Caller(
    digests=(Digest(value=bytes(32)),), networks=networks_of(["10.1.0.0/16", "2001:db8::/32"])
)
OTHER = Caller(
    digests=(Digest(value=sha256(b"other-events").digest()),),
    networks=networks_of(["10.1.9.0/24", "10.3.0.0/16"]),
)
NEIGHBOURS = Known(callers={"lab": LAB, "other": OTHER})


@pytest.mark.parametrize(
    ("peer", "keep"),
    [
        ("10.1.2.3", Keep.WRONG_SECRET),
        ("2001:db8::7", Keep.WRONG_SECRET),
        ("::ffff:10.1.2.3", Keep.WRONG_SECRET),
        ("::ffff:10.2.0.1", Keep.NOTHING),
        ("10.2.0.1", Keep.NOTHING),
        ("nonsense", Keep.NOTHING),
    ],
)
def test_only_a_bridges_own_address_is_worth_keeping(peer, keep):
    verdict = decide(parse_head(HEAD % b"x"), EVENT, Known(callers={"lab": LAB}), peer=peer, now=0)

    assert (verdict.status, verdict.keep) == (401, keep)


@pytest.mark.parametrize(
    ("peer", "secret", "keep", "bridge"),
    [
        ("10.1.2.3", b"x", Keep.WRONG_ADDRESS, "lab"),
        ("10.1.9.9", b"x", Keep.NOBODYS, "lab,other"),
        ("10.1.9.9", b"other-events", Keep.WRONG_ADDRESS, "other"),
        ("10.2.0.1", b"x", Keep.NOTHING, ""),
    ],
)
def test_what_went_astray_is_kept_where_secret_or_address_tells_whose_it_is(
    peer, secret, keep, bridge
):
    head = parse_head(HEAD.replace(b"/lab/", b"/lba/") % secret)

    verdict = decide(head, EVENT, NEIGHBOURS, peer=peer, now=0)

    assert (verdict.status, verdict.keep, verdict.whose) == (404, keep, bridge)


@pytest.mark.parametrize(
    ("peer", "secret", "keep", "bridge"),
    [
        ("10.1.9.9", b"other-events", Keep.WRONG_ADDRESS, "other"),
        ("10.1.2.3", b"other-events", Keep.WRONG_ADDRESS, "other"),
        ("10.3.0.1", b"x", Keep.WRONG_ADDRESS, "other"),
        ("10.1.9.9", b"x", Keep.WRONG_SECRET, "lab"),
        ("10.2.0.1", b"x", Keep.NOTHING, "lab"),
    ],
)
def test_what_was_posted_to_another_bridges_address_is_kept_for_its_own(peer, secret, keep, bridge):
    head = parse_head(HEAD % secret)

    verdict = decide(head, EVENT, NEIGHBOURS, peer=peer, now=0)

    assert (verdict.status, verdict.keep, verdict.bridge) == (401, keep, bridge)


def test_who_is_too_slow_is_asked_again_where_a_secret_tells_a_bridge():
    other = parse_head(HEAD % b"other-events")

    told = [late(head, NEIGHBOURS, now=0) for head in (other, parse_head(HEAD % b"x"), None)]

    assert [(one.status, one.keep, one.bridge) for one in told] == [
        (503, Keep.SLOW, "other"),
        (408, Keep.NOTHING, ""),
        (408, Keep.NOTHING, ""),
    ]
    assert late(other, Known(callers=None), now=0).status == HTTPStatus.SERVICE_UNAVAILABLE


def test_an_event_without_a_length_is_told_of_where_a_bridge_sent_it():
    """A proxy cut it into chunks: nobody reads them, and Prosody counts 411 as delivered."""
    chunked = b"\r\nTransfer-Encoding: chunked"
    theirs = parse_head(HEAD.replace(b"/lab/", b"/other/") % b"other-events" + chunked)

    told = [
        decide(head, b"2\r\n{}\r\n", NEIGHBOURS, peer="10.2.0.1", now=0)
        for head in (theirs, parse_head(HEAD % b"x" + chunked))
    ]

    assert [(one.status, one.keep, one.bridge) for one in told] == [
        (411, Keep.UNREADABLE, "other"),
        (411, Keep.NOTHING, "lab"),
    ]


async def test_what_the_disk_does_not_take_is_known_all_the_same_and_written_later(tmp_path):
    (tmp_path / "folder").mkdir()
    digests = Digests(tmp_path / "folder")
    (tmp_path / "folder").rmdir()
    with pytest.raises(OSError, match="No such file"):
        await digests.learn({"lab": LAB})
    assert digests.known == {"lab": LAB}

    (tmp_path / "folder").mkdir()
    await digests.learn({"lab": LAB})

    assert Digests(tmp_path / "folder").known == {"lab": LAB}


async def test_a_disk_that_takes_its_time_keeps_nobody_from_being_answered(tmp_path):
    draft = tmp_path / f".{FILE}.{os.getpid()}"
    os.mkfifo(draft)  # Whoever writes into it waits for a reader.
    digests = Digests(tmp_path)

    learning = asyncio.create_task(digests.learn({"lab": LAB}))
    await asyncio.sleep(0)
    known, waiting = digests.known, not learning.done()
    await asyncio.to_thread(draft.read_bytes)
    with pytest.raises(OSError, match="Illegal seek"):
        await learning  # A queue is no file.
    draft.unlink()
    await digests.learn({"lab": LAB})

    assert (known, waiting) == ({"lab": LAB}, True)
    assert Digests(tmp_path).known == {"lab": LAB}


async def test_the_built_in_bridges_address_does_not_tell_whose_an_event_is():
    lab = Sender(
        name="lab",
        digest=bytes(32),
        former_digest=None,
        former_ends_at=None,
        urls=("http://127.0.0.1:5280",),
        networks=(),
    )

    callers = await Addresses().callers([lab, replace(lab, name=TRIAL)])

    assert callers["lab"].calls_from("127.0.0.1")
    assert not callers[TRIAL].calls_from("127.0.0.1")


def test_a_former_digest_dies_on_time_without_anybody_telling():
    both = Caller(digests=(LAB.digests[0], Digest(value=sha("old"), until=100.0)))

    assert (both.knows(b"old", 99.9), both.knows(b"old", 100.0)) == (True, False)
    assert read_callers(json.loads(json.dumps(as_told({"lab": both})))) == {"lab": both}
    assert read_callers({"lab": sha("x").hex()})["lab"].knows(b"x", 0)


def sha(text: str) -> bytes:
    return sha256(text.encode()).digest()


def a_record(number: int, *, at: float | None = None, body: bytes = EVENT) -> bytes:
    moment = int((at or time.time()) * 10**6) + number
    return record("lab", "room/created", moment, body)


async def hold(quarantine: Quarantine, bridge: str, *records: bytes) -> None:
    for one in records:
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        quarantine.add(bridge, one, done.set_result)
        assert await done is None


async def test_a_replay_passes_what_came_before_the_order_and_keeps_the_rest(tmp_path):
    now = datetime.now(UTC)
    later_on = a_record(0, at=now.timestamp() + 60)
    async with Quarantine(tmp_path / "q") as quarantine, Spool(tmp_path / "events") as events:
        large = record("lab", "room/created", 10**15, b"", why=Why.TOO_LARGE)
        early, spoilt = a_record(1, at=1.0e9), a_record(2, body=b"{")
        await hold(quarantine, "lab", early, spoilt, later_on, large)
        await hold(quarantine, "other", a_record(3))

        assert await quarantine.replay("lab", events, now + timedelta(seconds=1)) == 1
        assert await quarantine.replay("nobody", events, now) == 0
        left = quarantine.held()

    assert [one.received_at.timestamp() for one in await spooled(tmp_path / "events")] == [
        1.0e9 + 1e-6
    ]
    assert set(left) == {"lab", "other"}
    later, odd = left["lab"][Why.WRONG_SECRET], left["lab"][Why.UNREADABLE]
    # What is no event is discarded only, and so is what was never kept.
    assert (later.records, odd.records, left["lab"][Why.TOO_LARGE].records) == (1, 1, 1)
    assert later.since == pytest.approx(now.timestamp() + 60)


async def test_what_is_held_survives_a_restart_and_is_thrown_away_when_told(tmp_path):
    async with Quarantine(tmp_path) as quarantine:
        await hold(quarantine, "lab", a_record(1), a_record(2))
    async with Quarantine(tmp_path) as quarantine:
        assert quarantine.held()["lab"][Why.WRONG_SECRET].records == 2
        assert await quarantine.discard("lab", datetime.now(UTC) + timedelta(seconds=1)) == 2
        assert quarantine.held() == {}


async def test_one_bridges_flood_is_bounded_and_leaves_the_others_alone(tmp_path):
    large = b"x" * 1_000_000
    async with Quarantine(tmp_path) as quarantine:
        await hold(quarantine, "quiet", a_record(1))
        await hold(quarantine, "lab", a_record(0, at=1.0e9, body=large))
        begun = quarantine.held()["lab"][Why.UNREADABLE]
        await hold(quarantine, "lab", *(a_record(n, body=large) for n in range(40)))

        assert sum(path.stat().st_size for path in (tmp_path / "lab").glob("*.spool")) <= (
            LARGEST_BYTES
        )
        assert quarantine.held()["lab"][Why.UNREADABLE].records < 40
        # The same flood, so that no other letter is written when its first ones had to go.
        assert quarantine.held()["lab"][Why.UNREADABLE].since == begun.since
        assert quarantine.held()["quiet"][Why.WRONG_SECRET].records == 1


@pytest.mark.parametrize("keep", [Keep.EVENT, Keep.WRONG_SECRET, Keep.UNREADABLE])
def test_what_the_disk_did_not_take_is_to_come_again(keep):
    refused = Verdict(status=HTTPStatus.UNAUTHORIZED, keep=keep, bridge="lab")

    assert (outcome(None, refused), outcome(SpoolFull(), refused)) == (401, 503)


async def test_a_bridge_for_which_the_disk_has_no_room_is_told_and_tried_again(tmp_path):
    """A full disk leaves a spool without a name; a folder in its place is as good for a test.

    Nor does it keep the receiver from its start.
    """
    (tmp_path / "lab" / "name").mkdir(parents=True)
    heard: list[SpoolFull | None] = []
    async with Quarantine(tmp_path) as quarantine:
        quarantine.add("lab", a_record(1), heard.append)
        (tmp_path / "lab" / "name").rmdir()
        await hold(quarantine, "lab", a_record(2))
        held = quarantine.held()["lab"][Why.WRONG_SECRET].records

    assert [type(error) for error in heard] == [SpoolFull]
    assert held == 1


class Counting(Spool):
    """A spool that counts how many of its records were read."""

    records_read = 0

    def read(self, place: Place, *, limit: int = BATCH) -> Batch:
        batch = super().read(place, limit=limit)
        self.records_read += len(batch.records)
        return batch


async def test_each_record_is_counted_once_also_while_the_oldest_are_dropped(tmp_path):
    body, count, held = b"x" * 1000, Count(), dict[Why, Pile]()
    async with Counting(
        tmp_path, segment_bytes=8_000, largest_bytes=30_000, oldest_first=True
    ) as spool:
        for number in range(100):
            await spool.append(a_record(number, at=1.0e9, body=body))
            held |= count.go_on(spool)

        assert spool.records_read == 100
        (anew,) = Count().go_on(spool).values()
        assert held == {Why.UNREADABLE: replace(anew, since=1.0e9)}
        assert 20 < held[Why.UNREADABLE].records < 30


async def test_what_may_be_of_several_is_held_for_the_one_that_carried_its_room_then(
    conn, tmp_path
):
    """A room that nobody knows is none of ours; one of a third bridge was not theirs to tell."""
    await a_directory(conn)
    bridges = {name: await a_bridge(conn, name=name) for name in ("lab", "other", "third")}
    conference, room = await a_room(conn, bridge="lab")
    moved, (lab, other) = (
        datetime.now(UTC).replace(microsecond=0),
        (bridges["lab"], bridges["other"]),
    )
    move = Move(
        source="lab", target="other", reason=MoveReason.DRAIN, heard_at=moved, moved_at=moved
    )
    await insert_move(conn, conference.id, lab.id, other.id, move)
    at = moved.timestamp()

    def told(name: str, second: int, whose: str = "lab,other") -> bytes:
        body = json.dumps({"room_name": name, "created_at": 1795462682 + second}).encode()
        moment = int((at + second) * 10**6)
        return record(whose, "room/created", moment, body, why=Why.WRONG_ADDRESS)

    async with Quarantine(tmp_path / "q") as quarantine, Spool(tmp_path / "events") as events:
        await hold(
            quarantine,
            "",
            told(room.name, -5),
            told(room.name, 5),
            told(room.name, 6),
            told("r-7654321", 7),
            told(room.name, 8, "lab,third"),
            record("lab,other", "room/created", 9, b"{", why=Why.WRONG_ADDRESS),
        )
        before = quarantine.held()
        await quarantine.sort(partial(owners_of, conn))
        await quarantine.sort(partial(owners_of, conn))
        sorted_out = {name: dict(piles) for name, piles in quarantine.held().items()}
        passed = await quarantine.replay("other", events, moved + timedelta(minutes=1))

    assert before == {}
    assert sorted_out == {
        "lab": {Why.WRONG_ADDRESS: Pile(records=1, since=at - 5)},
        "other": {Why.WRONG_ADDRESS: Pile(records=2, since=at + 5)},
    }
    assert passed == 2
    assert [one.bridge for one in await spooled(tmp_path / "events")] == ["other", "other"]
    assert await spooled(tmp_path / "q" / "_") == []


async def test_what_was_nobodys_and_finds_no_room_is_tried_again_and_holds_nothing_up(
    conn, tmp_path
):
    await a_directory(conn)
    await a_bridge(conn)
    _, room = await a_room(conn, bridge="lab")
    body = json.dumps({"room_name": room.name, "created_at": 1795462682}).encode()
    moment = int(time.time() * 10**6)
    event = record("lab,other", "room/created", moment, body, why=Why.WRONG_ADDRESS)
    async with Quarantine(tmp_path / "q") as quarantine, Spool(tmp_path / "events") as events:
        receiver = Receiver(events=events, quarantine=quarantine, digests=Digests(tmp_path))
        feeder = Feeder(receiver, "")
        await hold(quarantine, "", event)
        (tmp_path / "q" / "lab").touch()
        await feeder.sort(conn)
        before = quarantine.held()
        (tmp_path / "q" / "lab").unlink()
        await feeder.sort(conn)

        assert before == {}
        assert quarantine.held()["lab"][Why.WRONG_ADDRESS].records == 1


async def test_what_is_held_too_long_is_forgotten(tmp_path):
    async with Quarantine(tmp_path) as quarantine:
        await hold(quarantine, "lab", a_record(1))
    (old,) = (tmp_path / "lab").glob("*.spool")
    os.utime(old, (0, 0))

    async with Quarantine(tmp_path) as quarantine:
        assert quarantine.held() == {}


async def test_what_another_version_held_is_no_event_and_stops_nothing(tmp_path):
    now = datetime.now(UTC)
    async with Quarantine(tmp_path / "q") as quarantine, Spool(tmp_path / "events") as events:
        await hold(quarantine, "lab", b"another version", a_record(1, at=1.0e9))

        held = quarantine.held()
        passed = await quarantine.replay("lab", events, now)

        assert (held["lab"][Why.WRONG_SECRET].records, passed, quarantine.held()) == (1, 1, {})


async def test_what_is_held_says_why_and_after_a_replay_why_it_stays(tmp_path):
    now = datetime.now(UTC)
    async with Quarantine(tmp_path / "q") as quarantine, Spool(tmp_path / "events") as events:
        await hold(
            quarantine,
            "lab",
            record("lab", "room/created", 1, b"{", why=Why.WRONG_SECRET),
            record("lab", "room/created", 2, EVENT, why=Why.WRONG_SECRET),
            record("lab", "room/painted", 3, EVENT, why=Why.UNREADABLE),
        )

        before = dict(quarantine.held()["lab"])
        await quarantine.replay("lab", events, now)
        after = dict(quarantine.held()["lab"])

    assert before == {
        Why.WRONG_SECRET: Pile(records=2, since=1e-6),
        Why.UNREADABLE: Pile(records=1, since=3e-6),
    }
    assert after == {Why.UNREADABLE: Pile(records=2, since=1e-6)}
    (passed,) = await spooled(tmp_path / "events")
    assert (passed.why, passed.body) == (None, EVENT)


def test_a_path_cannot_pass_for_a_reason_or_a_moment():
    forged = record("lab", "room/created\t1", 2, EVENT, why=Why.UNREADABLE)

    with pytest.raises(ValueError, match="unreadable"):
        unseal(forged)


async def test_reports_of_all_versions_are_summed_by_reason(conn):
    """A bridge that was removed while something was held of it is no more to be mended."""
    await a_bridge(conn)
    now = datetime.now(UTC)
    piles = {Why.UNREADABLE: Pile(records=2, since=5.0)}
    odd = {"lab": piles, "removed": piles}
    for name in ("one", "two"):
        await save_report(conn, name, Report(depth=0, lag=0, held=odd, outcomes={}), now)
    await save_report(conn, "old", Report(depth=0, lag=0, held={}, outcomes={}), now)
    await save_report(conn, "new", Report(depth=0, lag=0, held={}, outcomes={}), now)
    old = {"lab": {"records": 3, "since": 7.0}}
    new = {"lab": {"not-yet-thought-of": {"records": 1, "since": 6.0}}}
    await conn.executemany(
        "UPDATE receivers SET quarantine = $2::text::jsonb WHERE spool = $1",
        [("old", json.dumps(old)), ("new", json.dumps(new))],
    )

    assert await held_back(conn, now) == {
        "lab": {
            Why.UNREADABLE: Pile(records=5, since=5.0),
            Why.WRONG_SECRET: Pile(records=3, since=7.0),
        }
    }


@pytest.mark.parametrize("why", Why)
def test_a_letter_says_why_in_both_languages(why: Why):
    pile = Pile(records=3, since=0.0)
    told = [letter("lab", why, pile, locale) for locale in ("vi", "en")]

    (found,) = judge_held({why: pile})
    assert (found.verdict, bool(mend(found))) == (Found.BAD, True)
    assert "3" in TOLD[found.code] % found.values
    secret = why is Why.WRONG_SECRET
    assert [("khóa" in one["text"], "secret" in one["text"]) for one in told] == [
        (secret, False),
        (False, secret),
    ]


async def test_what_another_version_wrote_has_waited_for_no_time(tmp_path):
    async with Spool(tmp_path) as spool:
        await spool.append(b"another version")
        await spool.append(a_record(0, at=1.0e9))
        second = spool.read(Place(), limit=1).place

        assert lag_of(spool, Place(), 1.0e9 + 5) == 0.0
        assert lag_of(spool, second, 1.0e9 + 5) == 5.0
        assert lag_of(spool, second, 1.0e9 - 5) == 0.0


async def test_a_replay_that_finds_no_room_is_tried_again_and_holds_nothing_up(conn, tmp_path):
    await a_bridge(conn)
    now = datetime.now(UTC)
    later = a_record(0, at=now.timestamp() + 60)
    await give_order(conn, "lab", REPLAY, by="program:test", now=now)
    async with Quarantine(tmp_path / "q") as quarantine, Spool(tmp_path / "events") as events:
        receiver = Receiver(events=events, quarantine=quarantine, digests=Digests(tmp_path))
        feeder = Feeder(receiver, "")
        await hold(quarantine, "lab", a_record(1, at=1.0e9), a_record(2, at=1.0e9), later)
        events.largest_bytes = 0

        for _ in range(3):
            await feeder.obey(conn)
        waiting = (
            quarantine.held()["lab"][Why.WRONG_SECRET].records,
            len(await orders_for(conn, events.name, now)),
        )
        events.largest_bytes = LARGEST_BYTES
        await feeder.obey(conn)

        assert waiting == (3, 1)
        assert quarantine.held()["lab"][Why.WRONG_SECRET].records == 1
        assert len(events.read(Place()).records) == 2
        assert await orders_for(conn, events.name, now) == []


@pytest.fixture
async def receiver(conn, database, tmp_path):
    await a_directory(conn)
    await a_bridge(conn, prosody_url="http://127.0.0.1:9")
    async with receiving(tmp_path, database=database) as running:
        yield running


async def until_refused(receiver: Receiving) -> None:
    """Post with a wrong secret until the receiver has learned which bridges there are."""
    while await receiver.post("room/created", EVENT, secret="wrong") != 401:
        await asyncio.sleep(0.05)


async def held_now(conn) -> dict[str, Held]:
    return await held_back(conn, datetime.now(UTC))


async def test_a_wrong_secret_is_told_of_and_mended_by_a_replay(receiver, conn):
    person = await a_person(conn, Role.ADMIN)
    await conn.execute("UPDATE people SET email = 'qt@x.example' WHERE id = $1", person.id)
    await until_refused(receiver)
    while not (held := await held_now(conn)):
        await asyncio.sleep(0.05)

    now = datetime.now(UTC)
    told = [await tell_held(conn, now), await tell_held(conn, now)]
    (letter,) = await claim(conn, now, timedelta(minutes=1), limit=10)
    order = await give_order(conn, "lab", REPLAY, by="program:test", now=now)
    while not (progress := await progress_of(conn, order, datetime.now(UTC))).done:
        await asyncio.sleep(0.05)
    while not await conn.fetchval("SELECT count(*) FROM evidence"):
        await asyncio.sleep(0.05)
    while await held_now(conn):
        await asyncio.sleep(0.05)

    (pile,) = held["lab"].values()
    assert (list(held["lab"]), pile.records) == ([Why.WRONG_SECRET], 1)
    assert told == [1, 0]
    assert letter.payload["subject"] == "Cầu lab: 1 sự kiện bị giữ lại vì sai khóa"
    assert (progress.receivers, progress.done, progress.records) == (1, 1, 1)
    assert await conn.fetchval("SELECT room FROM evidence") == "r-1234567"


async def test_a_stranger_hears_only_that_it_is_refused(receiver, conn):
    await until_refused(receiver)
    await conn.execute("UPDATE bridges SET prosody_url = 'http://192.0.2.1'")
    before = (await receiver.health())["wrong-secret"]
    while await receiver.post("room/created", EVENT, secret="wrong") == 401:
        if (await receiver.health())["wrong-secret"] == before:
            break
        before = (await receiver.health())["wrong-secret"]
        await asyncio.sleep(0.05)

    assert (await receiver.health())["wrong-secret"] == before
    assert (await receiver.health())["event"] == 0


async def test_an_order_for_no_bridge_is_no_order(conn):
    with pytest.raises(BridgeNotFound):
        await give_order(conn, "x", DISCARD, by="program:test", now=datetime.now(UTC))
