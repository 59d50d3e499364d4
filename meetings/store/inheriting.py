"""What belongs to a unit goes on with the one that follows it, under the same code or another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from meetings.directory.unit_changes import UnitVersion
from meetings.ids import OfficialId, UnitId
from meetings.store import Connection
from meetings.store.polls import follow_polls

Pair = tuple[UnitId, UnitId]
"""A unit and the one that follows it."""

LIST_IDS = """
    SELECT u.id
      FROM unnest($1::text[], $2::date[]) WITH ORDINALITY AS n (code, since, place)
      JOIN units u ON u.code = n.code AND lower(u.valid) IS NOT DISTINCT FROM n.since
     ORDER BY n.place
"""
LIST_HEIRS = """
    SELECT u.id
      FROM unnest($1::text[]) WITH ORDINALITY AS n (code, place)
      JOIN units u ON u.code = n.code AND u.valid @> $2::date
     ORDER BY n.place
"""
# Whoever goes on under the same code has everything that the old one had.
HAND_OVER = """
    WITH pair AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS n (old_id, new_id)),
    halls AS (UPDATE sites s SET unit_id = new_id FROM pair WHERE s.unit_id = old_id),
    staff AS (UPDATE people p SET unit_id = new_id FROM pair WHERE p.unit_id = old_id),
    powers AS (UPDATE grants g SET unit_id = new_id FROM pair WHERE g.unit_id = old_id),
    lent AS (UPDATE deputies d SET unit_id = new_id FROM pair
              WHERE d.unit_id = old_id AND d.ended_at IS NULL),
    policies AS (UPDATE booking_policies p SET unit_id = new_id FROM pair
                  WHERE p.unit_id = old_id),
    defaults AS (UPDATE unit_defaults d SET unit_id = new_id FROM pair WHERE d.unit_id = old_id),
    chained AS (UPDATE approval_chains a SET unit_id = new_id, version = version + 1 FROM pair
                 WHERE a.unit_id = old_id),
    officials AS (UPDATE officials o SET unit_id = new_id FROM pair WHERE o.unit_id = old_id),
    called AS (UPDATE contacts c SET unit_id = new_id FROM pair WHERE c.unit_id = old_id),
    ruled AS (UPDATE site_groups g SET below_id = new_id FROM pair WHERE g.below_id = old_id),
    ahead AS (UPDATE inheritances i SET old_id = new_id FROM pair WHERE i.old_id = pair.old_id),
    corrected AS (UPDATE corrections k SET record_id = new_id FROM pair
                   WHERE k.kind = 'unit' AND k.record_id = old_id AND k.state = 'open')
    UPDATE units c SET parent_id = new_id FROM pair WHERE c.parent_id = old_id
"""
# Whatever is still to be answered goes along; what was answered stays as it was.  Names are one of
# a kind in a unit: where two come together, the second says from which unit it came.
FOLLOW = """
    WITH pair AS (
        SELECT n.old_id, n.new_id, u.code
          FROM unnest($1::bigint[], $2::bigint[]) AS n (old_id, new_id)
          JOIN units u ON u.id = n.old_id),
    shared AS (UPDATE lines l
                  SET unit_id = new_id,
                      name = CASE WHEN EXISTS (
                          SELECT FROM lines x LEFT JOIN pair q ON q.old_id = x.unit_id
                           WHERE x.name = l.name AND (x.unit_id = pair.new_id
                                 OR x.id < l.id AND q.new_id = pair.new_id))
                          THEN left(name, 150) || ' (' || code || '/' || l.id || ')' ELSE name END
                 FROM pair WHERE l.unit_id = old_id),
    patterns AS (UPDATE templates t
                    SET unit_id = new_id,
                        name = CASE WHEN EXISTS (
                            SELECT FROM templates x LEFT JOIN pair q ON q.old_id = x.unit_id
                             WHERE x.name = t.name AND (x.unit_id = pair.new_id
                                   OR x.id < t.id AND q.new_id = pair.new_id))
                            THEN left(name, 150) || ' (' || code || '/' || t.id || ')' ELSE name END
                   FROM pair WHERE t.unit_id = old_id),
    asked AS (UPDATE approvals a SET unit_id = new_id FROM pair
               WHERE a.unit_id = old_id AND a.decision IS NULL),
    submitted AS (UPDATE submission_steps t SET unit_id = new_id FROM pair
                   WHERE t.unit_id = old_id AND t.decision IS NULL),
    waiting AS (UPDATE submissions w SET host_unit_id = new_id FROM pair
                 WHERE w.host_unit_id = old_id AND w.state = 'waiting'),
    corrected AS (UPDATE corrections k SET unit_id = new_id FROM pair
                   WHERE k.unit_id = old_id AND k.state = 'open')
    UPDATE hand_overs o SET host_unit_id = new_id FROM pair
     WHERE o.host_unit_id = old_id AND o.answer IS NULL
