"""The month by commune; the database counts by the rule of the sheet."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

from meetings.attendance.reports import Tally, months_from, report
from meetings.attendance.rollcall import sheet_of
from meetings.links.invitations import declare_headcount
from meetings.model import Attendance, BlindSpot, Interval, Period, State
from meetings.store.presences import replace_presences
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_unit, some_sites
from tests.meetings.test_names import COMMUNES

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
HOUR = timedelta(hours=1)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def stay(start, minutes_in, minutes_out):
    return Interval(
        start=start + timedelta(minutes=minutes_in),
        end=start + timedelta(minutes=minutes_out),
        evidence="events",
    )


def test_months_go_on_over_the_year():
    assert months_from(date(2026, 11, 30), 3) == (NOVEMBER, DECEMBER, date(2027, 1, 1))


async def test_the_report_counts_each_commune_by_month(conn):
    await a_directory(conn)
    first, second, third = await some_sites(conn, 3)
    november = await a_conference(conn, state=State.ENDED)
    await replace_presences(
        conn,
        november.id,
        {first: [stay(MONDAY_EIGHT, 0, 120)], second: [stay(MONDAY_EIGHT, 30, 120)]},
        [],
    )
    await declare_headcount(conn, november.id, first, 43, by="link:1/1", now=MONDAY_EIGHT)
    december = MONDAY_EIGHT + timedelta(days=7)
    blind = await a_conference(conn, sites=[third], start=december, state=State.ENDED)
    spot = BlindSpot(period=blind.period, reason="bridge-away")
    await replace_presences(conn, blind.id, {}, [spot])

    found = await report(conn, first=NOVEMBER, months=2)

    assert [row.unit.name for row in found.rows] == COMMUNES
    assert (found.months, found.conferences) == ((NOVEMBER, DECEMBER), 2)
    assert [row.months for row in found.rows[:3]] == [
        (Tally(invited=1, present=1, people=43), Tally()),
        (Tally(invited=1, late=1), Tally()),
        (Tally(invited=1, absent=1), Tally(invited=1, unknown=1)),
    ]
    assert found.rows[3].total == Tally()
    assert found.totals == (
        Tally(invited=3, present=1, late=1, absent=1, people=43),
        Tally(invited=1, unknown=1),
    )
    assert found.total == Tally(invited=4, present=1, late=1, absent=1, unknown=1, people=43)


async def test_a_month_begins_at_local_midnight(conn):
    await a_directory(conn)
    midnight = datetime(2026, 11, 30, 17, tzinfo=UTC)
    await a_conference(conn, sites=1, start=midnight, state=State.ENDED)
    await a_conference(conn, sites=1, start=midnight - HOUR, length=HOUR, state=State.ENDED)

    found = await report(conn, first=NOVEMBER, months=2)

    assert [tally.invited for tally in found.totals] == [1, 1]


async def test_conferences_that_are_not_over_do_not_count(conn):
    await a_directory(conn)
    await a_conference(conn)
    await a_conference(conn, start=MONDAY_EIGHT + 3 * HOUR, state=State.CANCELLED)

    found = await report(conn, first=NOVEMBER, months=1)

    assert (found.total, found.conferences) == (Tally(), 0)


async def test_a_commune_reads_its_own_row(conn):
    await a_directory(conn)
    await a_conference(conn, state=State.ENDED)
    commune = await a_unit(conn, "03158")

    found = await report(conn, first=NOVEMBER, months=1, below=[commune.id])

    assert [row.unit for row in found.rows] == [commune]
    assert found.conferences == 0


async def test_the_report_agrees_with_the_sheets(conn):
    await a_directory(conn)
    sites = await some_sites(conn, 6)
    chance = Random(45)
    expected: Counter[Attendance] = Counter()
    for day in range(12):
        start = MONDAY_EIGHT - timedelta(days=day)
        booked = await a_conference(conn, sites=sites, start=start, state=State.ENDED)
        presences = {
            site: [stay(start, came, came + chance.randint(1, 60))]
            for site in sites
            if (came := chance.randint(-90, 150)) % 3
        }
        blind = Period(start, start + timedelta(minutes=chance.randint(1, 4)))
        await replace_presences(conn, booked.id, presences, [BlindSpot(period=blind, reason="x")])
        expected.update(row.state for row in await sheet_of(conn, booked.id, LATER))

    found = (await report(conn, first=NOVEMBER, months=1)).total

    assert expected == {
        Attendance.PRESENT: found.present,
        Attendance.LATE: found.late,
        Attendance.ABSENT: found.absent,
        Attendance.UNKNOWN: found.unknown,
    }
    assert min(expected.values()) > 0
