"""The dates of series: what stands in their way, and their conferences, written set by set."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from meetings.model import Conference, ConferenceId, UnitId, Wish
from meetings.names import fold
from meetings.rules import owner_in
from meetings.scheduling.resources import Hall
from meetings.series.plan import Occurrence, SeriesId, Skipped, SkipReason
from meetings.store import Connection
from meetings.store.conferences import CONFERENCE, conference_from_row
from meetings.store.obstacles import rival_from_row

# Single bookings hold this gate shared; a series of 260 dates would need more locks of days and
# sites than PostgreSQL has room for, so it waits until it is alone at the gate.
# What this session looked foreign keys up by when the tables were small, row after row, is thrown
# away: it would read a table whole for each of thousands of rows.
LOCK_GATE = """
    SELECT pg_advisory_xact_lock(0, 0), set_config('diemcau.gate', 'held', TRUE),
           set_config('enable_seqscan', 'off', TRUE);
    DISCARD PLANS
"""
INSERT_CONFERENCES = """
    WITH c AS (
        INSERT INTO conferences (title, folded, kind, state, host_unit_id, chair, main_site_id,
                                 period, note, created_by, demo, changed_at, urgency, secretary,
                                 visibility, series_id, chair_id, owner_id, waiver, occurrence,
                                 call_systems)
        SELECT $1, $2, $3, 'confirmed', $4, $5, $6, tstzrange(o.starts_at, o.ends_at), $7, $8, $9,
               $10, $11, $12, $13, $14, $15, $16, $26, o.occurrence, $27
          FROM unnest($17::date[], $18::timestamptz[], $19::timestamptz[])
               AS o (occurrence, starts_at, ends_at)
        RETURNING id, period, occurrence),
    i AS (INSERT INTO invitations (conference_id, site_id)
          SELECT c.id, site FROM c, unnest($20::bigint[]) AS site),
    h AS (INSERT INTO holds (conference_id, site_id, during, firm)
          SELECT c.id, k.site,
                 tstzrange(lower(c.period) - k.set_up, upper(c.period) + k.tear_down), TRUE
            FROM c, unnest($20::bigint[], $21::interval[], $22::interval[])
                 AS k (site, set_up, tear_down)),
    d AS (INSERT INTO delegates (conference_id, official_id)
          SELECT c.id, official FROM c, unnest($23::bigint[]) AS official),
    o AS (INSERT INTO official_holds (conference_id, official_id, during, firm)
          SELECT c.id, official, c.period, TRUE FROM c, unnest($24::bigint[]) AS official),
    l AS (INSERT INTO line_holds (conference_id, line_id, during, firm)
          SELECT c.id, line, c.period, TRUE FROM c, unnest($25::bigint[]) AS line)
    SELECT id, occurrence FROM c ORDER BY occurrence
"""
INSERT_SKIPS = """
    INSERT INTO series_skips (series_id, occurrence, reason, conference_id, site_id)
    SELECT $1, s.occurrence, s.reason, s.conference_id, s.site_id
      FROM unnest($2::date[], $3::text[], $4::bigint[], $5::bigint[])
           AS s (occurrence, reason, conference_id, site_id)
"""
LIST_HOSTS = "SELECT DISTINCT host_unit_id FROM conferences WHERE series_id = $1"
LIST_OCCURRENCES = """
    SELECT id, occurrence FROM conferences WHERE series_id = $1 ORDER BY occurrence
"""
FIND_BELONGING = """
    SELECT series_id, occurrence FROM conferences WHERE id = $1 AND series_id IS NOT NULL
"""
LIST_HELD = f"""
    SELECT c.occurrence, {CONFERENCE}
      FROM conferences c
     WHERE c.series_id = $1
     ORDER BY c.occurrence
"""  # noqa: S608 - no value is spliced
LIST_SKIPS = """
    SELECT k.occurrence, k.reason, k.site_id, k.free_since, k.conference_id, c.host_unit_id,
           c.title, lower(c.period) AS starts_at, upper(c.period) AS ends_at
      FROM series_skips k LEFT JOIN conferences c ON c.id = k.conference_id
     WHERE k.series_id = $1
     ORDER BY k.occurrence
