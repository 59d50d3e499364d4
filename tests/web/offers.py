"""What a refusal offers is booked as it stands, over schedules of every kind (I3).

Halls with time before and after, halls to spare, shared lines, officials who leave office,
black-outs, bridges with few seats of which one is drained or kept for training, and how far ahead
one may book.  Each schedule is one transaction that is rolled back at its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import asyncpg
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.model import BridgeSecrets, NewBridge
from bridges.registered.registry import add_bridge
from meetings.directory.officials import add_line, add_official
from meetings.errors import SiteBusy
from meetings.model import Conference, Kind, OfficialId, Period, SiteId, UnitId, Wish
from meetings.scheduling.black_outs import add_black_out
from meetings.scheduling.reasons import digest_of
from meetings.scheduling.resources import Subject, SubjectKind
from meetings.scheduling.ways import Alternative
from meetings.store import Connection
from tests.makers import MONDAY_EIGHT, a_directory, a_unit, some_sites
from web.access.actors import Actor
from web.database import prepare
from web.keyring.keyring import Keyring, new_key
from web.scheduling.booking import Desk, book_wish

BY = "program:offers"
NOW = MONDAY_EIGHT - timedelta(days=1)
SLOT = timedelta(minutes=30)
DESK = Desk(actor=Actor(name=BY, label="", grants=frozenset()), now=NOW, link_key=bytes(range(32)))
SITES, LINES, OFFICIALS = 6, 2, 3
SPARE = """
    INSERT INTO sites (unit_id, name, name_key, folded, phone, valid)
    SELECT unit_id, 'Phòng dự phòng', 'phong du phong', 'phong du phong', '', valid
      FROM sites WHERE id = $1
    RETURNING id
