"""Booking from end to end: the conference, its room on a bridge and its links, all or nothing.

Pages and API call these with a connection that is inside a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from aiohttp import web

from bridges.errors import BridgeNotFound
from bridges.placement.placing import place
from bridges.registered.registry import bridge_by_name
from meetings.approval.asking import draft, request, steps_for
from meetings.approval.chains import Step
from meetings.directory.finding import resolve_groups, sites_by_ids, unit_by_code, units_by_ids
from meetings.errors import NoSeats
from meetings.kinds import Visibility
from meetings.links.invitations import make_links
from meetings.model import (
    Conference,
    PoolId,
    Site,
    SiteId,
    Unit,
    UnitId,
    Wish,
)
from meetings.office.workdays import local_day
from meetings.scheduling import booking
from meetings.scheduling.refusing import PoolsAsked
from meetings.scheduling.terms import Terms, terms_of
from meetings.store import Connection
from web.access.actors import Actor
from web.errors import BadForm, Forbidden
from web.input.forms import Asking, WishBody
from web.keyring.keyring import Keyring
from web.keys import CLOCK, KEYRING
from web.permissions import Permission, may, units_of
from web.wording.chairing import titled

LINKS = "links"
"""The purpose of the key that links are made with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """By whom, when and with which key something is booked."""

    actor: Actor
    now: datetime
    link_key: bytes = field(repr=False)
    older_keys: tuple[bytes, ...] = field(default=(), repr=False)


def desk_of(request: web.Request, actor: Actor) -> Desk:
    """Return the desk at which this request is served."""
    keyring: Keyring = request.config_dict[KEYRING]
    newest, *older = (keyring.derive(LINKS, key_id=key.id) for key in keyring.keys)
    return Desk(
        actor=actor,
        now=request.config_dict[CLOCK](),
        link_key=newest,
        older_keys=tuple(older),
    )


async def book_conference(conn: Connection, desk: Desk, body: WishBody) -> Conference:
    """Book what was wished for, place its room and make its links.

    Raises:
        Forbidden: the actor may not book for that host.
        UnitNotFound, GroupNotFound, SitesNotFound, TooLate, SiteBusy: as the wish is.
        BadForm: there is no bridge of that name.
        NoBridgeFits: there is no bridge at all.
    """
    wish, terms = await find_wish_and_terms(conn, desk, body)
    return await ask_for(conn, desk, wish, body, steps=terms.steps)


async def ask_for(
    conn: Connection, desk: Desk, wish: Wish, body: WishBody, *, steps: Sequence[Step]
) -> Conference:
    """Book the wish, or keep it as the draft or the request that the body says it is.

    `steps` are who must agree.
    """
    by, now, bridge = desk.actor.name, desk.now, body.bridge or ""
    if body.as_ is Asking.DRAFT:
        return await draft(conn, wish, bridge=bridge, by=by, now=now)
    if body.as_ is Asking.REQUEST:
        return await request(conn, wish, steps=steps, bridge=bridge, by=by, now=now)
    return await book_or_request(conn, desk, wish, bridge=body.bridge, steps=steps)


async def book_wish(conn: Connection, desk: Desk, wish: Wish, *, bridge: str | None) -> Conference:
    """Book a wish; others who want the same halls wait from here until the commit.

    Where a chain of approval applies to its host and kind, it is asked for instead.
    """
    steps = await steps_for(conn, wish.host, wish.kind)
    return await book_or_request(conn, desk, wish, bridge=bridge, steps=steps)


async def book_or_request(
    conn: Connection, desk: Desk, wish: Wish, *, bridge: str | None, steps: Sequence[Step]
) -> Conference:
    """Book a wish, or ask those for it who must agree."""
    if steps:
        by, now = desk.actor.name, desk.now
        return await request(conn, wish, steps=steps, bridge=bridge or "", by=by, now=now)
    return await book_at_once(conn, desk, wish, bridge=bridge)


async def book_at_once(
    conn: Connection, desk: Desk, wish: Wish, *, bridge: str | None, maker: str | None = None
) -> Conference:
    """Book a wish to which everybody who must has agreed, for its `maker` if it is another's."""
    by, now, pools, key = desk.actor.name, desk.now, pools_of(bridge), desk.link_key
    conference = await booking.book(conn, wish, by=by, now=now, pools=pools, maker=maker, key=key)
    await give_room(conn, desk, conference, bridge=bridge, first=True)
    return conference


