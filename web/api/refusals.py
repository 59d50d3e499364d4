"""What a refusal tells besides its code: fields at fault, who is in the way, what would work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web

from meetings.content.template_errors import RetiredSites
from meetings.directory.errors import (
    BadReformDate,
    CodeTaken,
    GroupExists,
    UnitInUse,
)
from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.errors import (
    BadRows,
    GroupNotFound,
    NoSeats,
    OfficialsNotFound,
    SiteBusy,
    SitesNotFound,
    TooLate,
    UnitNotFound,
)
from meetings.model import Rival, Site, SiteId
from meetings.names import sort_key
from meetings.office.days import DayTaken, NoWeekend
from meetings.scheduling.reasons import Rule
from meetings.scheduling.ways import Alternative
from meetings.series.errors import SeriesClash
from meetings.store import Connection
from monitoring.errors import BadTarget
from web.access.visibility import known_among, known_ids
from web.api.cell_views import cell_views
from web.api.presenting import alternative_view, rival_view
from web.api.problems import (
    MOST_SHOWN,
    HallName,
    ObligationView,
    RivalView,
    WayView,
)
from web.api.reasons import ReasonView, each_views
from web.api.seriesviews import names_of, skipped_view
from web.errors import BadForm, BadRequest
from web.input.strict_json import parse
from web.keys import ACTOR
from web.permissions import require
from web.transactions import connection
from web.wording.sentences import say


def field(request: web.Request, name: str, error: Exception) -> dict[str, Any]:
    """Return the member that names one field at fault."""
    code = str(getattr(error, "code", "wrong"))
    return {"errors": [{"field": name, "code": code, "message": say(request, code)}]}


async def tell_sites(request: web.Request, error: SitesNotFound) -> dict[str, Any]:
    """Name the sites that do not exist on that day."""
    return field(request, "sites", error) | {"sites": sorted(error.sites)}


async def tell_retired(request: web.Request, error: RetiredSites) -> dict[str, Any]:
    """Name the halls that are no longer in use on that day."""
    labels = [
        {"site": site, "label": label}
        for site, label in zip(sorted(error.sites), error.names, strict=True)
    ]
    return field(request, "without_retired", error) | {"sites": labels}


async def tell_officials(request: web.Request, error: OfficialsNotFound) -> dict[str, Any]:
    """Name the officials who are not in office on that day."""
    return field(request, "delegates", error) | {"officials": sorted(error.officials)}


async def tell_unit(request: web.Request, error: UnitNotFound) -> dict[str, Any]:
    """Name the field that holds the unit that does not exist on that day."""
    sent: dict[str, Any] = dict(request.query)
    with suppress(BadRequest, BadForm):
        body = parse(await request.read())
        sent |= body if isinstance(body, dict) else {}
    holding = (
        name
        for name, value in sent.items()
        if value == error.unit or (isinstance(value, list) and error.unit in value)
    )
    return field(request, next(holding, "host"), error)


async def tell_group(request: web.Request, error: GroupNotFound) -> dict[str, Any]:
    """Name the group that does not exist."""
    name = "group" if request.method in {"GET", "HEAD"} else "groups"
    return field(request, name, error)


async def tell_time(request: web.Request, error: TooLate) -> dict[str, Any]:
    """Name the time that is over."""
    return field(request, "start", error)


async def tell_reform_date(request: web.Request, error: BadReformDate) -> dict[str, Any]:
    """Name the day that cannot be."""
    return field(request, "from", error)


async def tell_group_code(request: web.Request, error: GroupExists) -> dict[str, Any]:
    """Name the code that a group has already."""
    return field(request, "code", error)


async def tell_code(request: web.Request, error: CodeTaken) -> dict[str, Any]:
    """Name the code that is taken."""
    return field(request, "into", error)


async def tell_use(request: web.Request, error: UnitInUse) -> dict[str, Any]:
    """Name the conferences and units that stand in the way; titles as far as they may be known."""
    async with connection(request) as conn:
        meant = [one.conference for one in error.obligations]
        known = await known_ids(conn, require(request), meant)
    views = [
        ObligationView(
            conference=one.conference,
            title=one.title if one.conference in known else None,
            start=one.period.start,
            end=one.period.end,
            hosts=one.hosts,
            halls=one.halls,
            todo=say(request, one.todo),
        )
        for one in error.obligations
    ]
    told = [view.model_dump(mode="json") for view in views]
    return {"conferences": told, "units": list(error.below)}


async def tell_day(request: web.Request, error: DayTaken | NoWeekend) -> dict[str, Any]:
    """Name the day that cannot be entered."""
    return field(request, "day", error) | {"day": error.day.isoformat()}


async def tell_rows(request: web.Request, error: BadRows) -> dict[str, Any]:
    """Name every wrong cell of a file."""
    async with connection(request) as conn:
        told = await cell_views(conn, request, error.problems[:MOST_SHOWN])
    return {"problems": [view.model_dump(mode="json") for view in told]}


async def tell_seats(_request: web.Request, error: NoSeats) -> dict[str, Any]:
    """Say how many seats were wanted and how many are free."""
    return {"wanted": error.wanted, "free": error.free}


async def tell_target(request: web.Request, error: BadTarget) -> dict[str, Any]:
    """Name every field of a target that cannot be right."""
    return {
        "errors": [
            {"field": name, "code": code, "message": say(request, code)}
            for name, code in error.problems
        ]
    }


async def tell_clash(request: web.Request, error: SiteBusy) -> dict[str, Any]:
    """Name who holds the sites until when, and what would be free instead."""
    said = [error.reasons, *(way.warnings for way in error.alternatives)]
    async with connection(request) as conn:
        rivals = await rival_views(conn, request, error.rivals)
        reasons, *warned = await each_views(conn, request, said)
        ways = await way_views(conn, error.alternatives, warned)
    free = [alternative_view(alternative) for alternative in error.alternatives]
    return {
        "rivals": [rival.model_dump(mode="json") for rival in rivals],
        "alternatives": [way.model_dump(mode="json") for way in free],
        "ways": [way.model_dump(mode="json") for way in ways],
        "reasons": [one.model_dump(mode="json") for one in reasons],
        **short_seats(error),
    }


def short_seats(error: SiteBusy) -> dict[str, int]:
    """Return how many seats were wanted and are free, where they are short."""
    short = [one for one in error.reasons if one.rule is Rule.NO_SEATS and one.holder is None]
    return {"wanted": short[0].given, "free": short[0].limit} if short else {}


async def way_views(
    conn: Connection, ways: Sequence[Alternative], warned: Sequence[list[ReasonView]]
) -> list[WayView]:
    """Return what each alternative changes, by name, and what speaks against it."""
    sites = await sites_by_ids(conn, {site for way in ways for site in way.left_out | way.added})
    return [
        WayView(
            kind=way.kind,
            left_out=hall_names(way.left_out, sites),
            added=hall_names(way.added, sites),
            warnings=said,
        )
        for way, said in zip(ways, warned, strict=True)
    ]


def hall_names(ids: Iterable[SiteId], sites: Mapping[SiteId, Site]) -> list[HallName]:
    """Return halls by what they are called, in Vietnamese order."""
    found = sorted((sites[one] for one in ids), key=lambda site: sort_key(site.label))
    return [HallName(site=site.id, label=site.label) for site in found]


async def rival_views(
    conn: Connection, request: web.Request, rivals: Sequence[Rival]
) -> list[RivalView]:
    """Return who holds halls, by name, as far as the asker may know them."""
    actor = request[ACTOR]
    sites = await sites_by_ids(conn, {rival.site for rival in rivals})
    hosts = await units_by_ids(conn, {rival.host for rival in rivals})
    known = await known_among(conn, actor, rivals) if actor and rivals else frozenset()
    return [
        rival_view(rival, sites[rival.site], hosts[rival.host], known=rival.conference in known)
        for rival in rivals
    ]


async def tell_dates(request: web.Request, error: SeriesClash) -> dict[str, Any]:
    """Name every date that cannot be held, and who is in its way."""
    async with connection(request) as conn:
        names = await names_of(conn, request, error.skipped)
    skipped = [skipped_view(one, names).model_dump(mode="json") for one in error.skipped]
    return {"skipped": skipped}