"""
TERMS = "UPDATE sites SET set_up_minutes = $2, tear_down_minutes = $3, line_id = $4 WHERE id = $1"
LEAVE = "UPDATE officials SET valid = daterange(lower(valid), $2::date) WHERE id = $1"
HORIZON = "INSERT INTO booking_policies (unit_id, horizon_days) VALUES ($1, $2)"
SEATS = "UPDATE seat_pools SET seats = $1 WHERE id = (SELECT pool_id FROM bridges WHERE name = $2)"
BRIDGE = "UPDATE bridges SET draining = $1, tags = $2 WHERE name = 'second'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A conference that somebody wants, by places in the stage's lists."""

    crowd: frozenset[int]
    period: Period
    chair: int | None
    delegates: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Everything that is drawn for one example."""

    terms: Sequence[tuple[int | None, int | None, int | None]]
    black_outs: Sequence[tuple[str, int, Period]]
    leaves_after: int | None
    horizon: int | None
    seats: tuple[int, int]
    draining: bool
    kept: bool
    booked: Sequence[Asked]
    wished: Asked


@dataclass(slots=True)
class Stage:
    """Where it takes place, and how much was seen of what is to be proven."""

    conn: Connection
    host: UnitId
    sites: Sequence[SiteId]
    spares: Sequence[SiteId]
    lines: Sequence[int]
    officials: Sequence[OfficialId]
    refused: int = 0
    offered: int = 0
    rules: set[str] = field(default_factory=set)


periods = st.builds(
    lambda day, start, slots: Period(
        MONDAY_EIGHT + timedelta(days=day) + start * SLOT,
        MONDAY_EIGHT + timedelta(days=day) + (start + slots) * SLOT,
    ),
    st.integers(0, 2),
    st.integers(0, 14),
    st.integers(1, 6),
)
asked = st.builds(
    Asked,
    crowd=st.frozensets(st.integers(0, SITES - 1), min_size=1, max_size=4),
    period=periods,
    chair=st.none() | st.integers(0, OFFICIALS - 1),
    delegates=st.frozensets(st.integers(0, OFFICIALS - 1), max_size=2),
)
minutes = st.sampled_from([None, 0, 10, 45])
schedules = st.builds(
    Schedule,
    terms=st.lists(
        st.tuples(minutes, minutes, st.none() | st.integers(0, LINES - 1)),
        min_size=SITES + 2,
        max_size=SITES + 2,
    ),
    black_outs=st.lists(
        st.tuples(st.sampled_from(["site", "official", "line"]), st.integers(0, 5), periods),
        max_size=3,
    ),
    leaves_after=st.none() | st.integers(1, 3),
    horizon=st.none() | st.integers(1, 6),
    seats=st.tuples(st.integers(2, 9), st.integers(0, 6)),
    draining=st.booleans(),
    kept=st.booleans(),
    booked=st.lists(asked, min_size=2, max_size=8),
    wished=asked,
)


async def a_stage(conn: Connection) -> Stage:
    """Load the directory; give halls, two of them with one to spare, lines, people, bridges."""
    await a_directory(conn)
    host = (await a_unit(conn, "11.vpubnd")).id
    sites = await some_sites(conn, SITES)
    names = ("Trưởng ban", "Phó trưởng ban", "Ủy viên")
    officials = [
        (await add_official(conn, host, title=title, by=BY)).id for title in names[:OFFICIALS]
    ]
    lines = [(await add_line(conn, host, f"Kênh {n}", sites=(), by=BY)).id for n in range(LINES)]
    for name in ("first", "second"):
        await add_bridge(conn, a_bridge(name), Keyring((new_key(),)), by=BY)
    return Stage(
        conn=conn,
        host=host,
        sites=sites,
        spares=[SiteId(await conn.fetchval(SPARE, site)) for site in sites[:2]],
        lines=lines,
        officials=officials,
    )


def a_bridge(name: str) -> NewBridge:
    """Return a bridge."""
    return NewBridge(
        name=name,
        public_url=f"https://{name}.example.gov.vn",
        xmpp_domain=f"{name}.lab",
        muc_domain=f"conference.{name}.lab",
        app_id="diemcau",
        secrets=BridgeSecrets(jwt="j" * 40, reservation="r" * 40, event="e" * 40),
        seats=9,
    )


def wish_of(at: Stage, one: Asked) -> Wish:
    """Return what is asked for as a wish."""
    sites = frozenset(at.sites[place] for place in one.crowd)
    return Wish(
        title="Giao ban",
        kind=Kind.BRIEFING,
        host=at.host,
        chair="",
        main_site=min(sites),
        sites=sites,
        period=one.period,
        chair_id=None if one.chair is None else at.officials[one.chair],
        delegates=frozenset(at.officials[place] for place in one.delegates),
    )


async def lay_out(at: Stage, drawn: Schedule) -> None:
    """Make the halls, people and bridges what was drawn."""
    conn = at.conn
    halls = [*at.sites, *at.spares]
    for site, (before, after, line) in zip(halls, drawn.terms, strict=True):
        shared = None if line is None else at.lines[line]
        await conn.execute(TERMS, site, before, after, shared)
    for kind, place, period in drawn.black_outs:
        ids = {"site": halls, "official": at.officials, "line": at.lines}[kind]
        subject = Subject(SubjectKind(kind), ids[place % len(ids)])
        await add_black_out(conn, subject, period, reason="bận", unit=at.host, by=BY)
    if drawn.leaves_after is not None:
        last = (MONDAY_EIGHT + timedelta(days=drawn.leaves_after)).date()
        await conn.execute(LEAVE, at.officials[0], last)
    if drawn.horizon is not None:
        await conn.execute(HORIZON, at.host, drawn.horizon)
    for name, seats in zip(("first", "second"), drawn.seats, strict=True):
        await conn.execute(SEATS, seats, name)
    await conn.execute(BRIDGE, drawn.draining, ["training"] if drawn.kept else [])


async def books(at: Stage, wish: Wish) -> Conference | Exception:
    """Book as a request does; return the conference, or what refused it."""
    try:
        async with at.conn.transaction():
            return await book_wish(at.conn, DESK, wish, bridge=None)
    except Exception as error:  # noqa: BLE001 - which one is what the caller judges
        return error


async def example(at: Stage, drawn: Schedule) -> None:
    """Book what is drawn, ask for one more, and post everything that its refusal offers."""
    await lay_out(at, drawn)
    for one in drawn.booked:
        await books(at, wish_of(at, one))
    wish = wish_of(at, drawn.wished)
    refused = await books(at, wish)
    if not isinstance(refused, SiteBusy):
        return
    assert refused.reasons
    at.refused += 1
    at.rules |= {reason.rule.value for reason in refused.reasons}
    for way in refused.alternatives:
        at.offered += 1
        check_crowd(way, wish)
        posted = replace(wish, main_site=way.main_site, sites=way.sites, period=way.period)
        attempt = at.conn.transaction()
        await attempt.start()
        booked = await books(at, posted)
        await attempt.rollback()
        assert isinstance(booked, Conference), (way, booked)
        assert digest_of(way.warnings) == digest_of(booked.warnings), (way, booked.warnings)


def check_crowd(way: Alternative, wish: Wish) -> None:
    """Make sure that nobody is left alone or without the chair, and that it is told who goes."""
    assert wish.main_site == way.main_site or way.main_site in way.added
    assert len(way.sites) >= min(2, len(wish.sites))
    assert way.sites == (wish.sites - way.left_out) | way.added
    assert way.left_out <= wish.sites


def prove(url: str, examples: int) -> Stage:
    """Try so many schedules on a fresh database, in a loop of our own; return what was seen."""
    with asyncio.Runner() as runner:
        conn = runner.run(asyncpg.connect(url))
        try:
            runner.run(prepare(conn))
            at = runner.run(a_stage(conn))

            @settings(max_examples=examples, deadline=None)
            @given(schedules)
            def every_offer_books(drawn: Schedule) -> None:
                runner.run(undone(at, drawn))

            every_offer_books()
        finally:
            runner.run(conn.close())
    return at


async def undone(at: Stage, drawn: Schedule) -> None:
    """Play an example and leave nothing behind."""
    whole = at.conn.transaction()
    await whole.start()
    try:
        await example(at, drawn)
    finally:
        await whole.rollback()
