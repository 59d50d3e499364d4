"""Many conferences written at once: a statement for all of them, however many they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from meetings.model import Conference, ConferenceId, PoolId, SiteId
from meetings.names import fold
from meetings.store import Connection

SAVE_CONFERENCES = """
    UPDATE conferences c
       SET title = n.title, folded = n.folded, kind = n.kind, chair = n.chair,
           main_site_id = n.main_site_id, period = tstzrange(n.starts_at, n.ends_at),
           note = n.note, state = n.state, cancel_reason = n.cancel_reason, version = n.version,
           changed_at = n.changed_at, urgency = n.urgency, owner_id = n.owner_id,
           secretary = n.secretary, visibility = n.visibility, chair_id = n.chair_id,
           host_unit_id = n.host_unit_id, ended_at = n.ended_at, waiver = n.waiver,
           call_systems = n.call_systems
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                  $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::text[],
                  $12::int[], $13::timestamptz[], $14::text[], $15::bigint[], $16::text[],
                  $17::text[], $18::bigint[], $19::bigint[], $20::timestamptz[], $21::text[],
                  $22::boolean[])
           AS n (id, title, folded, kind, chair, main_site_id, starts_at, ends_at, note, state,
                 cancel_reason, version, changed_at, urgency, owner_id, secretary, visibility,
                 chair_id, host_unit_id, ended_at, waiver, call_systems)
     WHERE c.id = n.id
"""
SAVE_PERIODS = """
    UPDATE conferences c SET period = tstzrange(n.starts_at, n.ends_at), host_unit_id = n.host
      FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::bigint[])
           AS n (id, starts_at, ends_at, host)
     WHERE c.id = n.id AND c.period <> tstzrange(n.starts_at, n.ends_at)
"""
# What is to move lets go first, so that no date is in the way of its neighbour.
LOOSEN = """
    WITH s AS (UPDATE holds SET firm = FALSE WHERE conference_id = ANY ($1::bigint[])),
         o AS (UPDATE official_holds SET firm = FALSE WHERE conference_id = ANY ($1::bigint[]))
    UPDATE line_holds SET firm = FALSE WHERE conference_id = ANY ($1::bigint[])
"""
SAVE_SEATS = """
    UPDATE seat_holds h SET seats = n.seats, during = tstzrange(n.starts_at, n.ends_at)
      FROM unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::timestamptz[])
           AS n (id, seats, starts_at, ends_at)
     WHERE h.conference_id = n.id
"""
LIST_POOLS = """
    SELECT conference_id, pool_id FROM seat_holds WHERE conference_id = ANY ($1::bigint[])
"""
SAVE_INVITATIONS = """
    WITH wanted AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS n (id, site)),
         gone AS (DELETE FROM invitations i
                   WHERE i.conference_id = ANY ($1::bigint[])
                     AND NOT EXISTS (SELECT FROM wanted w
                                      WHERE w.id = i.conference_id AND w.site = i.site_id))
    INSERT INTO invitations (conference_id, site_id) SELECT id, site FROM wanted
        ON CONFLICT DO NOTHING
"""
SAVE_DELEGATES = """
    WITH wanted AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS n (id, official)),
         gone AS (DELETE FROM delegates d
                   WHERE d.conference_id = ANY ($3::bigint[])
                     AND NOT EXISTS (SELECT FROM wanted w
                                      WHERE w.id = d.conference_id AND w.official = d.official_id))
    INSERT INTO delegates (conference_id, official_id) SELECT id, official FROM wanted
        ON CONFLICT DO NOTHING
"""
# None of them has begun, so that nothing lies before the moment from which all is free.
RELEASE = """
    WITH s AS (DELETE FROM holds WHERE conference_id = ANY ($1::bigint[])),
         o AS (DELETE FROM official_holds WHERE conference_id = ANY ($1::bigint[])),
         l AS (DELETE FROM line_holds WHERE conference_id = ANY ($1::bigint[]))
    DELETE FROM seat_holds WHERE conference_id = ANY ($1::bigint[])
"""


async def save_conferences(conn: Connection, found: Collection[Conference]) -> None:
    """Write the conferences' own columns, their versions and hosts included; not their sites."""
    rows = [
        (
            one.id,
            one.title,
            fold(f"{one.title} {one.chair}"),
            one.kind.value,
            one.chair,
            one.main_site,
            one.period.start,
            one.period.end,
            one.note,
            one.state.value,
            one.cancel_reason,
            one.version,
            one.changed_at,
            one.urgency.value,
            one.owner,
            one.secretary,
            one.visibility.value,
            one.chair_id,
            one.host,
            one.ended_at,
            one.waiver,
            one.call_systems,
        )
        for one in found
    ]
    if rows:
        await conn.execute(SAVE_CONFERENCES, *map(list, zip(*rows, strict=True)))


async def save_periods(conn: Connection, found: Sequence[Conference]) -> None:
    """Write when these are held, before their halls and people, which are in use by that day.

    Their other columns come last: a version is kept with the halls and people that it has then.
    """
    starts, ends = [one.period.start for one in found], [one.period.end for one in found]
    hosts = [one.host for one in found]
    await conn.execute(SAVE_PERIODS, [one.id for one in found], starts, ends, hosts)


async def loosen(conn: Connection, conferences: Collection[ConferenceId]) -> None:
    """Let these block nobody until each is held again."""
    if conferences:
        await conn.execute(LOOSEN, list(conferences))


async def save_seats(conn: Connection, found: Sequence[Conference]) -> None:
    """Let those that hold seats hold as many as they have halls, in their periods."""
    await conn.execute(
        SAVE_SEATS,
        [one.id for one in found],
        [len(one.sites) for one in found],
        [one.period.start for one in found],
        [one.period.end for one in found],
    )


async def list_pools(
    conn: Connection, conferences: Collection[ConferenceId]
) -> dict[ConferenceId, PoolId]:
    """Return whose seats each of them holds; those without are left out."""
    rows = await conn.fetch(LIST_POOLS, list(conferences))
    return {ConferenceId(row["conference_id"]): PoolId(row["pool_id"]) for row in rows}


async def save_invitations(conn: Connection, found: Collection[Conference]) -> None:
    """Invite exactly the sites of each; links of those left out go with them."""
    wanted: list[tuple[ConferenceId, SiteId]] = [
        (one.id, site) for one in found for site in one.sites
    ]
    if wanted:
        await conn.execute(SAVE_INVITATIONS, *map(list, zip(*wanted, strict=True)))


async def save_delegates(conn: Connection, found: Collection[Conference]) -> None:
    """Let exactly the delegates of each attend."""
    if not found:
        return
    wanted = [(one.id, official) for one in found for official in one.delegates]
    ids, people = [number for number, _ in wanted], [official for _, official in wanted]
    await conn.execute(SAVE_DELEGATES, ids, people, [one.id for one in found])


async def release(conn: Connection, conferences: Collection[ConferenceId]) -> None:
    """Free all that is held by conferences that have not begun."""
    await conn.execute(RELEASE, list(conferences))
