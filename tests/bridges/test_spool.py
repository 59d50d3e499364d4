"""A spool keeps what it acknowledged, whatever a crash left at its end."""

import asyncio
import resource
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.errors import SpoolFull, SpoolInUse
from bridges.spooling.framing import HEAD, frame, read_frames
from bridges.spooling.places import Place
from bridges.spooling.spool import Spool

RECORDS = [b"one", b"", b"three" * 100]


async def write(folder: Path, records: list[bytes]) -> None:
    async with Spool(folder) as spool:
        await asyncio.gather(*map(spool.append, records))


def change_segment(folder: Path, change: Callable[[bytes], bytes]) -> None:
    (segment,) = folder.glob("*.spool")
    segment.write_bytes(change(segment.read_bytes()))


async def contents(folder: Path) -> tuple[list[bytes], int]:
    """Return every record of a spool and the spoilt bytes it reported."""
    records: list[bytes] = []
    lost, place = 0, Place()
    async with Spool(folder) as spool:
        while True:
            batch = spool.read(place, limit=2)
            records += batch.records
            lost += batch.lost
            place = batch.place
            if not batch.records:
                return records, lost


async def test_records_come_back_in_their_order(tmp_path: Path):
    await write(tmp_path, RECORDS)
    await write(tmp_path, [b"four"])

    assert await contents(tmp_path) == ([*RECORDS, b"four"], 0)


async def test_many_records_are_written_all_or_none(tmp_path: Path):
    async with Spool(tmp_path, largest_bytes=1000) as spool:
        await spool.append_all([])
        await spool.append_all(RECORDS)
        with pytest.raises(SpoolFull):
            await spool.append_all([b"x", b"x" * 1000])

    assert await contents(tmp_path) == (RECORDS, 0)


async def test_reading_goes_on_from_its_place(tmp_path: Path):
    async with Spool(tmp_path) as spool:
        await spool.append(b"one")
        first = spool.read(Place())
        await spool.append(b"two")
        second = spool.read(first.place)
        third = spool.read(second.place)

    assert (first.records, second.records, third.records) == ((b"one",), (b"two",), ())


async def test_a_full_segment_is_followed_by_another_and_forgotten_when_read(tmp_path: Path):
    async with Spool(tmp_path, segment_bytes=20) as spool:
        for record in (b"a" * 20, b"b" * 20, b"c" * 20):
            await spool.append(record)
        batch = spool.read(spool.read(spool.read(Place()).place).place)
        spool.forget(batch.place)

        assert batch.records == (b"c" * 20,)
        assert list(spool.segments()) == [spool.end.segment]
        assert spool.depth(batch.place) == 0


async def test_depth_counts_what_is_still_to_be_read(tmp_path: Path):
    async with Spool(tmp_path) as spool:
        await spool.append(b"one")
        assert spool.depth(Place()) == HEAD.size + 3
        assert spool.depth(spool.read(Place()).place) == 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=8), st.data())
def test_a_cut_at_any_byte_keeps_every_whole_record_before_it(records: list[bytes], data):
    whole = b"".join(map(frame, records))
    cut = data.draw(st.integers(0, len(whole)))

    found = read_frames(whole[:cut], limit=100)

    ends = [len(b"".join(map(frame, records[: n + 1]))) for n in range(len(records))]
    assert list(found.records) == records[: sum(end <= cut for end in ends)]
    assert found.cut == (cut not in {0, *ends})


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 200))
async def test_a_cut_is_reported_once_and_new_records_follow(cut: int):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "spool"
        await write(folder, [b"a" * 60, b"b" * 60, b"c" * 60])
        change_segment(folder, lambda data: data[:cut])
        await write(folder, [b"d"])

        records, lost = await contents(folder)

    written = b"".join(frame(letter * 60) for letter in (b"a", b"b", b"c"))
    whole = min(cut // 68, 3)
    assert records == [*[letter * 60 for letter in (b"a", b"b", b"c")][:whole], b"d"]
    # A first byte of a length is a zero, as the space ahead is.
    assert lost == len(written[whole * 68 : cut].rstrip(b"\0"))


async def test_zeros_ahead_of_a_crash_are_neither_records_nor_lost(tmp_path: Path):
    await write(tmp_path, [b"one"])
    change_segment(tmp_path, lambda data: data + bytes(64))

    assert await contents(tmp_path) == ([b"one"], 0)


async def test_a_record_cut_over_zeros_is_reported(tmp_path: Path):
    await write(tmp_path, [b"one", b"two"])
    change_segment(tmp_path, lambda data: data[:-2] + bytes(64))

    assert await contents(tmp_path) == ([b"one"], HEAD.size + 1)


def spoilt(data: bytes, position: int) -> bytes:
    """Return data with one byte turned into another, as a bad disk would."""
    return data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]