"""


async def lock_gate(conn: Connection) -> None:
    """Wait until nobody else books anything; until the commit.

    The locks of single days and sites are not taken in this transaction any more.
    """
    await conn.execute(LOCK_GATE)


async def insert_conferences(
    conn: Connection,
    series: SeriesId,
    wish: Wish,
    booked: Sequence[Occurrence],
    *,
    halls: Collection[Hall],
    by: str,
    now: datetime,
) -> dict[date, ConferenceId]:
    """Write a confirmed conference for each date, with invitations and firm holds."""
    ordered = sorted(halls, key=lambda hall: hall.site)
    rows = await conn.fetch(
        INSERT_CONFERENCES,
        *_named(wish),
        by,
        wish.demo,
        now,
        wish.urgency.value,
        wish.secretary,
        wish.visibility.value,
        series,
        wish.chair_id,
        owner_in(by),
        [one.date for one in booked],
        [one.period.start for one in booked],
        [one.period.end for one in booked],
        [hall.site for hall in ordered],
        [hall.set_up for hall in ordered],
        [hall.tear_down for hall in ordered],
        sorted(wish.delegates),
        sorted(wish.officials),
        sorted({hall.line for hall in ordered if hall.line is not None}),
        wish.waiver,
        wish.call_systems,
    )
    return {row["occurrence"]: ConferenceId(row["id"]) for row in rows}


def _named(wish: Wish) -> tuple[object, ...]:
    """Return what a conference is, whose and where, in the order of its columns."""
    folded = fold(f"{wish.title} {wish.chair}")
    whose = (wish.host, wish.chair, wish.main_site)
    return (wish.title, folded, wish.kind.value, *whose, wish.note)


async def insert_skips(conn: Connection, series: SeriesId, skipped: Sequence[Skipped]) -> None:
    """Write which dates were left out, and who is in the way."""
    await conn.execute(
        INSERT_SKIPS,
        series,
        [one.date for one in skipped],
        [one.reason.value for one in skipped],
        [one.rival.conference if one.rival else None for one in skipped],
        [one.rival.site if one.rival else None for one in skipped],
    )


async def list_occurrences(conn: Connection, series: SeriesId) -> dict[date, ConferenceId]:
    """Return the conference of every date that has one, in order."""
    rows = await conn.fetch(LIST_OCCURRENCES, series)
    return {row["occurrence"]: ConferenceId(row["id"]) for row in rows}


async def list_held(conn: Connection, series: SeriesId) -> dict[date, Conference]:
    """Return every conference of a series by its date, cancelled ones too."""
    rows = await conn.fetch(LIST_HELD, series)
    return {row["occurrence"]: conference_from_row(row) for row in rows}


async def list_hosts(conn: Connection, series: SeriesId) -> frozenset[UnitId]:
    """Return who holds dates of a series: its host, and what that was or became."""
    return frozenset(row["host_unit_id"] for row in await conn.fetch(LIST_HOSTS, series))


async def list_skips(conn: Connection, series: SeriesId) -> list[Skipped]:
    """Return the dates that were left out, in order."""
    return [
        Skipped(
            date=row["occurrence"],
            reason=SkipReason(row["reason"]),
            rival=rival_from_row(row) if row["conference_id"] and row["site_id"] else None,
            free_since=row["free_since"],
        )
        for row in await conn.fetch(LIST_SKIPS, series)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """The series that a conference is a date of, and which date."""

    series: SeriesId
    day: date


async def find_belonging(conn: Connection, conference: ConferenceId) -> Belonging | None:
    """Return the series of a conference, if it is a date of one."""
    row = await conn.fetchrow(FIND_BELONGING, conference)
    return Belonging(series=SeriesId(row["series_id"]), day=row["occurrence"]) if row else None
