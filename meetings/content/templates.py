"""Templates: a conference kept as a pattern, and wishes made from patterns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from meetings.audit import record
from meetings.content.agenda import Plan, check_segments, length_minutes
from meetings.content.agenda_errors import BadSegments
from meetings.content.template_errors import RetiredSites, TemplateNotFound
from meetings.content.tier_rules import fitted
from meetings.content.upstreams import Upstream
from meetings.directory.finding import sites_by_ids
from meetings.model import Conference, Period, SiteId, UnitId, Wish
from meetings.office.workdays import ZONE, local_day
from meetings.store import Connection
from meetings.store import agenda as agenda_store
from meetings.store import templates as store
from meetings.store.officials import list_in_office
from meetings.store.templates import Pattern, Template
from meetings.store.tiers import save_tiers
from meetings.store.upstreams import find_upstream

__all__ = ["Pattern", "Template"]


def pattern_of(conference: Conference, plan: Plan, upstream: Upstream | None) -> Pattern:
    """Return a conference without its day."""
    return Pattern(
        title=conference.title,
        kind=conference.kind,
        chair=conference.chair,
        secretary=conference.secretary,
        visibility=conference.visibility,
        call_systems=conference.call_systems,
        note=conference.note,
        main_site=conference.main_site,
        sites=frozenset(conference.sites),
        start_clock=f"{conference.period.start.astimezone(ZONE):%H:%M}",
        minutes=length_minutes(conference.period),
        plan=plan,
        chair_id=conference.chair_id,
        delegates=frozenset(conference.delegates),
        upstream=upstream,
    )


def wish_from(pattern: Pattern, host: UnitId, period: Period) -> Wish:
    """Return the pattern as a wish for a period."""
    return Wish(
        title=pattern.title,
        kind=pattern.kind,
        host=host,
        chair=pattern.chair,
        main_site=pattern.main_site,
        sites=pattern.sites,
        period=period,
        note=pattern.note,
        secretary=pattern.secretary,
        visibility=pattern.visibility,
        call_systems=pattern.call_systems,
        chair_id=pattern.chair_id,
        delegates=pattern.delegates,
    )


def without(wish: Wish, retired: frozenset[SiteId]) -> Wish:
    """Return the wish without these sites; another one may become the main site."""
    left = wish.sites - retired
    main = wish.main_site if wish.main_site in left else min(left)
    return replace(wish, sites=left, main_site=main)


async def in_office(conn: Connection, wish: Wish) -> Wish:
    """Return the wish without officials who are in office no more; who chairs stands in words."""
    day = local_day(wish.period.start)
    there = await list_in_office(conn, wish.officials, on=day) if wish.officials else frozenset()
    chair = wish.chair_id if wish.chair_id in there else None
    return replace(wish, chair_id=chair, delegates=wish.delegates & there)


async def retired(conn: Connection, sites: frozenset[SiteId]) -> RetiredSites:
    """Return the fact that these sites are not in use on the day, with their names."""
    known = await sites_by_ids(conn, sites)
    names = tuple(known[site].label if site in known else str(site) for site in sorted(sites))
    return RetiredSites(sites, names)


async def templates_of(
    conn: Connection, units: Collection[UnitId], *, after: int | None = None, limit: int
) -> list[Template]:
    """Return the templates of the subtrees of `units` by name, from the one behind `after` on."""
    return await store.list_templates(conn, units, after=after, limit=limit)


async def templates_by_ids(conn: Connection, templates: Collection[int]) -> dict[int, Template]:
    """Return the templates of these ids; unknown ids are left out."""
    return {one.id: one for one in await store.list_templates_by_ids(conn, templates)}


async def template_by_id(conn: Connection, template: int) -> Template:
    """Return one template, or raise TemplateNotFound."""
    found = await store.find_template(conn, template)
    if found is None:
        raise TemplateNotFound
    return found


async def save_template(
    conn: Connection, conference: Conference, name: str, *, by: str, now: datetime
) -> Template:
    """Keep a conference as a template of its host.

    Raises:
        TemplateTaken: the host has one of that name.
    """
    plan = await agenda_store.get_plan(conn, conference.id)
    pattern = pattern_of(conference, plan, await find_upstream(conn, conference.id))
    number = await store.insert_template(conn, conference.host, name, pattern, by=by, now=now)
    await record(
        conn,
        actor=by,
        action="template.save",
        subject=f"template:{number}",
        unit=conference.host,
        detail={"name": name, "conference": conference.id},
    )
    return Template(id=number, unit=conference.host, name=name, pattern=pattern)


async def remove_template(conn: Connection, template: Template, *, by: str) -> None:
    """Take a template away."""
    await store.delete_template(conn, template.id)
    await record(
        conn,
        actor=by,
        action="template.remove",
        subject=f"template:{template.id}",
        unit=template.unit,
        detail={"name": template.name},
    )


async def copy_plan(conn: Connection, plan: Plan, conference: Conference) -> None:
    """Give a new conference a plan; what does not fit its period and halls is left out."""
    period = conference.period
    await agenda_store.save_items(conn, conference.id, plan.items)
    tiers = fitted(plan.tiers, conference.sites, length_minutes(period))
    await save_tiers(conn, conference.id, tiers)
    try:
        check_segments(plan.segments, period)
    except BadSegments:
        return
    await agenda_store.save_segments(conn, conference.id, plan.segments)