@pytest.mark.parametrize("place", [0, 3, HEAD.size, HEAD.size + 4])
async def test_what_follows_a_spoilt_record_is_read(tmp_path: Path, place: int):
    await write(tmp_path, [b"one", b"spoilt", b"three", b""])
    change_segment(tmp_path, lambda data: spoilt(data, len(frame(b"one")) + place))

    assert await contents(tmp_path) == ([b"one", b"three", b""], len(frame(b"spoilt")))


async def test_what_is_spoilt_while_it_is_written_holds_nothing_up(tmp_path: Path):
    def spoil_at(position: int) -> None:
        change_segment(tmp_path, lambda data: spoilt(data, position + HEAD.size))

    async with Spool(tmp_path) as spool:
        for record in (b"one", b"spoilt", b"three"):
            await spool.append(record)
        first = spool.read(Place(), limit=1)
        spoil_at(first.place.position)
        second = spool.read(first.place)
        await spool.append(b"last")
        spoil_at(second.place.position)
        third = spool.read(second.place)
        await spool.append(b"more")
        fourth = spool.read(third.place)

    assert (second.records, second.lost) == ((b"three",), len(frame(b"spoilt")))
    assert (third.records, third.lost) == ((), len(frame(b"last")))
    assert (fourth.records, fourth.lost) == ((b"more",), 0)


async def test_a_stretch_that_became_zeros_is_reported(tmp_path: Path):
    await write(tmp_path, [b"one", b"a" * 60, b"three"])
    gone = len(frame(b"a" * 60))
    change_segment(tmp_path, lambda data: data[:11] + bytes(gone) + data[11 + gone :])

    assert await contents(tmp_path) == ([b"one", b"three"], gone)


async def test_an_ended_segment_holds_its_records_and_nothing_else(tmp_path: Path):
    async with Spool(tmp_path) as spool:
        await spool.append(b"one")
        segment = spool.path(spool.end.segment)
        assert segment.stat().st_size > spool.size() == HEAD.size + 3

    assert segment.read_bytes() == frame(b"one")


async def test_a_disk_that_takes_nothing_leaves_no_files(tmp_path: Path):
    async with Spool(tmp_path) as spool:
        with files_no_larger_than(0):
            for _ in range(3):
                with pytest.raises(SpoolFull):
                    await spool.append(b"a")

        assert spool.segments() == []


async def test_a_spool_has_one_writer(tmp_path: Path):
    async with Spool(tmp_path):
        with pytest.raises(SpoolInUse):
            await write(tmp_path, [b"x"])


async def test_a_spool_keeps_its_name(tmp_path: Path):
    async with Spool(tmp_path / "a") as first:
        pass
    async with Spool(tmp_path / "a") as again, Spool(tmp_path / "b") as other:
        assert first.name == again.name != other.name


async def test_files_are_for_their_owner_only(tmp_path: Path):
    await write(tmp_path / "spool", [b"x"])

    files = [tmp_path / "spool", *(tmp_path / "spool").iterdir()]
    assert {path.stat().st_mode & 0o077 for path in files} == {0}


