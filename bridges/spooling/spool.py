"""Records on local disk: acknowledged after fsync, read by place, forgotten when drained.

A spool is a folder of numbered segments.  Each start writes a new segment.  What a crash cut or a
disk spoilt stays where it is and is reported once.  Records that wait while one flush is under way
go with the next: one fsync for all of them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from bridges.spooling.disk import read_stretch, size_of, take_folder
from bridges.spooling.framing import find_frame, frame, frame_all, read_frames
from bridges.spooling.places import Batch, Place
from bridges.spooling.queue import Queue, Told
from bridges.spooling.segment import Segment

SEGMENT_BYTES = 16 * 1024**2
LARGEST_BYTES = 1024**3
WINDOW_BYTES = 4 * 1024**2
BATCH = 500
SUFFIX = ".spool"


class Spool:
    """A folder of segments with one writer; use it inside its `async with`."""

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        largest_bytes: int = LARGEST_BYTES,
        oldest_first: bool = False,
    ) -> None:
        """`oldest_first` lets a full spool drop its oldest segment instead of refusing."""
        self.folder = folder
        self.segment_bytes = segment_bytes
        self.largest_bytes = largest_bytes
        self.oldest_first = oldest_first
        self.name = ""
        self.end = Place()
        self._lock: int | None = None
        self._segment: Segment | None = None
        self._room = 0
        self._queue = Queue(f"spool {folder.name}", self._write)

    @property
    def failing(self) -> bool:
        """Tell whether the disk takes nothing now."""
        return self._queue.failing

    @property
    def news(self) -> asyncio.Event:
        """Set whenever records were written."""
        return self._queue.news

    async def __aenter__(self) -> Self:
        """Take the folder for this process.

        Raises:
            SpoolInUse: another process writes there.
        """
        return self.open()

    def open(self) -> Self:
        """Take the folder; whoever calls this also leaves the `async with`."""
        self._lock, self.name = take_folder(self.folder)
        self.end = Place(max(self.segments(), default=0) + 1)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what waits and give the folder free."""
        await self._queue.close()
        self._roll()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def add(self, record: bytes, told: Told) -> None:
        """Queue a record; `told` is called when it is on disk, or with SpoolFull.

        Where the disk hangs it hears SpoolFull too, and the record may come to be there later.
        """
        self._queue.put(frame(record), told)

    async def append(self, record: bytes) -> None:
        """Write a record and return when it would survive a crash.

        Raises:
            SpoolFull: the disk did not take it.
        """
        await self._queue.written(frame(record))

    async def append_all(self, records: Sequence[bytes]) -> None:
        """Write records, all of them or none, and hold up nobody who writes meanwhile.

        Raises:
            SpoolFull: the disk did not take them.
        """
        if records:
            await self._queue.written(await asyncio.to_thread(frame_all, records))

    def _write(self, data: bytes) -> None:
        """Write and fsync; what failed half-way is taken back, or its segment left alone."""
        self._make_room(len(data))
        if self.end.position >= self.segment_bytes:
            self._roll()
        if self._segment is None:
            self._segment = Segment(self.path(self.end.segment))
        try:
            self._segment.write(data)
        except OSError:
            self._roll()
            raise
        self.end = Place(self.end.segment, self._segment.length)

    def _make_room(self, wanted: int) -> None:
        """Keep the spool within its limit; files are counted when the room known is used up."""
        if self._room < wanted:
            self._room = self.largest_bytes - self.size()
        while self._room < wanted:
            oldest = next(iter(self.segments()), self.end.segment)
            may_drop = self.oldest_first and wanted <= self.largest_bytes
            if not may_drop or oldest == self.end.segment:
                raise OSError("spool at its limit")
            self._room += self._length(oldest)
            self.path(oldest).unlink()
        self._room -= wanted

    def _roll(self) -> Place:
        """End the present segment, if it was begun; return where the next one begins."""
        if self._segment is not None:
            self._segment.close()
            self._segment = None
            self.end = Place(self.end.segment + 1)
        return self.end

    def read(self, place: Place, *, limit: int = BATCH) -> Batch:
        """Return acknowledged records from the place on, and where to go on."""
        batch = Batch(records=(), place=place)
        written = self.end.segment  # Before the files: a full disk takes a new one back.
        for segment in [one for one in self.segments() if place.segment <= one]:
            start = place.position if segment == place.segment else 0
            found = self._read(Place(segment, start), limit)
            if found.records or found.lost or segment < written:
                batch = replace(found, lost=batch.lost + found.lost)
            if batch.records:
                break
        return batch

    def _read(self, place: Place, limit: int) -> Batch:
        """Return records of one segment; what is spoilt is passed over to the next whole one."""
        start, stop, path = place.position, self._length(place.segment), self.path(place.segment)
        found = read_frames(read_stretch(path, start, min(stop, start + WINDOW_BYTES)), limit=limit)
        lost = 0
        if found.cut and not found.records:
            data = read_stretch(path, start, stop)
            lost = find_frame(data)
            start, found = start + lost, read_frames(data[lost:], limit=limit)
            # Zeros were filled in ahead of records that never came.
            lost = lost if found.records else len(data.rstrip(b"\0"))
        start += found.used
        return Batch(records=found.records, place=Place(place.segment, start), lost=lost)

    async def end_segment(self) -> Place:
        """End the present segment; all that was acknowledged lies before the place returned.

        A flood of records that are still to be written is not waited for.
        """
        return await self._queue.next(self._roll)

    def forget(self, before: Place) -> None:
        """Remove segments that lie wholly before the place."""
        for segment in self.segments():
            if segment < before.segment and segment != self.end.segment:
                self.path(segment).unlink(missing_ok=True)

    def depth(self, place: Place) -> int:
        """Return how many bytes from the place on are still to be read."""
        lengths = (self._length(one) for one in self.segments() if one >= place.segment)
        return max(0, sum(lengths) - place.position)

    def size(self) -> int:
        """Return the bytes of all segments."""
        return sum(map(self._length, self.segments()))

    def _length(self, segment: int) -> int:
        """Return the bytes of a segment, without what is filled in ahead of its end."""
        end = self.end
        return end.position if segment == end.segment else size_of(self.path(segment))

    def segments(self) -> Sequence[int]:
        """Return the numbers of the segments on disk, oldest first."""
        stems = (path.stem for path in self.folder.glob(f"*{SUFFIX}"))
        return sorted(int(stem) for stem in stems if stem.isdecimal())

    def path(self, segment: int) -> Path:
        """Return the file of a segment."""
        return self.folder / f"{segment:012d}{SUFFIX}"