"""
# Chains that stand elsewhere name the unit in their steps; who is asked twice by that answers once.
FOLLOW_IN_STEPS = """
    WITH pair AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS n (old_id, new_id))
    UPDATE approval_chains a
       SET steps = (
               SELECT jsonb_agg(step ORDER BY place)
                 FROM (SELECT CASE WHEN new_id IS NULL THEN step
                                   ELSE step || jsonb_build_object('unit', new_id) END AS step,
                              min(place) AS place
                         FROM jsonb_array_elements(a.steps) WITH ORDINALITY AS k (step, place)
                         LEFT JOIN pair ON old_id = (step->>'unit')::bigint
                        GROUP BY 1, CASE WHEN new_id IS NULL THEN place END) AS mapped),
           version = version + 1
     WHERE a.unit_id <> ALL ($1::bigint[])
       AND EXISTS (SELECT FROM jsonb_array_elements(a.steps) AS step
                     JOIN pair ON old_id = (step->>'unit')::bigint)
"""
# The old grants stay, so that what was before the reform can still be read.
GIVE_POWERS = """
    WITH pair AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS n (old_id, new_id)),
    lent AS (
        INSERT INTO deputies (giver_id, deputy_id, role, unit_id, days)
        SELECT DISTINCT giver_id, deputy_id, role, new_id, days
          FROM deputies JOIN pair ON unit_id = old_id
         WHERE ended_at IS NULL)
    INSERT INTO grants (person_id, role, unit_id)
    SELECT DISTINCT person_id, role, new_id FROM grants JOIN pair ON unit_id = old_id
        ON CONFLICT DO NOTHING
"""
# A merger may lie ahead: until then whoever is to be called is called at the old unit.
GIVE_CONTACTS = """
    WITH pair AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS n (old_id, new_id)),
    ending AS (
        UPDATE contacts SET valid = daterange(lower(valid), $3), version = version + 1 FROM pair
         WHERE unit_id = old_id AND (lower_inf(valid) OR lower(valid) < $3)
           AND (upper_inf(valid) OR upper(valid) > $3)),
    later AS (
        UPDATE contacts SET unit_id = new_id, version = version + 1 FROM pair
         WHERE unit_id = old_id AND lower(valid) >= $3)
    INSERT INTO contacts (unit_id, duty, name, title, phone, email, valid)
    SELECT new_id, duty, name, title, phone, email, daterange($3, upper(valid))
      FROM contacts JOIN pair ON unit_id = old_id
     WHERE (lower_inf(valid) OR lower(valid) < $3) AND (upper_inf(valid) OR upper(valid) > $3)
"""
GIVE_STAFF = """
    UPDATE people SET unit_id = n.new_id
      FROM unnest($1::bigint[], $2::bigint[]) AS n (old_id, new_id) WHERE unit_id = n.old_id
"""
KEEP_FOR_THE_DAY = """
    INSERT INTO inheritances (old_id, code, since, sole)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::date[], $4::boolean[])
        ON CONFLICT DO NOTHING
"""
TAKE_DUE = """
    DELETE FROM inheritances i USING units u
     WHERE u.id = i.old_id AND i.since <= $1
    RETURNING i.old_id, u.code AS old_code, i.code, i.since, i.sole
