"""Which conferences somebody may know: hosted in their subtree, inviting it, or offered to them.

Of any other they learn that a site is taken, by whom and until when, and the title where it is
open; a request for it by its id is answered as if there were none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from meetings.chains import Decider, may_decide
from meetings.conferences import conference_by_id
from meetings.directory import sites_by_ids, unit_by_id, units_by_ids
from meetings.errors import ConferenceNotFound
from meetings.handovers import Receiver, may_answer
from meetings.model import (
    Conference,
    ConferenceId,
    Rival,
    Site,
    State,
    Unit,
    UnitId,
    Visibility,
)
from meetings.rules import UNPROMISED
from meetings.store import Connection
from meetings.store.approvals import list_approvals
from meetings.store.handing import find_open
from web.actors import Actor
from web.errors import Forbidden
from web.permissions import Permission, may, units_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A conference that somebody may know, with the unit that hosts it."""

    conference: Conference
    host: Unit


async def see(conn: Connection, actor: Actor, conference: ConferenceId) -> Seen:
    """Return the conference.

    Raises:
        ConferenceNotFound: there is none of that id, or none for this actor.
    """
    found = await conference_by_id(conn, conference)
    host = await unit_by_id(conn, found.host)
    if not await is_known(conn, actor, found, host):
        raise ConferenceNotFound(conference)
    return Seen(conference=found, host=host)


async def see_for(
    conn: Connection, actor: Actor, conference: ConferenceId, permission: Permission
) -> Seen:
    """Return the conference to somebody who acts for its host.

    Raises:
        ConferenceNotFound: there is none for this actor.
        Forbidden: it may be known, and the permission does not reach its host.
    """
    seen = await see(conn, actor, conference)
    if not may(actor, permission, seen.host.path):
        raise Forbidden(permission.value)
    return seen


async def is_known(conn: Connection, actor: Actor, conference: Conference, host: Unit) -> bool:
    """Tell whether the actor may know all of a conference."""
    units = units_of(actor, Permission.READ_CONFERENCES)
    if not units.isdisjoint(host.path):
        return True
    if conference.state in UNPROMISED and await is_asked(conn, actor, conference, host):
        return True
    if conference.state is State.DRAFT:
        return await is_offered(conn, actor, conference.id)
    sites = await sites_by_ids(conn, conference.sites)
    return any_below(sites.values(), units) or await is_offered(conn, actor, conference.id)


async def is_asked(conn: Connection, actor: Actor, conference: Conference, host: Unit) -> bool:
    """Tell whether the actor may answer any step of what is asked for."""
    found = await list_approvals(conn, [conference.id])
    decider = Decider(name=actor.name, person=actor.person, grants=actor.grants)
    steps = found.get(conference.id, ())
    return any(may_decide(one, host.path, decider) for one in steps)


async def is_offered(conn: Connection, actor: Actor, conference: ConferenceId) -> bool:
    """Tell whether the actor may answer an offer to hand the conference over."""
    offered = await find_open(conn, conference)
    if offered is None:
        return False
    host = await unit_by_id(conn, offered.host)
    return may_answer(offered, host.path, receiver_of(actor))


def receiver_of(actor: Actor) -> Receiver:
    """Return the actor as one to whom a conference can be handed."""
    units = units_of(actor, Permission.BOOK)
    return Receiver(name=actor.name, person=actor.person, books_for=units)


def any_below(sites: Iterable[Site], units: Collection[UnitId]) -> bool:
    """Tell whether one of the sites lies in one of the subtrees."""
    return any(not frozenset(units).isdisjoint(site.unit_path) for site in sites)


async def known_among(
    conn: Connection, actor: Actor, rivals: Collection[Rival]
) -> frozenset[ConferenceId]:
    """Return those of the rivals' conferences whose titles the actor may know."""
    hosts = await units_by_ids(conn, {rival.host for rival in rivals})
    units = units_of(actor, Permission.READ_CONFERENCES)
    known = {rival.conference for rival in rivals if not units.isdisjoint(hosts[rival.host].path)}
    for conference in {rival.conference for rival in rivals} - known:
        found = await conference_by_id(conn, conference)
        is_open = found.visibility is Visibility.OPEN
        if is_open or await is_known(conn, actor, found, hosts[found.host]):
            known.add(conference)
    return frozenset(known)
