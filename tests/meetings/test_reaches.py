"""Holds after the needs of a hall changed: as needed where that is free, else as they were."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from meetings.directory.finding import sites_by_ids
from meetings.model import ConferenceId, Period, Rival, SiteId, State, UnitId
from meetings.scheduling.booking import end
from meetings.scheduling.halls import change_terms
from meetings.scheduling.reaches import needed, to_move
from meetings.scheduling.resources import Hall
from meetings.store.reaches import Promise
from tests.makers import MONDAY_EIGHT, a_conference, a_directory
from tests.meetings.test_reforming import WAITING

SITE = SiteId(1)
QUARTER = timedelta(minutes=15)
NOW = MONDAY_EIGHT + 2 * QUARTER
BUFFERS = st.integers(0, 3).map(lambda count: count * QUARTER)


def promises(gaps, before, after):
    """Return promises one after the other, each with its old set-up and tear-down."""
    found, at = [], MONDAY_EIGHT
    for number, (gap, length, firm) in enumerate(gaps):
        start = at + gap * QUARTER + before
        period = Period(start, start + length * QUARTER)
        kept = Period(period.start - before, period.end + after)
        rival = Rival(
            site=SITE,
            conference=ConferenceId(number),
            host=UnitId(1),
            period=period,
            title="Giao ban",
        )
        found.append(Promise(rival=rival, kept=kept, firm=firm, coming=period.end > NOW))
        at = kept.end
    return found


GAPS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4), st.booleans()), max_size=6)
STRETCHES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), max_size=2)


@given(GAPS, STRETCHES, BUFFERS, BUFFERS, BUFFERS, BUFFERS)
def test_holds_never_meet_and_each_is_what_is_needed_or_what_it_was(
    gaps, black, before, after, set_up, tear_down
):
    old = promises(gaps, before, after)
    halls = {SITE: Hall(site=SITE, set_up=set_up, tear_down=tear_down)}
    dark = [
        Period(MONDAY_EIGHT + start * QUARTER, MONDAY_EIGHT + (start + length) * QUARTER)
        for start, length in black
    ]
    held = {one.rival.conference: one.kept for one in old if one.firm}

    for one in to_move(old, halls, {SITE: dark}, NOW):
        assert one.kept == needed(one, halls, NOW)
        if not one.firm:
            continue
        was = held[one.rival.conference]
        assert not any(black.overlaps(one.kept) for black in dark if not black.overlaps(was))
        held[one.rival.conference] = one.kept
        # Written in this order, they keep apart after each of them.
        apart = sorted(held.values(), key=lambda period: period.start)
        assert all(first.end <= then.start for first, then in pairwise(apart))


@given(GAPS, BUFFERS, BUFFERS)
def test_less_is_always_free(gaps, before, after):
    old = promises(gaps, before, after)

    moved = list(to_move(old, {SITE: Hall(site=SITE)}, {}, NOW))

    assert len(moved) == sum(
        one.coming and needed(one, {SITE: Hall(site=SITE)}, NOW) != one.kept for one in old
    )


async def test_what_ends_while_the_needs_of_its_hall_change_is_held_no_longer(conn, pool):
    await a_directory(conn)
    made = await a_conference(conn, sites=1, state=State.LIVE)
    [hall] = (await sites_by_ids(conn, made.sites)).values()

    async def need_more():
        async with pool.acquire() as mine, mine.transaction():
            longer = {"tear_down_minutes": 30}
            await change_terms(mine, hall, longer, version=None, by="test", now=NOW)

    async with pool.acquire() as ender, ender.transaction():
        await end(ender, made.id, by="test", now=NOW)
        changing = asyncio.create_task(need_more())
        while not changing.done() and not await conn.fetchval(WAITING):
            pass
    await changing

    assert await conn.fetchval("SELECT upper(during) FROM holds") == NOW