"""
MOVE_OFFICIALS = """
    WITH n AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS n (official, heir)),
    kept AS (INSERT INTO officials_before (official_id, until, unit_id)
             SELECT o.id, $3, o.unit_id FROM officials o JOIN n ON o.id = n.official
                 ON CONFLICT DO NOTHING)
    UPDATE officials SET unit_id = n.heir, version = version + 1 FROM n WHERE id = n.official
"""
# Whoever is promised to a conference already stays in office for it.
END_OFFICIALS = """
    UPDATE officials o
       SET version = version + 1, valid = daterange(lower(valid), greatest(
           $2::date, lower(valid) + 1,
           (SELECT max((upper(h.during) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) + 1
              FROM official_holds h WHERE h.official_id = o.id)))
     WHERE id = ANY ($1::bigint[])
"""


async def list_ids(conn: Connection, units: Sequence[UnitVersion]) -> list[UnitId]:
    """Return the ids of units that are stored by now, in the same order."""
    keys = [unit.code for unit in units], [unit.valid_from for unit in units]
    return [row["id"] for row in await conn.fetch(LIST_IDS, *keys)]


async def list_heirs(conn: Connection, codes: Sequence[str], day: date) -> list[UnitId]:
    """Return the units that carry these codes on that day, in the same order."""
    return [row["id"] for row in await conn.fetch(LIST_HEIRS, list(codes), day)]


async def hand_over(conn: Connection, pairs: Sequence[Pair]) -> None:
    """Move all that each old unit has, is asked and decides to the one that follows it."""
    await conn.execute(HAND_OVER, *_columns(pairs))
    await follow(conn, pairs)


async def follow(conn: Connection, pairs: Sequence[Pair]) -> None:
    """Move what each old unit looks after, asks for and is asked to the one that follows it."""
    if pairs:
        await follow_polls(conn, pairs)
        await conn.execute(FOLLOW, *_columns(pairs))
        await conn.execute(FOLLOW_IN_STEPS, *_columns(pairs))


def _columns(pairs: Sequence[Pair]) -> tuple[list[UnitId], list[UnitId]]:
    return [old for old, _ in pairs], [new for _, new in pairs]


async def give_powers(conn: Connection, pairs: Sequence[Pair]) -> None:
    """Let the staff of each old unit, and whom they lent a role, act for the one that follows."""
    await conn.execute(GIVE_POWERS, *_columns(pairs))


async def give_contacts(conn: Connection, pairs: Sequence[Pair], day: date) -> None:
    """Call whoever is to be called of each old unit at its heir from that day on."""
    await conn.execute(GIVE_CONTACTS, *_columns(pairs), day)


async def give_staff(conn: Connection, pairs: Sequence[Pair]) -> None:
    """Count the staff of each old unit among its heir's."""
    await conn.execute(GIVE_STAFF, *_columns(pairs))


class Ahead(NamedTuple):
    """What a unit leaves to the one that carries the code on that day."""

    old: UnitId
    code: str
    since: date
    sole: bool


async def keep_for_the_day(conn: Connection, left: Sequence[Ahead]) -> None:
    """Note what is to be passed on once its day has come."""
    if left:
        columns = [list(column) for column in zip(*left, strict=True)]
        await conn.execute(KEEP_FOR_THE_DAY, *columns)


async def take_due(conn: Connection, today: date) -> list[tuple[Ahead, str]]:
    """Take what is to be passed on by now, each with the old unit's code, the earliest first."""
    rows = await conn.fetch(TAKE_DUE, today)
    columns = ("old_id", "code", "since", "sole")
    found = [(Ahead(*(row[name] for name in columns)), row["old_code"]) for row in rows]
    return sorted(found, key=lambda one: (one[0].since, one[0].code, one[1]))


async def move_officials(
    conn: Connection, moves: Sequence[tuple[OfficialId, UnitId]], day: date
) -> None:
    """Let each of these officials be of another unit from that day on."""
    await conn.execute(MOVE_OFFICIALS, [one for one, _ in moves], [unit for _, unit in moves], day)


async def end_officials(conn: Connection, officials: Collection[OfficialId], day: date) -> None:
    """Let these be in office up to that day, or to the last conference they are promised to."""
    await conn.execute(END_OFFICIALS, list(officials), day)
