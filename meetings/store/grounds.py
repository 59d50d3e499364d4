"""Grounds: what a wish stands on before anybody else's is looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import asyncpg

from meetings.conflicts.facts import Policy
from meetings.errors import UnitNotFound
from meetings.ids import LineId, SiteId, UnitId
from meetings.office.workdays import USUAL, OfficeCalendar, Season
from meetings.scheduling.resources import Hall
from meetings.store import Connection

# A hall in use is one whose unit is in use too.  The unit is looked up for each site: as a join,
# the planner goes by all units valid on that day.
LIST_HALLS = """
    WITH rules AS MATERIALIZED (
        SELECT p.unit_id, p.set_up_minutes, p.tear_down_minutes, cardinality(a.path) AS depth
          FROM booking_policies p
          JOIN units a ON a.id = p.unit_id
         WHERE p.set_up_minutes IS NOT NULL OR p.tear_down_minutes IS NOT NULL)
    SELECT s.id, s.line_id,
           coalesce(s.set_up_minutes, (
               SELECT set_up_minutes FROM rules
                WHERE unit_id = ANY (u.path) AND set_up_minutes IS NOT NULL
                ORDER BY depth DESC LIMIT 1), 0) AS set_up,
           coalesce(s.tear_down_minutes, (
               SELECT tear_down_minutes FROM rules
                WHERE unit_id = ANY (u.path) AND tear_down_minutes IS NOT NULL
                ORDER BY depth DESC LIMIT 1), 0) AS tear_down
      FROM sites s
     CROSS JOIN LATERAL (SELECT valid, path FROM units WHERE id = s.unit_id OFFSET 0) u
     WHERE s.id = ANY ($1::bigint[]) AND s.valid @> $2::date AND u.valid @> $2::date
     ORDER BY s.name_key, s.id
"""
# Of the policy each column is what the nearest unit says that says anything; the office calendar
# comes in the same trip, since every booking needs both.
STANDING = """
    WITH above AS (
        SELECT p.horizon_days, p.most_open, p.invite_lead_days, cardinality(a.path) AS depth
          FROM units h
          JOIN booking_policies p ON p.unit_id = ANY (h.path)
          JOIN units a ON a.id = p.unit_id
         WHERE h.id = {host})
    SELECT (SELECT horizon_days FROM above WHERE horizon_days IS NOT NULL
             ORDER BY depth DESC LIMIT 1) AS horizon_days,
           (SELECT most_open FROM above WHERE most_open IS NOT NULL
             ORDER BY depth DESC LIMIT 1) AS most_open,
           (SELECT invite_lead_days FROM above WHERE invite_lead_days IS NOT NULL
             ORDER BY depth DESC LIMIT 1) AS invite_lead_days,
           ARRAY(SELECT day FROM calendar_days
                  WHERE confirmed AND kind <> 'make_up_workday') AS off,
           ARRAY(SELECT day FROM calendar_days
                  WHERE confirmed AND kind = 'make_up_workday') AS made_up,
           s.month, s.day, s.opens, s.lunch_begins, s.lunch_ends, s.closes
      FROM (SELECT array_agg(month ORDER BY month, day) AS month,
                   array_agg(day ORDER BY month, day) AS day,
                   array_agg(opens ORDER BY month, day) AS opens,
                   array_agg(lunch_begins ORDER BY month, day) AS lunch_begins,
                   array_agg(lunch_ends ORDER BY month, day) AS lunch_ends,
                   array_agg(closes ORDER BY month, day) AS closes
              FROM office_seasons) s
"""
GET_STANDING = STANDING.format(host="$1")
# Every booking needs all of it: one trip.
GET_GROUND = f"""
    SELECT h.code, h.valid @> $2::date AS is_there, s.*, k.ids, k.lines, k.set_up, k.tear_down
      FROM units h
     CROSS JOIN ({STANDING.format(host="$3")}) s
     CROSS JOIN (SELECT array_agg(id) AS ids, array_agg(line_id) AS lines,
                        array_agg(set_up) AS set_up, array_agg(tear_down) AS tear_down
                   FROM ({LIST_HALLS}) one) k
     WHERE h.id = $3
"""  # noqa: S608 - made of the statements above only
POLICY_COLUMNS = ("horizon_days", "most_open", "invite_lead_days")
SEASON_COLUMNS = ("month", "day", "opens", "lunch_begins", "lunch_ends", "closes")
HALL_COLUMNS = ("ids", "lines", "set_up", "tear_down")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """How the halls are booked that are in use, in Vietnamese order, and by what the host books."""

    halls: Mapping[SiteId, Hall]
    policy: Policy
    calendar: OfficeCalendar


async def get_ground(
    conn: Connection, sites: Collection[SiteId], *, host: UnitId, on: date
) -> Ground:
    """Return what a wish of the host for these sites stands on; those not in use are left out.

    Raises:
        UnitNotFound: the host is not there on that day.
    """
    [row] = await conn.fetch(GET_GROUND, list(sites), on, host)
    if not row["is_there"]:
        raise UnitNotFound(row["code"])
    policy, calendar = standing_from_row(row)
    columns = (row[name] or () for name in HALL_COLUMNS)
    halls = {one[0]: hall_of(*one) for one in zip(*columns, strict=True)}
    return Ground(halls=halls, policy=policy, calendar=calendar)


async def list_halls(
    conn: Connection, sites: Collection[SiteId], *, on: date
) -> dict[SiteId, Hall]:
    """Return how the sites are booked that are in use on that day; the others are left out.

    In Vietnamese order.
    """
    rows = await conn.fetch(LIST_HALLS, list(sites), on)
    return {row["id"]: hall_of(*row) for row in rows}


def hall_of(site: SiteId, line: LineId | None, set_up: int, tear_down: int) -> Hall:
    """Return how a hall is booked; its buffers come in minutes."""
    return Hall(
        site=site,
        line=line,
        set_up=timedelta(minutes=set_up),
        tear_down=timedelta(minutes=tear_down),
    )


async def get_standing(conn: Connection, host: UnitId) -> tuple[Policy, OfficeCalendar]:
    """Return by what a unit books, of each rule what the nearest unit above says; and when."""
    [row] = await conn.fetch(GET_STANDING, host)
    return standing_from_row(row)


def standing_from_row(row: asyncpg.Record) -> tuple[Policy, OfficeCalendar]:
    """Return the policy and the calendar of a row that spells the columns out as above."""
    given = {name: row[name] for name in POLICY_COLUMNS if row[name] is not None}
    hours = zip(*(row[name] or () for name in SEASON_COLUMNS), strict=True)
    seasons = tuple(Season(**dict(zip(SEASON_COLUMNS, one, strict=True))) for one in hours)
    calendar = OfficeCalendar(
        off=frozenset(row["off"]),
        made_up=frozenset(row["made_up"]),
        seasons=seasons or USUAL.seasons,
    )
    return Policy(**given), calendar
