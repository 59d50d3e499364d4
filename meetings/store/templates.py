"""Templates of conferences, as JSON that this module alone reads and writes."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import asyncpg

from meetings.content.agenda import AgendaItem, Plan, Segment, SegmentMode
from meetings.content.template_errors import TemplateTaken
from meetings.content.tier_rules import Tier
from meetings.content.upstreams import Upstream
from meetings.kinds import Kind, Visibility
from meetings.model import OfficialId, SiteId, UnitId
from meetings.store import Connection

LIST_TEMPLATES = """
    SELECT t.id, t.unit_id, t.name, t.content::text AS content FROM templates t
      JOIN units u ON u.id = t.unit_id
     WHERE u.path && $1::bigint[]
       AND ($2::bigint IS NULL OR (t.name, t.id) >
            (SELECT a.name, a.id FROM templates a WHERE a.id = $2))
     ORDER BY t.name, t.id
     LIMIT $3
"""
LIST_TEMPLATES_BY_IDS = """
    SELECT id, unit_id, name, content::text AS content FROM templates WHERE id = ANY ($1::bigint[])
"""
INSERT_TEMPLATE = """
    INSERT INTO templates (unit_id, name, content, created_by, created_at)
    VALUES ($1, $2, $3::text::jsonb, $4, $5) RETURNING id
"""
ITEM = ("title", "minutes", "at_minute", "presenter", "mode", "tier", "official")
SEGMENT = ("mode", "from_minute", "to_minute", "upstream", "tier")
"""How points and segments are kept, a list each; new columns come last."""

DELETE_TEMPLATE = "DELETE FROM templates WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A conference without its day: words, halls, length and plan."""

    title: str
    kind: Kind
    chair: str
    secretary: str
    visibility: Visibility
    note: str
    main_site: SiteId
    sites: frozenset[SiteId]
    start_clock: str
    minutes: int
    plan: Plan
    chair_id: OfficialId | None = None
    delegates: frozenset[OfficialId] = frozenset()
    upstream: Upstream | None = None
    call_systems: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A named pattern of a unit."""

    id: int
    unit: UnitId
    name: str
    pattern: Pattern


async def list_templates(
    conn: Connection, units: Collection[UnitId], *, after: int | None, limit: int
) -> list[Template]:
    """Return the templates of the subtrees of `units` by name."""
    rows = await conn.fetch(LIST_TEMPLATES, list(units), after, limit)
    return [template_from_row(row) for row in rows]


async def list_templates_by_ids(conn: Connection, templates: Collection[int]) -> list[Template]:
    """Return the templates of these ids."""
    rows = await conn.fetch(LIST_TEMPLATES_BY_IDS, list(templates))
    return [template_from_row(row) for row in rows]


async def find_template(conn: Connection, template: int) -> Template | None:
    """Return one template."""
    return next(iter(await list_templates_by_ids(conn, [template])), None)


async def insert_template(
    conn: Connection, unit: UnitId, name: str, pattern: Pattern, *, by: str, now: datetime
) -> int:
    """Write one template; raise TemplateTaken when the unit has one of that name."""
    try:
        async with conn.transaction():
            written: int = await conn.fetchval(
                INSERT_TEMPLATE, unit, name, json.dumps(content_of(pattern)), by, now
            )
    except asyncpg.UniqueViolationError as error:
        raise TemplateTaken from error
    return written


async def delete_template(conn: Connection, template: int) -> None:
    """Take one template away."""
    await conn.execute(DELETE_TEMPLATE, template)


def content_of(pattern: Pattern) -> dict[str, Any]:
    """Return a pattern as it is kept."""
    return {
        "title": pattern.title,
        "kind": pattern.kind,
        "chair": pattern.chair,
        "secretary": pattern.secretary,
        "visibility": pattern.visibility,
        "call_systems": pattern.call_systems,
        "note": pattern.note,
        "main_site": pattern.main_site,
        "sites": sorted(pattern.sites),
        "start_clock": pattern.start_clock,
        "minutes": pattern.minutes,
        "chair_id": pattern.chair_id,
        "delegates": sorted(pattern.delegates),
        "items": [[getattr(one, name) for name in ITEM] for one in pattern.plan.items],
        "segments": [[getattr(one, name) for name in SEGMENT] for one in pattern.plan.segments],
        "upstream": asdict(pattern.upstream) if pattern.upstream else None,
        "tiers": [asdict(one) | {"sites": sorted(one.sites)} for one in pattern.plan.tiers],
    }


def template_from_row(row: asyncpg.Record) -> Template:
    """Return the template of a row."""
    kept = json.loads(row["content"])
    pattern = Pattern(
        title=kept["title"],
        kind=Kind(kept["kind"]),
        chair=kept["chair"],
        secretary=kept["secretary"],
        visibility=Visibility(kept["visibility"]),
        note=kept["note"],
        main_site=kept["main_site"],
        sites=frozenset(kept["sites"]),
        start_clock=kept["start_clock"],
        minutes=kept["minutes"],
        plan=plan_from(kept),
        chair_id=kept.get("chair_id"),
        delegates=frozenset(kept.get("delegates", ())),
        call_systems=kept.get("call_systems", False),
        upstream=Upstream(**kept["upstream"]) if kept.get("upstream") else None,
    )
    return Template(id=row["id"], unit=row["unit_id"], name=row["name"], pattern=pattern)


def plan_from(kept: dict[str, Any]) -> Plan:
    """Return the plan of a kept pattern; one kept before there were tiers has none."""
    return Plan(
        items=tuple(item_from(row) for row in kept["items"]),
        segments=tuple(segment_from(row) for row in kept["segments"]),
        tiers=tuple(
            Tier(**(tier | {"sites": frozenset(tier["sites"])})) for tier in kept.get("tiers", ())
        ),
    )


def item_from(row: list[Any]) -> AgendaItem:
    """Return a point of a kept pattern; older ones have fewer columns."""
    kept = dict(zip(ITEM, row, strict=False))
    mode = SegmentMode(kept["mode"]) if kept["mode"] else None
    return AgendaItem(**(kept | {"mode": mode}))


def segment_from(row: list[Any]) -> Segment:
    """Return a segment of a kept pattern; older ones have fewer columns."""
    kept = dict(zip(SEGMENT, row, strict=False))
    return Segment(**(kept | {"mode": SegmentMode(kept["mode"])}))