async def furnish(
    conn: Connection, desk: Desk, conference: Conference, *, bridge: str | None
) -> None:
    """Give a conference that is confirmed its links and its room.

    Raises:
        BadForm, NoBridgeFits, SiteBusy: as for the room.
    """
    await make_links(conn, conference, desk.link_key)
    await give_room(conn, desk, conference, bridge=bridge)


async def give_room(
    conn: Connection,
    desk: Desk,
    conference: Conference,
    *,
    bridge: str | None,
    first: bool = False,
) -> None:
    """Give a conference that is confirmed its room; `first`: it was just booked.

    The room comes last: all who want the same bridge wait from its seats to the commit.

    Raises:
        BadForm, NoBridgeFits: there is no bridge for it.
        SiteBusy: seats are short, with who uses them and what would be free.
    """
    try:
        await place(conn, conference, bridge=bridge, now=desk.now, first=first)
    except BridgeNotFound as error:
        raise BadForm({"bridge": error.code}) from error
    except NoSeats as error:
        pools = pools_of(bridge)
        raise await booking.short_of_seats(
            conn, conference, error, now=desk.now, pools=pools
        ) from error


def pools_of(bridge: str | None) -> PoolsAsked | None:
    """Return what finds the seats of the bridge that is named; None are those of any.

    It raises BadForm where there is no bridge of that name.
    """
    return partial(pools_of_named, bridge) if bridge else None


async def pools_of_named(bridge: str, conn: Connection) -> frozenset[PoolId]:
    """Return the seats of a bridge, or raise BadForm."""
    try:
        return frozenset({(await bridge_by_name(conn, bridge)).pool})
    except BridgeNotFound as error:
        raise BadForm({"bridge": error.code}) from error


async def find_wish(conn: Connection, desk: Desk, body: WishBody) -> Wish:
    """Return the wish with its host and the sites of its groups."""
    return (await find_wish_and_terms(conn, desk, body))[0]


async def find_wish_and_terms(conn: Connection, desk: Desk, body: WishBody) -> tuple[Wish, Terms]:
    """Return the wish with its host and the sites of its groups, and on what terms it is held."""
    terms = await terms_of(conn, await find_host(conn, desk, body), body.kind)
    visibility = body.visibility or terms.visibility
    return await wish_of(conn, body, terms.host.id, visibility), terms


async def wish_of(conn: Connection, body: WishBody, host: UnitId, visibility: Visibility) -> Wish:
    """Return a host's wish with the sites of its groups and the title of who chairs."""
    sites = await grouped_sites(conn, body.groups, body.start)
    return await titled(conn, body.wish(host, sites, visibility))


async def grouped_sites(
    conn: Connection, groups: Collection[str] | None, moment: datetime
) -> frozenset[SiteId]:
    """Return the sites of the groups as they are on that day."""
    if not groups:
        return frozenset()
    return await resolve_groups(conn, groups, local_day(moment))


async def find_host(conn: Connection, desk: Desk, body: WishBody) -> UnitId:
    """Return the unit that holds the conference: the one named, else the actor's own.

    Somebody who books for several units books for the one nearest above the main site, of those
    that are there on that day.

    Raises:
        UnitNotFound: there is no unit of that code.
        Forbidden: the actor does not book for it.
    """
    if body.host is not None:
        unit = await unit_by_code(conn, body.host, local_day(desk.now))
        return allowed(desk.actor, unit)
    units = units_of(desk.actor, Permission.BOOK)
    if not units:
        raise Forbidden(Permission.BOOK.value)
    if len(units) == 1:
        return next(iter(units))
    sites = await sites_by_ids(conn, [SiteId(body.main_site)])
    day, known = local_day(body.start), await units_by_ids(conn, units)
    there = {one for one in units if known[one].is_valid(day)}
    return nearest(there or units, sites.get(SiteId(body.main_site)))


def allowed(actor: Actor, unit: Unit) -> UnitId:
    """Return the unit if the actor books for it."""
    if not may(actor, Permission.BOOK, unit.path):
        raise Forbidden(Permission.BOOK.value)
    return unit.id


def nearest(units: Collection[UnitId], site: Site | None) -> UnitId:
    """Return the unit nearest above the site, else the first ever made."""
    above = [unit for unit in (site.unit_path if site else ()) if unit in units]
    return above[-1] if above else min(units)