async def test_a_spool_at_its_limit_refuses_and_loses_nothing(tmp_path: Path):
    async with Spool(tmp_path, largest_bytes=100) as spool:
        await spool.append(b"a" * 60)
        with pytest.raises(SpoolFull):
            await spool.append(b"b" * 60)
        assert spool.failing
        await spool.append(b"c")
        assert not spool.failing

    assert await contents(tmp_path) == ([b"a" * 60, b"c"], 0)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let the kernel refuse to write past a size, as a full disk would in mid-write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_fills_in_mid_write_spoils_nothing(tmp_path: Path):
    async with Spool(tmp_path) as spool:
        await spool.append(b"a" * 60)
        with files_no_larger_than(100), pytest.raises(SpoolFull):
            await spool.append(b"b" * 60)
        await spool.append(b"c")

    assert await contents(tmp_path) == ([b"a" * 60, b"c"], 0)


async def test_the_place_waits_for_the_first_record_of_a_segment_that_may_go_again(tmp_path: Path):
    """Else all segments would be forgotten, and the next start count from one, behind the place."""
    await write(tmp_path, [b"one"])
    async with Spool(tmp_path) as spool:
        read = spool.read(Place())
        # What a reader meets while a full disk is about to refuse the first write.
        spool.path(spool.end.segment).touch()
        again = spool.read(read.place)
        spool.path(spool.end.segment).unlink()
        spool.forget(again.place)
    async with Spool(tmp_path) as spool:
        await spool.append(b"two")
        after = spool.read(again.place)

    assert (again.records, after.records) == ((), (b"two",))


async def test_a_spool_whose_name_found_no_room_gets_one_at_the_next_start(tmp_path: Path):
    """Two without a name would be one to the database, and read from each other's places."""
    with files_no_larger_than(0), pytest.raises(OSError, match="large"):
        async with Spool(tmp_path):
            pass
    async with Spool(tmp_path) as spool:
        first = spool.name
    async with Spool(tmp_path) as spool:
        again = spool.name
    (tmp_path / "name").write_text("")
    async with Spool(tmp_path) as spool:
        third = spool.name

    assert len(first) == len(third) == 32
    assert again == first != third


class Hanging(Spool):
    """A spool on a disk that hangs until it is let go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.going = threading.Event()

    def _write(self, data: bytes) -> None:
        self.going.wait()
        super()._write(data)


async def test_nobody_waits_long_for_a_disk_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Prosody sends again what is refused, and nothing that nobody answered."""
    monkeypatch.setattr("bridges.spooling.queue.PATIENCE", timedelta(milliseconds=10))
    async with Hanging(tmp_path) as spool:
        first = await asyncio.gather(spool.append(b"one"), return_exceptions=True)
        second = await asyncio.gather(spool.append(b"two"), return_exceptions=True)
        hung = spool.failing
        spool.going.set()
        while spool.failing:
            await asyncio.sleep(0)
        monkeypatch.undo()
        await spool.append(b"three")

    assert [type(told) for told in (*first, *second)] == [SpoolFull, SpoolFull]
    assert hung
    assert await contents(tmp_path) == ([b"one", b"three"], 0)


class Failing(Spool):
    """A spool whose first write fails for want of memory."""

    wants = True

    def _write(self, data: bytes) -> None:
        if self.wants:
            self.wants = False
            raise MemoryError
        super()._write(data)


async def test_a_fault_that_is_not_the_disks_is_told_and_ends_nothing(tmp_path: Path):
    async with Failing(tmp_path) as spool:
        with pytest.raises(SpoolFull):
            await spool.append(b"one")
        await spool.append(b"two")

    assert await contents(tmp_path) == ([b"two"], 0)


async def test_what_never_fits_drops_nothing_for_its_sake(tmp_path: Path):
    async with Spool(tmp_path, largest_bytes=1000, oldest_first=True) as spool:
        await spool.append_all(RECORDS)
        await spool.end_segment()
        with pytest.raises(SpoolFull):
            await spool.append(b"x" * 1000)

    assert await contents(tmp_path) == (RECORDS, 0)


async def test_a_flood_does_not_keep_a_segment_from_its_end(tmp_path: Path):
    flooding = True

    def again(_: object) -> None:
        if flooding:
            spool.add(b"more", again)

    async with Spool(tmp_path) as spool:
        await spool.append(b"one")
        again(None)
        place = await asyncio.wait_for(spool.end_segment(), 60)
        flooding = False

    assert place == Place(2)
