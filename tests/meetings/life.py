"""The whole life of conferences as a model in plain Python, walked beside the real store.

Each step is done twice: by the use case, and by rules so simple that a reader believes them.
Whatever the store then holds must be what the model holds.  A walk is one transaction that is
rolled back at its end, so thousands of walks leave nothing behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, TypeVar

import asyncpg
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from meetings.approval import approving, asking
from meetings.approval.chains import Decider
from meetings.directory.officials import add_official
from meetings.errors import IllegalMove, SiteBusy, SitesNotFound, StaleVersion
from meetings.model import (
    Changes,
    ConferenceId,
    Grant,
    Kind,
    OfficialId,
    Period,
    Role,
    SiteId,
    State,
    UnitId,
    Wish,
)
from meetings.office.workdays import local_day
from meetings.scheduling import booking
from meetings.scheduling.black_outs import add_black_out
from meetings.scheduling.resources import Subject, SubjectKind
from meetings.series.errors import SeriesClash
from meetings.store import Connection
from tests.makers import MONDAY_EIGHT, a_directory, a_unit, some_sites
from tests.repeating import Repeated, repeat
from web.database import prepare

Result = TypeVar("Result")

NOW = MONDAY_EIGHT - timedelta(hours=1)
SITES = 6
HOURS = 8
BY = "program:walk"
SLOT = timedelta(minutes=30)
UPHELD = {State.CONFIRMED, State.LIVE}
CANCELLABLE = {State.CONFIRMED, State.REQUESTED}
MOST_BLACK_OUTS = 2
DAY = timedelta(days=1)

HOLDS = """
    SELECT h.conference_id, h.site_id, lower(h.during) AS starts_at, upper(h.during) AS ends_at
      FROM holds h WHERE h.firm
"""
CONFERENCES = """
    SELECT id, state, version, lower(period) AS starts_at, upper(period) AS ends_at,
           ARRAY(SELECT site_id FROM invitations WHERE conference_id = c.id) AS sites
      FROM conferences c
"""
RETIRE = """
    UPDATE sites SET valid = daterange(lower(valid), $2) WHERE id = $1
"""
SKIPS = """
    SELECT occurrence AS date FROM series_skips WHERE series_id = $1
