"""Which conferences somebody may know: hosted in their subtree, inviting it, or offered to them.

Of any other they learn that a site is taken, by whom and until when, and the title where it is
open; a request for it by its id is answered as if there were none.  Of a conference of several
tiers halls are named as `meetings.content.tier_rules` says; the others are taken by somebody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from meetings.approval.chains import Decider, may_decide
from meetings.approval.handovers import HandOver, Receiver, may_answer
from meetings.content.tiers import hidden_from
from meetings.directory.finding import sites_by_ids, unit_by_id, units_by_ids
from meetings.errors import ConferenceNotFound
from meetings.model import (
    Conference,
    ConferenceId,
    Rival,
    Site,
    SiteId,
    State,
    Unit,
    UnitId,
    Visibility,
)
from meetings.rules import UNPROMISED
from meetings.scheduling.conferences import conference_by_id, conferences_by_ids
from meetings.store import Connection
from meetings.store.approvals import list_approvals
from meetings.store.handing import list_open
from web.access.actors import Actor
from web.errors import Forbidden
from web.permissions import Permission, may, units_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A conference that somebody may know, with the unit that hosts it.

    The `hidden` ones of its halls, of tiers that they do not see, are not named to them.
    """

    conference: Conference
    host: Unit
    hidden: frozenset[SiteId] = field(default_factory=frozenset)


async def see(conn: Connection, actor: Actor, conference: ConferenceId) -> Seen:
    """Return the conference.

    Raises:
        ConferenceNotFound: there is none of that id, or none for this actor.
    """
    found = await conference_by_id(conn, conference)
    host = await unit_by_id(conn, found.host)
    if not await is_known(conn, actor, found, host):
        raise ConferenceNotFound(conference)
    hidden = await hidden_in(conn, actor, [conference])
    return Seen(conference=found, host=host, hidden=hidden.get(conference, frozenset()))


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
    return bool(await known_of(conn, actor, [conference], {host.id: host}))


async def known_of(
    conn: Connection,
    actor: Actor,
    conferences: Collection[Conference],
    hosts: Mapping[UnitId, Unit],
) -> frozenset[ConferenceId]:
    """Return those of the conferences of which the actor may know all."""
    units = units_of(actor, Permission.READ_CONFERENCES)
    own = {one.id for one in conferences if not units.isdisjoint(hosts[one.host].path)}
    rest = [one for one in conferences if one.id not in own]
    known = own | await answered_of(conn, actor, rest, hosts)
    return frozenset(
        known | await invited_of(conn, units, [one for one in rest if one.id not in known])
    )


async def known_ids(
    conn: Connection, actor: Actor, conferences: Collection[ConferenceId]
) -> frozenset[ConferenceId]:
    """Return those of the ids of which the actor may know all of the conference."""
    found = await conferences_by_ids(conn, conferences)
    hosts = await units_by_ids(conn, {one.host for one in found})
    return await known_of(conn, actor, found, hosts)


async def hidden_in(
    conn: Connection, actor: Actor, conferences: Collection[ConferenceId]
) -> Mapping[ConferenceId, frozenset[SiteId]]:
    """Return which halls of these conferences are not named to the actor; nothing for most.

    Who answers a request or an offer sees all of what they answer for.
    """
    units = units_of(actor, Permission.READ_CONFERENCES)
    hidden = await hidden_from(conn, units, conferences)
    if not hidden:
        return hidden
    found = await conferences_by_ids(conn, hidden.keys())
    hosts = await units_by_ids(conn, {one.host for one in found})
    answered = await answered_of(conn, actor, found, hosts)
    return {one: halls for one, halls in hidden.items() if one not in answered}


async def answered_of(
    conn: Connection,
    actor: Actor,
    conferences: Collection[Conference],
    hosts: Mapping[UnitId, Unit],
) -> set[ConferenceId]:
    """Return those of the conferences of which the actor may answer a step or an offer."""
    asked = await asked_of(conn, actor, conferences, hosts)
    return asked | await offered_of(conn, actor, {one.id for one in conferences} - asked)


async def asked_of(
    conn: Connection,
    actor: Actor,
    conferences: Collection[Conference],
    hosts: Mapping[UnitId, Unit],
) -> set[ConferenceId]:
    """Return those of the conferences of which the actor may answer a step."""
    waiting = [one for one in conferences if one.state in UNPROMISED]
    found = await list_approvals(conn, [one.id for one in waiting]) if waiting else {}
    decider = Decider(name=actor.name, person=actor.person, grants=actor.grants)
    return {
        one.id
        for one in waiting
        if any(may_decide(step, hosts[one.host].path, decider) for step in found.get(one.id, ()))
    }


async def invited_of(
    conn: Connection, units: Collection[UnitId], conferences: Collection[Conference]
) -> set[ConferenceId]:
    """Return those of the conferences that invite a site of the subtrees; a draft does not."""
    inviting = [one for one in conferences if one.state is not State.DRAFT]
    wanted = {site for one in inviting for site in one.sites}
    sites = await sites_by_ids(conn, wanted) if wanted else {}
    return {
        one.id
        for one in inviting
        if any_below([sites[site] for site in one.sites if site in sites], units)
    }


async def offered_of(
    conn: Connection, actor: Actor, conferences: Collection[ConferenceId]
) -> set[ConferenceId]:
    """Return those of the conferences that are offered to the actor to be taken over."""
    return (
        await offered_among(conn, actor, await list_open(conn, conferences))
        if conferences
        else set()
    )


async def offered_among(
    conn: Connection, actor: Actor, offered: Collection[HandOver]
) -> set[ConferenceId]:
    """Return the conferences of those offers that are, or were, the actor's to answer."""
    hosts = await units_by_ids(conn, {one.host for one in offered}) if offered else {}
    receiver = receiver_of(actor)
    return {one.conference for one in offered if may_answer(one, hosts[one.host].path, receiver)}


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
    """Return those of the rivals' conferences whose titles the actor may know, with their halls."""
    hosts = await units_by_ids(conn, {rival.host for rival in rivals})
    units = units_of(actor, Permission.READ_CONFERENCES)
    known = {rival.conference for rival in rivals if not units.isdisjoint(hosts[rival.host].path)}
    rest = await conferences_by_ids(conn, {rival.conference for rival in rivals} - known)
    known |= {one.id for one in rest if one.visibility is Visibility.OPEN}
    hidden = [one for one in rest if one.id not in known]
    known |= await known_of(conn, actor, hidden, hosts)
    unnamed = await hidden_in(conn, actor, known)
    return frozenset(
        known - {one.conference for one in rivals if one.site in unnamed.get(one.conference, ())}
    )
