"""What belongs to a unit goes on with the one that follows it under the same code."""

from __future__ import annotations

from collections.abc import Sequence

from meetings.store import Connection
from meetings.unit_changes import Change

# Whatever is still to be answered goes along; what was answered stays as it was.
HAND_OVER = """
    WITH pair AS (
        SELECT n.old_id, u.id AS new_id
          FROM unnest($1::bigint[], $2::text[], $3::date[]) AS n (old_id, code, since)
          JOIN units u ON u.code = n.code AND lower(u.valid) = n.since),
    halls AS (UPDATE sites s SET unit_id = new_id FROM pair WHERE s.unit_id = old_id),
    staff AS (UPDATE people p SET unit_id = new_id FROM pair WHERE p.unit_id = old_id),
    powers AS (UPDATE grants g SET unit_id = new_id FROM pair WHERE g.unit_id = old_id),
    lent AS (UPDATE deputies d SET unit_id = new_id FROM pair
              WHERE d.unit_id = old_id AND d.ended_at IS NULL),
    policies AS (UPDATE booking_policies p SET unit_id = new_id FROM pair
                  WHERE p.unit_id = old_id),
    defaults AS (UPDATE unit_defaults d SET unit_id = new_id FROM pair WHERE d.unit_id = old_id),
    officials AS (UPDATE officials o SET unit_id = new_id FROM pair WHERE o.unit_id = old_id),
    shared AS (UPDATE lines l SET unit_id = new_id FROM pair WHERE l.unit_id = old_id),
    called AS (UPDATE contacts c SET unit_id = new_id FROM pair WHERE c.unit_id = old_id),
    grouped AS (UPDATE site_groups g SET below_id = new_id FROM pair WHERE g.below_id = old_id),
    patterns AS (UPDATE templates t SET unit_id = new_id FROM pair WHERE t.unit_id = old_id),
    asked AS (UPDATE approvals a SET unit_id = new_id FROM pair
               WHERE a.unit_id = old_id AND a.decision IS NULL),
    submitted AS (UPDATE submission_steps t SET unit_id = new_id FROM pair
                   WHERE t.unit_id = old_id AND t.decision IS NULL),
    waiting AS (UPDATE submissions w SET host_unit_id = new_id FROM pair
                 WHERE w.host_unit_id = old_id AND w.state = 'waiting'),
    corrected AS (UPDATE corrections k
                     SET unit_id = new_id,
                         record_id = CASE kind WHEN 'unit' THEN new_id ELSE record_id END
                    FROM pair WHERE k.unit_id = old_id AND k.state = 'open'),
    offered AS (UPDATE hand_overs o SET host_unit_id = new_id FROM pair
                 WHERE o.host_unit_id = old_id AND o.answer IS NULL)
    UPDATE units c SET parent_id = new_id FROM pair WHERE c.parent_id = old_id
"""
# A chain may stand at the unit, name it in its steps, or both.
HAND_OVER_CHAINS = """
    WITH pair AS (
        SELECT n.old_id, u.id AS new_id
          FROM unnest($1::bigint[], $2::text[], $3::date[]) AS n (old_id, code, since)
          JOIN units u ON u.code = n.code AND lower(u.valid) = n.since)
    UPDATE approval_chains a
       SET unit_id = coalesce((SELECT new_id FROM pair WHERE old_id = a.unit_id), a.unit_id),
           steps = coalesce((
               SELECT jsonb_agg(CASE WHEN new_id IS NULL THEN step
                                     ELSE step || jsonb_build_object('unit', new_id) END
                                ORDER BY place)
                 FROM jsonb_array_elements(a.steps) WITH ORDINALITY AS k (step, place)
                 LEFT JOIN pair ON old_id = (step->>'unit')::bigint), '[]'),
           version = version + 1
     WHERE a.unit_id IN (SELECT old_id FROM pair)
        OR EXISTS (SELECT FROM jsonb_array_elements(a.steps) AS step
                     JOIN pair ON old_id = (step->>'unit')::bigint)
"""


async def hand_over(conn: Connection, changes: Sequence[Change]) -> None:
    """Move all that each old unit has, is asked and decides to the one that follows it."""
    keys = (
        [one.before.id for one in changes],
        [one.after.code for one in changes],
        [one.after.valid_from for one in changes],
    )
    await conn.execute(HAND_OVER, *keys)
    await conn.execute(HAND_OVER_CHAINS, *keys)
