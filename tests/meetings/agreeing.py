"""The engine and the constraints say the same of two promises of one hall, official or line."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.conflicts import Facts, Obstacle, judge
from meetings.model import Kind, LineId, OfficialId, Period, SiteId, UnitId, Wish
from meetings.scheduling.reasons import TAKEN, Holder, HolderKind
from meetings.scheduling.resources import Hall, Subject, SubjectKind
from tests.makers import a_conference, a_directory, an_official
from web.database import prepare

# Around a leap day, a year's end, midnight and a working morning, to the minute.
EDGES = (
    datetime(2028, 2, 29, 17, tzinfo=UTC),
    datetime(2026, 12, 31, 17, tzinfo=UTC),
    datetime(2026, 11, 30, 1, tzinfo=UTC),
)
MINUTE = timedelta(minutes=1)
TABLES = {
    SubjectKind.SITE: ("holds", "site_id"),
    SubjectKind.OFFICIAL: ("official_holds", "official_id"),
    SubjectKind.LINE: ("line_holds", "line_id"),
}
LINE = "INSERT INTO lines (unit_id, name, name_key) VALUES ($1, 'Kênh', 'kenh') RETURNING id"

minutes = st.sampled_from([0, 1, 10, 45]).map(lambda count: count * MINUTE)
buffers = st.tuples(minutes, minutes)
periods = st.builds(
    lambda edge, begin, length: Period(edge + begin * MINUTE, edge + (begin + length) * MINUTE),
    st.sampled_from(EDGES[:1]) | st.sampled_from(EDGES),
    st.integers(-90, 90),
    st.integers(1, 120),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A connection, two conferences, and one of each that can be promised."""

    conn: asyncpg.Connection[asyncpg.Record]
    conferences: tuple[int, int]
    ids: dict[SubjectKind, int]


async def a_stage(conn: asyncpg.Connection[asyncpg.Record]) -> Stage:
    """Book two conferences far away from every edge."""
    await a_directory(conn)
    first = await a_conference(conn, sites=1)
    second = await a_conference(conn, sites=1, start=first.period.end)
    await conn.execute("DELETE FROM holds")
    ids = {
        SubjectKind.SITE: int(first.sites[0]),
        SubjectKind.OFFICIAL: int(await an_official(conn)),
        SubjectKind.LINE: int(await conn.fetchval(LINE, first.host)),
    }
    return Stage(conn, (int(first.id), int(second.id)), ids)


async def fits(at: Stage, kind: SubjectKind, held: tuple[Period, Period]) -> bool:
    """Tell whether the database takes both firm promises."""
    table, column = TABLES[kind]
    insert = f"INSERT INTO {table} (conference_id, {column}, during, firm)"
    values = " VALUES ($1, $2, tstzrange($3, $4), TRUE)"
    transaction = at.conn.transaction()
    await transaction.start()
    try:
        for conference, period in zip(at.conferences, held, strict=True):
            given_ = (conference, at.ids[kind], period.start, period.end)
            await at.conn.execute(insert + values, *given_)
    except asyncpg.ExclusionViolationError:
        return False
    else:
        return True
    finally:
        await transaction.rollback()


def clashes(at: Stage, kind: SubjectKind, wish: Wish, hall: Hall, held: Period) -> bool:
    """Tell whether the engine sees a promise in the way of a wish, and nothing else in it."""
    holder = Holder(kind=HolderKind.CONFERENCE, id=1, host=UnitId(1))
    subject = Subject(kind, at.ids[kind])
    obstacle = Obstacle(holder=holder, period=held, subjects=(subject,))
    facts = Facts(
        now=wish.period.start - timedelta(days=30), halls={hall.site: hall}, obstacles=[obstacle]
    )
    found = [reason.rule for reason in judge(wish, facts).hard]
    assert found in ([], [TAKEN[kind]])
    return bool(found)


def agree(url: str, examples: int) -> Counter[tuple[str, bool]]:
    """Compare so many pairs of promises; return how often they fitted, by what was promised."""
    counted: Counter[tuple[str, bool]] = Counter()
    with asyncio.Runner() as runner:
        conn = runner.run(asyncpg.connect(url))
        try:
            runner.run(prepare(conn))
            at = runner.run(a_stage(conn))

            @settings(max_examples=examples, deadline=None)
            @given(st.sampled_from(sorted(TABLES)), periods, periods, buffers, buffers)
            def same(
                kind: SubjectKind,
                one: Period,
                other: Period,
                before: tuple[timedelta, timedelta],
                after: tuple[timedelta, timedelta],
            ) -> None:
                site, line = SiteId(at.ids[SubjectKind.SITE]), LineId(at.ids[SubjectKind.LINE])
                first = Hall(site=site, set_up=before[0], tear_down=before[1])
                second = Hall(site=site, line=line, set_up=after[0], tear_down=after[1])
                wish = a_wish(other, site, OfficialId(at.ids[SubjectKind.OFFICIAL]))
                halls = kind is SubjectKind.SITE
                held = first.reach(one) if halls else one
                wanted = second.reach(other) if halls else other

                free = runner.run(fits(at, kind, (held, wanted)))

                assert clashes(at, kind, wish, second, held) is not free
                counted[kind.value, free] += 1

            same()
        finally:
            runner.run(conn.close())
    return counted


def a_wish(period: Period, site: SiteId, chair: OfficialId) -> Wish:
    """Return a wish of one hall and one official."""
    return Wish(
        title="x",
        kind=Kind.URGENT,
        host=UnitId(1),
        chair="",
        main_site=site,
        sites=frozenset({site}),
        period=period,
        chair_id=chair,
    )