"""
AUDITED = """
    SELECT count(*) FROM audit WHERE actor = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the model knows of a conference; `held` is what it still holds, None for nothing."""

    state: State
    version: int
    sites: frozenset[SiteId]
    period: Period
    held: Period | None
    chair: OfficialId | None = None


@dataclass(slots=True)
class Stage:
    """Where a walk takes place: a connection, its loop, the halls and the host."""

    run: Callable[[Coroutine[Any, Any, Any]], Any]
    conn: Connection
    sites: Sequence[SiteId]
    host: UnitId
    chairs: Sequence[OfficialId] = ()
    known: dict[ConferenceId, Known] = field(default_factory=dict)
    black_outs: list[tuple[SiteId, Period]] = field(default_factory=list)
    retired: dict[SiteId, date] = field(default_factory=dict)
    changes: int = 0


periods = st.builds(
    lambda start, slots: Period(MONDAY_EIGHT + start * SLOT, MONDAY_EIGHT + (start + slots) * SLOT),
    st.integers(0, HOURS * 2 - 1),
    st.integers(1, 4),
)
chairs = st.none() | st.integers(0, 1)
crowds = st.sets(st.integers(0, SITES - 1), min_size=1, max_size=3)


class Life(RuleBasedStateMachine):
    """Steps that people take, in any order."""

    stage: ClassVar[Callable[[], Stage]]
    conferences: Bundle[ConferenceId] = Bundle("conferences")

    def __init__(self) -> None:
        super().__init__()
        self.at = type(self).stage()
        self.walk = self.at.conn.transaction()
        self.at.run(self.walk.start())

    def teardown(self) -> None:
        self.at.run(self.walk.rollback())

    # What the model says.

    def halls(self, crowd: set[int]) -> frozenset[SiteId]:
        return frozenset(self.at.sites[index] for index in crowd)

    def is_free(
        self,
        sites: frozenset[SiteId],
        period: Period,
        *,
        chair: OfficialId | None,
        own: ConferenceId | None = None,
    ) -> bool:
        if any(site in sites and out.overlaps(period) for site, out in self.at.black_outs):
            return False
        if not self.are_in_use(sites, period):
            return False
        return not any(
            known.held is not None
            and known.held.overlaps(period)
            and (known.sites & sites or (chair is not None and known.chair == chair))
            for identity, known in self.at.known.items()
            if identity != own
        )

    def are_in_use(self, sites: frozenset[SiteId], period: Period) -> bool:
        day = local_day(period.start)
        return all(site not in sites or day < last for site, last in self.at.retired.items())

    def wish(self, crowd: set[int], period: Period, chair: int | None) -> Wish:
        sites = self.halls(crowd)
        return Wish(
            title="Giao ban",
            kind=Kind.URGENT,
            host=self.at.host,
            chair="",
            chair_id=None if chair is None else self.at.chairs[chair],
            main_site=min(sites),
            sites=sites,
            period=period,
        )

    def check_refusal(self, wish: Wish, busy: SiteBusy) -> None:
        """Every rival is real (I3), every alternative is free."""
        for rival in busy.rivals:
            known = self.at.known[rival.conference]
            assert rival.site in known.sites & wish.sites
            assert known.held == rival.period
            assert rival.period.overlaps(wish.period)
        for one in busy.alternatives:
            assert self.is_free(one.sites, one.period, chair=wish.chair_id)

    def step(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Do one use case in a transaction of its own, as a request does."""

        async def settled() -> Result:
            async with self.at.conn.transaction():
                return await work()

        done: Result = self.at.run(settled())
        self.at.changes += 1
        return done

    # What people do.

    @rule(target=conferences, crowd=crowds, period=periods, chair=chairs)
    def book(self, crowd: set[int], period: Period, chair: int | None) -> ConferenceId:
        wish = self.wish(crowd, period, chair)
        free = self.is_free(wish.sites, period, chair=wish.chair_id)
        try:
            booked = self.step(lambda: booking.book(self.at.conn, wish, by=BY, now=NOW))
        except SiteBusy as busy:
            assert not free
            self.check_refusal(wish, busy)
            return ConferenceId(0)
        except SitesNotFound:
            assert not self.are_in_use(wish.sites, period)
            return ConferenceId(0)
        assert free
        self.at.known[booked.id] = Known(
            state=State.CONFIRMED,
            version=1,
            sites=wish.sites,
            period=period,
            held=period,
            chair=wish.chair_id,
        )
        return booked.id

    @rule(target=conferences, crowd=crowds, period=periods, chair=chairs)
    def request(self, crowd: set[int], period: Period, chair: int | None) -> ConferenceId:
        """Ask for what others may hold; it blocks nobody."""
        wish = self.wish(crowd, period, chair)
        usable = self.are_in_use(wish.sites, period)
        try:
            asked = self.step(
                lambda: asking.request(self.at.conn, wish, steps=(), bridge="", by=BY, now=NOW)
            )
        except SitesNotFound:
            assert not usable
            return ConferenceId(0)
        assert usable
        self.at.known[asked.id] = Known(
            state=State.REQUESTED,
            version=1,
            sites=wish.sites,
            period=period,
            held=None,
            chair=wish.chair_id,
        )
        return asked.id

    @rule(
        target=conferences,
        crowd=crowds,
        period=periods,
        days=st.integers(1, 3),
        whole=st.booleans(),
    )
    def repeat(
        self, crowd: set[int], period: Period, days: int, *, whole: bool
    ) -> MultipleResults[ConferenceId]:
        """Book the same on following days: all of them, or those that are free, the rest named."""
        wish = self.wish(crowd, period, None)
        every = {
            local_day(one.start): one
            for one in (
                Period(period.start + number * DAY, period.end + number * DAY)
                for number in range(days)
            )
        }
        free = {day for day, one in every.items() if self.is_free(wish.sites, one, chair=None)}
        try:
            done = self.step(lambda: self.write_series(wish, days, whole=whole))
        except SitesNotFound:
            assert not self.are_in_use(wish.sites, period)
            return multiple()
        except SeriesClash as clash:
            self.check_clash(clash, every.keys(), free, whole=whole)
            return multiple()
        rows = self.at.run(self.at.conn.fetch(SKIPS, done.id))
        assert {row["date"] for row in rows} == every.keys() - free
        assert {local_day(start) for start in done.made} == free
        self.at.changes += len(done.made)
        for start, identity in done.made.items():
            held = every[local_day(start)]
            self.at.known[identity] = Known(
                state=State.CONFIRMED, version=1, sites=wish.sites, period=held, held=held
            )
        return multiple(*done.made.values())

    def check_clash(
        self, clash: SeriesClash, days: AbstractSet[date], free: set[date], *, whole: bool
    ) -> None:
        """A series is refused for every day that is not free, and for no other."""
        assert not free or (whole and free < days)
        assert {one.date for one in clash.skipped} == days - free

    async def write_series(self, wish: Wish, days: int, *, whole: bool) -> Repeated:
        rule = f"FREQ=DAILY;COUNT={days}"
        return await repeat(self.at.conn, wish, rule, whole=whole, by=BY, now=NOW)

    @rule(hall=st.integers(0, SITES - 1), days=st.integers(0, 3))
    def retire(self, hall: int, days: int) -> None:
        """Close a hall from a day on; what is promised stays promised."""
        if self.at.retired:
            return
        site, last = self.at.sites[hall], MONDAY_EIGHT.date() + days * DAY
        self.at.run(self.at.conn.execute(RETIRE, site, last))
        self.at.retired[site] = last

    @rule(conference=conferences, yes=st.booleans())
    def answer(self, conference: ConferenceId, *, yes: bool) -> None:
        known = self.at.known.get(conference)
        if known is None:
            return
        grants = frozenset({Grant(role=Role.LEADER, unit=self.at.host)})
        decider = Decider(name=BY, person=None, grants=grants)
        conn = self.at.conn
        free = self.is_free(known.sites, known.period, chair=known.chair)
        try:
            if yes:
                self.step(
                    lambda: approving.approve(
                        conn, conference, decider=decider, version=known.version, now=NOW
                    )
                )
            else:
                self.step(
                    lambda: approving.refuse(
                        conn,
                        conference,
                        reason="trùng lịch",
                        decider=decider,
                        version=known.version,
                        now=NOW,
                    )
                )
        except IllegalMove:
            assert known.state is not State.REQUESTED
            return
        except SiteBusy:
            assert yes
            assert not free
            return
        except SitesNotFound:
            assert yes
            assert not self.are_in_use(known.sites, known.period)
            return
        assert known.state is State.REQUESTED
        assert free or not yes
        self.at.known[conference] = replace(
            known,
            state=State.CONFIRMED if yes else State.REFUSED,
            version=known.version + 1,
            held=known.period if yes else None,
        )

    @rule(hall=st.integers(0, SITES - 1), period=periods)
    def black_out(self, hall: int, period: Period) -> None:
        """Refuse a hall from now on; what is promised stays promised."""
        if len(self.at.black_outs) == MOST_BLACK_OUTS:
            return
        site = self.at.sites[hall]
        subject = Subject(kind=SubjectKind.SITE, id=site)
        self.step(
            lambda: add_black_out(
                self.at.conn, subject, period, reason="sửa chữa", unit=self.at.host, by=BY
            )
        )
        self.at.black_outs.append((site, period))

    @rule(conference=conferences, period=periods, crowd=crowds, stale=st.booleans())
    def move(
        self, conference: ConferenceId, period: Period, crowd: set[int], *, stale: bool
    ) -> None:
        known = self.at.known.get(conference)
        if known is None or known.state is State.REQUESTED:
            return
        sites = self.halls(crowd)
        main = min(sites)
        changes = Changes(period=period, sites=sites, main_site=main)
        version = known.version - stale
        same = (known.period, known.sites) == (period, sites)
        extends = (
            known.state is State.LIVE
            and period.start == known.period.start
            and known.sites <= sites
        )
        allowed = known.state is State.CONFIRMED or extends
        try:
            after = self.step(
                lambda: booking.amend(
                    self.at.conn, conference, changes, version=version, by=BY, now=NOW
                )
            )
        except StaleVersion:
            assert stale
            return
        except IllegalMove:
            assert not allowed
            return
        except SiteBusy:
            assert not self.is_free(sites, period, chair=known.chair, own=conference)
            return
        except SitesNotFound:
            assert not self.are_in_use(sites, period)
            return
        assert not stale
        assert allowed
        assert same or self.is_free(sites, period, chair=known.chair, own=conference)
        self.at.changes -= after.version == known.version
        self.at.known[conference] = replace(
            known, version=after.version, sites=sites, period=period, held=period
        )

    @rule(conference=conferences)
    def begin(self, conference: ConferenceId) -> None:
        known = self.at.known.get(conference)
        if known is None:
            return
        start = known.period.start
        self.step(lambda: booking.begin(self.at.conn, conference, start, by=BY))
        if known.state is State.CONFIRMED:
            self.at.known[conference] = replace(known, state=State.LIVE, version=known.version + 1)
        else:
            self.at.changes -= 1

    @rule(conference=conferences, after=st.integers(1, 8))
    def end(self, conference: ConferenceId, after: int) -> None:
        known = self.at.known.get(conference)
        if known is None:
            return
        now = known.period.start + after * timedelta(minutes=10)
        before = known.state
        try:
            self.step(lambda: booking.end(self.at.conn, conference, by=BY, now=now))
        except IllegalMove:
            assert before in {State.CANCELLED, State.REFUSED, State.REQUESTED}
            return
        if before is State.ENDED:
            self.at.changes -= 1
            return
        assert before in UPHELD
        self.at.known[conference] = replace(
            known, state=State.ENDED, version=known.version + 1, held=cut(known.held, now)
        )

    @rule(conference=conferences, stale=st.booleans())
    def cancel(self, conference: ConferenceId, *, stale: bool) -> None:
        known = self.at.known.get(conference)
        if known is None:
            return
        version = known.version - stale
        try:
            self.step(
                lambda: booking.cancel(
                    self.at.conn, conference, reason="mưa lũ", version=version, by=BY, now=NOW
                )
            )
        except StaleVersion:
            assert stale
            return
        except IllegalMove:
            assert known.state not in CANCELLABLE
            return
        assert not stale
        assert known.state in CANCELLABLE
        self.at.known[conference] = replace(
            known, state=State.CANCELLED, version=known.version + 1, held=None
        )

    @rule(conference=consumes(conferences))
    def forget(self, conference: ConferenceId) -> None:
        """Leave a conference as it is from now on."""

    # What must always be so.

    @invariant()
    def store_is_the_model(self) -> None:
        rows = self.at.run(self.at.conn.fetch(CONFERENCES))
        assert {
            row["id"]: (
                State(row["state"]),
                row["version"],
                frozenset(row["sites"]),
                Period(row["starts_at"], row["ends_at"]),
            )
            for row in rows
        } == {
            identity: (known.state, known.version, known.sites, known.period)
            for identity, known in self.at.known.items()
        }

    @invariant()
    def holds_are_the_model(self) -> None:
        rows = self.at.run(self.at.conn.fetch(HOLDS))
        assert {
            (row["conference_id"], row["site_id"], row["starts_at"], row["ends_at"]) for row in rows
        } == {
            (identity, site, known.held.start, known.held.end)
            for identity, known in self.at.known.items()
            if known.held is not None
            for site in known.sites
        }

    @invariant()
    def every_change_is_audited_once(self) -> None:
        assert self.at.run(self.at.conn.fetchval(AUDITED, BY)) == self.at.changes


