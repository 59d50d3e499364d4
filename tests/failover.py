"""A conference whose bridge is killed: halls as their pages behave, and the truth about each."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from random import Random
from typing import Protocol
from urllib.parse import parse_qsl, urldefrag

import aiohttp

from bridges.trial.errors import HallRefused
from bridges.trial.simulate import SimulatedHall
from meetings.model import BlindSpot, Interval

FRAME = re.compile(r'iframe src="([^"]+)"')
PLACE = re.compile(r'data-place="([^"]+)"')
BACK_WITHIN = timedelta(seconds=20)
ROUNDING = timedelta(seconds=1.5)
"""Events tell whole seconds, and the wire takes a moment."""
AWAY = (aiohttp.ClientError, OSError, TimeoutError, HallRefused)

Stretch = tuple[datetime, datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class HallPage:
    """One hall's page: in the room, beating, following the room; and when it really was in."""

    site: int
    url: str
    http: aiohttp.ClientSession
    chance: Random
    place: str = ""
    ticket: tuple[str, str] = ("", "")
    been_in: list[list[datetime | None]] = field(default_factory=list)
    inside: SimulatedHall | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def press(self) -> str:
        """Press the button; take ticket and return the place that the page shows."""
        async with self.http.post(f"{self.url}/enter") as answer:
            text = await answer.text()
        place = PLACE.search(text)
        assert place is not None
        self.ticket = ticket_in(text)
        return place[1]

    async def enter(self) -> None:
        """Press the button and join as the frame does; a bridge that refuses is tried again."""
        self.place = await self.press()
        self.inside = SimulatedHall(*self.ticket, http=self.http)
        await self.stack.enter_async_context(self.inside)
        self.been_in.append([utc_now(), None])

    async def leave(self) -> None:
        """Leave politely."""
        self.out(utc_now())
        await self.stack.aclose()

    def out(self, moment: datetime) -> None:
        """Note that the hall is not in any more."""
        if self.been_in and self.been_in[-1][1] is None:
            self.been_in[-1][1] = moment

    async def live(self, over: asyncio.Event) -> None:
        """Beat as the page's script does, and follow the room."""
        again = 10.0
        while not over.is_set():
            await pause(over, again)
            try:
                again = await self.beat()
            except AWAY:
                again = 1.0

    async def beat(self) -> float:
        """Ask once; move if the room did.  Return after how long to ask again."""
        async with self.http.post(
            f"{self.url}/heartbeat", data={"place": self.place, "inside": "1"}
        ) as answer:
            news = await answer.json()
        if news.get("place", self.place) == self.place:
            return float(news.get("again", 10))
        await asyncio.sleep(self.chance.random())
        await self.stack.aclose()
        self.stack = AsyncExitStack()
        await self.enter()
        return 10.0


def ticket_in(page: str) -> tuple[str, str]:
    """Return by which address and token the frame of a hall's page enters the room."""
    frame = FRAME.search(page)
    assert frame is not None
    address, fragment = urldefrag(unescape(frame[1]))
    return address, json.loads(dict(parse_qsl(fragment))["jwt"])


async def pause(over: asyncio.Event, seconds: float) -> None:
    """Wait, or stop waiting when it is over."""
    await asyncio.wait([asyncio.ensure_future(over.wait())], timeout=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came of one kill: when, and after how long each hall that was in was in again."""

    killed_at: datetime
    back_seconds: tuple[float, ...]
    halls: int

    @property
    def share_in_time(self) -> float:
        """The part of the halls that was back in time."""
        in_time = sum(one <= BACK_WITHIN.total_seconds() for one in self.back_seconds)
        return in_time / self.halls


class Victim(Protocol):
    """A bridge that can be killed."""

    async def kill(self) -> None:
        """End it as a power cut does."""


async def kill_under(
    halls: Sequence[HallPage], victim: Victim, *, after: float, patience: float
) -> Round:
    """Let everybody in, kill the bridge, wait until the halls are back or patience ends."""
    for batch in range(0, len(halls), 10):
        await asyncio.gather(*(hall.enter() for hall in halls[batch : batch + 10]))
    over = asyncio.Event()
    tasks = [asyncio.create_task(hall.live(over)) for hall in halls]
    await asyncio.sleep(after)
    await victim.kill()
    killed = utc_now()
    for hall in halls:
        hall.out(killed)
    deadline = killed + timedelta(seconds=patience)
    while utc_now() < deadline and any(len(hall.been_in) < 2 for hall in halls):
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    over.set()
    await asyncio.gather(*tasks)
    back = [hall.been_in[1][0] for hall in halls if len(hall.been_in) > 1]
    seconds = tuple(sorted((at - killed).total_seconds() for at in back if at is not None))
    return Round(killed_at=killed, back_seconds=seconds, halls=len(halls))


async def is_refused(hall: HallPage, address: str, token: str) -> bool:
    """Tell whether the old bridge, back again, lets nobody into the room with its old ticket."""
    try:
        async with SimulatedHall(address, token, http=hall.http):
            return False
    except HallRefused:
        return True


def differences(
    truth: Sequence[Sequence[datetime | None]],
    record: Sequence[Interval],
    spots: Sequence[BlindSpot],
    now: datetime,
) -> list[Stretch]:
    """Return where the record and the truth differ outside the marked gap by more than rounding."""
    true = [(one[0] or now, one[1] or now) for one in truth]
    told = [(one.start, one.end or now) for one in record]
    marked = [(spot.period.start - ROUNDING, spot.period.end + ROUNDING) for spot in spots]
    wrong = [*minus(minus(true, told), marked), *minus(minus(told, true), marked)]
    return [(begins, ends) for begins, ends in wrong if ends - begins > ROUNDING]


def minus(ones: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """Return what of the first stretches is in none of the others."""
    left = list(ones)
    for begins, ends in others:
        pieces = []
        for start, end in left:
            pieces += [(start, min(end, begins)), (max(start, ends), end)]
        left = [(start, end) for start, end in pieces if start < end]
    return left
