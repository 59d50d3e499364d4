"""On which tier of a conference somebody stands, and what is sent to plan the tiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.content.agenda import Plan, seen_from
from meetings.content.planning import plan_of
from meetings.content.tier_rules import TOP, Tier, level_of
from meetings.directory.finding import sites_by_ids
from meetings.model import Period, SiteId
from meetings.store import Connection
from web.access.actors import Actor
from web.access.visibility import Seen, answered_of
from web.content.planned import Level, minute_of
from web.errors import BadForm
from web.input.forms import Body, End, SiteIds
from web.input.moments import Moment
from web.input.words import OpenName, Who
from web.permissions import Permission, may


class TierBody(Body):
    """One tier: its sites, host and part, and how far down its papers go."""

    level: Level
    name: OpenName
    sites: SiteIds
    host: Who = ""
    chair: Who = ""
    start: Moment | None = None
    end: End | None = None
    papers_down_to: Level | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse half a time, and papers that go up."""
        if (self.start is None) != (self.end is None):
            raise PydanticCustomError("required", "both ends", {"field": "end"})
        if self.papers_down_to is not None and self.papers_down_to < self.level:
            code = {"field": "papers_down_to", "code": "out-of-range"}
            raise PydanticCustomError("between-fields", "{code}", code)
        return self

    def tier(self, period: Period) -> Tier:
        """Return the tier with its part counted from the start."""
        return Tier(
            level=self.level,
            name=self.name,
            sites=frozenset(map(SiteId, self.sites)),
            papers_down_to=self.papers_down_to or self.level,
            host=self.host,
            chair=self.chair,
            from_minute=None if self.start is None else minute_of(self.start, period),
            to_minute=None if self.end is None else minute_of(self.end, period),
        )


class TiersBody(Body):
    """All tiers; each level and each site stands in one of them."""

    tiers: Annotated[list[TierBody], Field(max_length=5)]

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse a level or a site that stands in two tiers."""
        levels = set[int]()
        stands = dict[int, int]()
        for place, tier in enumerate(self.tiers):
            if tier.level in levels:
                raise repeated(f"tiers.{place}.level", level=tier.level)
            levels.add(tier.level)
            for site in tier.sites:
                other = stands.setdefault(site, tier.level)
                if other != tier.level:
                    field = f"tiers.{place}.sites"
                    raise repeated(field, hall=site, first=other, second=tier.level)
        return self

    def within(self, period: Period) -> list[Tier]:
        """Return the tiers with their parts counted from the start.

        Raises:
            BadForm: with every part in which there is no whole minute.
        """
        tiers = [one.tier(period) for one in self.tiers]
        wrong = {
            f"tiers.{place}.end": "end-before-start"
            for place, one in enumerate(tiers)
            if one.from_minute is not None and one.from_minute == one.to_minute
        }
        if wrong:
            raise BadForm(wrong)
        return tiers


def repeated(field: str, **values: object) -> PydanticCustomError:
    """Return that something stands in two tiers."""
    told = {"field": field, "code": "repeated", **values}
    return PydanticCustomError("between-fields", "{code}", told)


async def level_for(conn: Connection, actor: Actor, seen: Seen, tiers: Sequence[Tier]) -> int:
    """Return the level on which somebody stands.

    Who reads for the host stands above all, and who answers a request or an offer of it.
    """
    if not tiers or may(actor, Permission.READ_CONFERENCES, seen.host.path):
        return TOP
    if await answered_of(conn, actor, [seen.conference], {seen.host.id: seen.host}):
        return TOP
    sites = await sites_by_ids(conn, seen.conference.sites)
    own = [
        site.id
        for site in sites.values()
        if may(actor, Permission.READ_CONFERENCES, site.unit_path)
    ]
    return level_of(tiers, own)


async def seen_plan(conn: Connection, actor: Actor, seen: Seen) -> Plan:
    """Return what is planned inside a conference as far as somebody's tier may see it."""
    plan = await plan_of(conn, seen.conference.id)
    return seen_from(await level_for(conn, actor, seen, plan.tiers), plan)
