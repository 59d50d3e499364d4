"""The tiers of a conference, as far as each may see them."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from meetings.content.tier_rules import Tier, sees_tier
from meetings.content.tiers import plan_tiers, tiers_of
from meetings.idempotency import Answer
from meetings.model import Conference, ConferenceId
from meetings.store import Connection
from web.access.visibility import see, see_for
from web.api.answering import change, done, etag, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_version
from web.api.views import View
from web.content.tiering import TiersBody, level_for
from web.input.addressed import id_of
from web.input.moments import Moment
from web.permissions import Permission, require
from web.scheduling.booking import desk_of
from web.transactions import connection

routes = Endpoints("conferences")
PLACE = f"/conferences/{ID}/tiers"


class TierView(View):
    """One tier; level 1 is the highest."""

    level: int
    name: str
    host: str
    chair: str
    sites: list[int]
    start: Moment | None
    end: Moment | None
    papers_down_to: int


class TiersView(View):
    """The tiers that the reader may see, and on which `level` they stand (0 is the host)."""

    level: int
    tiers: list[TierView]
    version: int


def tier_view(tier: Tier, conference: Conference) -> TierView:
    """Return a tier with the times of its part."""
    start = conference.period.start
    own = tier.from_minute is not None and tier.to_minute is not None
    return TierView(
        level=tier.level,
        name=tier.name,
        host=tier.host,
        chair=tier.chair,
        sites=sorted(tier.sites.intersection(conference.sites)),
        start=start + timedelta(minutes=tier.from_minute or 0) if own else None,
        end=start + timedelta(minutes=tier.to_minute or 0) if own else None,
        papers_down_to=tier.papers_down_to,
    )


@routes.endpoint("GET", PLACE, allow=Permission.READ_CONFERENCES, tells=Tells(answer=TiersView))
async def show_tiers(request: web.Request) -> web.Response:
    """Show the tiers: one's own, those below and the next above."""
    actor = require(request)
    async with connection(request) as conn:
        seen = await see(conn, actor, ConferenceId(id_of(request)))
        tiers = await tiers_of(conn, seen.conference.id)
        level = await level_for(conn, actor, seen, tiers)
    conference = seen.conference
    known = [tier_view(tier, conference) for tier in tiers if sees_tier(level, tier.level)]
    view = TiersView(level=level, tiers=known, version=conference.version)
    return shown(view, headers={"ETag": etag(conference.version)})


@routes.endpoint(
    "PUT",
    PLACE,
    allow=Permission.BOOK,
    tells=Tells(
        answer=TiersView,
        body=TiersBody,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def put_tiers(request: web.Request) -> web.Response:
    """Write the tiers in place of those before."""
    desk = desk_of(request, require(request))
    version, body = read_version(request), await read_body(request, TiersBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        conference = seen.conference
        tiers = body.within(conference.period)
        after = await plan_tiers(
            conn, conference.id, tiers, version=version, by=desk.actor.name, now=desk.now
        )
        views = [tier_view(one, conference) for one in await tiers_of(conn, conference.id)]
        view = TiersView(level=0, tiers=views, version=after)
        return done(view, headers={"ETag": etag(after)})

    return await change(request, work)