def cut(held: Period | None, now: datetime) -> Period | None:
    """Return what is left of a hold that ends now."""
    if held is None or held.start >= now:
        return None
    return Period(held.start, min(held.end, now))


async def a_stage(conn: Connection) -> Stage:
    """Load the directory; give a few halls, two who chair, and who books them."""
    await a_directory(conn)
    host = (await a_unit(conn, "11.vpubnd")).id
    since = MONDAY_EIGHT.date()
    chairs = [
        (
            await add_official(
                conn, unit=host, title=title, name="", rank=1, since=since, by="program:test"
            )
        ).id
        for title in ("Trưởng ban", "Phó trưởng ban")
    ]
    return Stage(
        run=asyncio.run,
        conn=conn,
        sites=await some_sites(conn, SITES),
        host=host,
        chairs=chairs,
    )


def walk(url: str, examples: int, steps: int) -> None:
    """Walk that often that far over a fresh database, in a loop of our own."""
    with asyncio.Runner() as runner:
        conn = runner.run(asyncpg.connect(url))
        try:
            runner.run(prepare(conn))
            stage = replace(runner.run(a_stage(conn)), run=runner.run)
            run_state_machine_as_test(
                walker(stage),
                settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None),
            )
        finally:
            runner.run(conn.close())


def walker(stage_: Stage) -> type[Life]:
    """Return the machine that walks on this stage, each time from its beginning."""

    class Walker(Life):
        stage = staticmethod(
            lambda: replace(stage_, known={}, black_outs=[], retired={}, changes=0)
        )

    return Walker
