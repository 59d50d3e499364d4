from datetime import timedelta

import pytest

from meetings.directory.finding import find_sites
from meetings.errors import SitesNotFound
from meetings.model import SiteId, State
from meetings.office.workdays import local_day
from monitoring.board import board, count_states, site_health
from monitoring.model import Health, SiteHealth, TargetId
from monitoring.watching import record
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_site
from tests.monitoring.makers import MINUTE, a_device, a_result, only_target

NOW = MONDAY_EIGHT
DOWN, UP, UNKNOWN = Health.DOWN, Health.UP, Health.UNKNOWN


@pytest.fixture
async def site(conn):
    await a_directory(conn)
    return await a_site(conn)


async def look(conn, device, letter: str, times: int = 3, begin=NOW - 3 * MINUTE):
    target = TargetId(only_target(device))
    await record(conn, [a_result(letter, begin + n * MINUTE, target) for n in range(times)])


async def test_every_hall_is_on_the_board_in_vietnamese_order(conn, site):
    rows = await board(conn, NOW)
    in_use = await find_sites(conn, on=local_day(NOW), limit=200)

    assert [row.site for row in rows] == in_use
    assert {row.health for row in rows} == {SiteHealth(state=UNKNOWN, watched=False)}


async def test_a_hall_is_as_well_as_its_worst_device(conn, site):
    good = await a_device(conn, site.id, name="Router")
    bad = await a_device(conn, site.id, name="Codec")
    await look(conn, good, "u")
    assert (await site_health(conn, site.id, NOW)).state is UNKNOWN  # the codec was not seen yet

    await look(conn, bad, "d")
    assert await site_health(conn, site.id, NOW) == SiteHealth(
        state=DOWN, watched=True, since=NOW - MINUTE, reason="refused"
    )

    await look(conn, bad, "u", begin=NOW)
    assert await site_health(conn, site.id, NOW) == SiteHealth(
        state=UP, watched=True, since=NOW + MINUTE, reason=""
    )


async def test_a_hall_is_down_since_the_first_of_its_devices(conn, site):
    await look(conn, await a_device(conn, site.id, name="Second"), "d")
    await look(conn, await a_device(conn, site.id, name="First"), "d", begin=NOW - 4 * MINUTE)

    assert (await site_health(conn, site.id, NOW)).since == NOW - 2 * MINUTE


async def test_a_spare_device_does_not_make_its_hall_fail(conn, site):
    await look(conn, await a_device(conn, site.id), "u")
    await look(conn, await a_device(conn, site.id, name="Spare", spare=True), "d")

    assert (await site_health(conn, site.id, NOW)).state is UP


async def test_what_nobody_looks_at_any_more_is_unknown_again(conn, site):
    await look(conn, await a_device(conn, site.id), "u")
    health = await site_health(conn, site.id, NOW + timedelta(hours=1))

    assert (health.state, health.since) == (UNKNOWN, NOW - MINUTE)


async def test_a_board_shows_what_a_hall_is_promised_to_next(conn, site):
    later = await a_conference(
        conn, sites=[site.id], start=NOW + timedelta(hours=5), title="Tập huấn"
    )
    await a_conference(conn, sites=[site.id], start=NOW + timedelta(hours=3), state=State.CANCELLED)
    (row,) = await board(conn, NOW, units=[site.unit_id])

    assert row.next is not None
    assert (row.next.id, row.next.title, row.next.host, row.next.period) == (
        later.id,
        "Tập huấn",
        later.host,
        later.period,
    )
    (over,) = await board(conn, later.period.end, units=[site.unit_id])
    assert over.next is None


async def test_states_are_counted_with_zeros(conn, site):
    await look(conn, await a_device(conn, site.id), "d")
    rows = await board(conn, NOW, units=[site.unit_id])

    assert count_states(rows) == {UP: 0, DOWN: 1, UNKNOWN: 0}


async def test_a_hall_that_is_not_has_no_health(conn, site):
    with pytest.raises(SitesNotFound):
        await site_health(conn, SiteId(999_999), NOW)
