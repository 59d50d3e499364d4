"""Cascading: a conference relays a higher one, and what becomes of it is kept with the record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from meetings.attendance.stretches import Stretches
from meetings.audit import record_change, record_changes
from meetings.content.agenda import length_minutes
from meetings.content.planning import lock_changeable
from meetings.content.secrecy import find_mark
from meetings.content.upstream_errors import UpstreamNotFound
from meetings.content.upstreams import Loss, Upstream, absences, cut_off, in_order
from meetings.errors import IllegalMove, SecretContent, SitesNotFound
from meetings.kinds import State
from meetings.model import Conference, ConferenceId, Period
from meetings.store import Connection, presences
from meetings.store import agenda as agenda_store
from meetings.store import upstreams as store
from meetings.store.conferences import lock_conference

BEGUN = frozenset({State.CONFIRMED, State.LIVE, State.ENDED})


async def find_upstream(conn: Connection, conference: ConferenceId) -> Upstream | None:
    """Return what a conference relays, if anything."""
    return await store.find_upstream(conn, conference)


async def upstream_of(conn: Connection, conference: ConferenceId) -> Upstream:
    """Return what a conference relays, or raise UpstreamNotFound."""
    found = await store.find_upstream(conn, conference)
    if found is None:
        raise UpstreamNotFound(conference)
    return found


async def plan_upstream(
    conn: Connection,
    conference: ConferenceId,
    upstream: Upstream | None,
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> int:
    """Write or take away what a conference relays; return the conference's new version.

    Raises:
        StaleVersion, IllegalMove: as for the agenda.
        SitesNotFound: the hall that is to relay is not invited.
        SecretContent: a text carries a mark of secrecy.
        UpstreamNotFound: there is none to take away.
    """
    found = await lock_changeable(conn, conference, version)
    if upstream is not None:
        check(found, upstream)
        await relay(conn, [(found, upstream)], by=by, now=now)
    elif not await relay_no_more(conn, [found], by=by, now=now):
        raise UpstreamNotFound(conference)
    return found.version + 1


async def relay(
    conn: Connection, wanted: Collection[tuple[Conference, Upstream]], *, by: str, now: datetime
) -> None:
    """Write what locked conferences relay, in place of what was before."""
    await store.save_upstreams(conn, {one.id: upstream for one, upstream in wanted})
    told = [(one, {"name": what.name, "relay": what.relay}) for one, what in wanted]
    await record_changes(conn, told, "upstream.plan", by=by)
    await agenda_store.raise_versions(conn, [one.id for one, _ in wanted], now)


async def relay_no_more(
    conn: Connection, found: Collection[Conference], *, by: str, now: datetime
) -> int:
    """Take away what locked conferences relay; return how many of them relayed something."""
    gone = await store.delete_upstreams(conn, [one.id for one in found])
    told: list[tuple[Conference, dict[str, object]]] = [
        (one, {}) for one in found if one.id in gone
    ]
    await record_changes(conn, told, "upstream.drop", by=by)
    await agenda_store.raise_versions(conn, gone, now)
    return len(gone)


def check(conference: Conference, upstream: Upstream) -> None:
    """Refuse a hall that is not invited, and text that is marked as secret."""
    if upstream.relay not in conference.sites:
        raise SitesNotFound(frozenset({upstream.relay}))
    if mark := find_mark(upstream.name) or find_mark(upstream.address):
        raise SecretContent("name", mark)


async def tell_lost(
    conn: Connection, conference: Conference, *, remark: str, by: str, now: datetime
) -> None:
    """Write that the upstream is lost; twice is once.

    Raises:
        UpstreamNotFound: nothing is relayed.
        IllegalMove: the conference is not under way.
    """
    found = await lock_begun(conn, conference.id, now)
    if mark := find_mark(remark):
        raise SecretContent("remark", mark)
    if await store.insert_loss(conn, found.id, at=now, remark=remark, by=by):
        told = {"remark": remark} if remark else {}
        await record_change(conn, found, "upstream.lost", by=by, **told)


async def tell_back(conn: Connection, conference: Conference, *, by: str, now: datetime) -> None:
    """Write that the upstream is back; twice is once.

    Raises:
        UpstreamNotFound, IllegalMove: as for its loss.
    """
    found = await lock_begun(conn, conference.id, now)
    if await store.end_loss(conn, found.id, now):
        await record_change(conn, found, "upstream.back", by=by)


async def lock_begun(conn: Connection, conference: ConferenceId, now: datetime) -> Conference:
    """Return a conference under way, locked; its sheet is not signed before we are through.

    Raises:
        UpstreamNotFound, IllegalMove: it relays nothing, or not yet, or no more.
    """
    found = await lock_conference(conn, conference)
    part = (await upstream_of(conn, conference)).within(found.period)
    is_early = now < min(part.start, found.period.start)
    if found.state not in BEGUN or is_early:
        raise IllegalMove(conference, found.state, State.LIVE)
    return found


async def losses_of(
    conn: Connection, conference: Conference, upstream: Upstream, now: datetime
) -> list[Loss]:
    """Return when the upstream was lost, told by people and shown by the record.

    Of a hall that is invited no more there is no record.
    """
    seen = await presences.list_presences(conn, conference.id)
    blind = await presences.list_blind_spots(conn, conference.id)
    part = upstream.within(conference.period)
    ends = min(part.end, conference.ended_at or part.end)
    shown = (
        absences(Period(part.start, ends), seen.get(upstream.relay, ()), blind, now)
        if ends > part.start and upstream.relay in conference.sites
        else []
    )
    told = await store.list_losses(conn, conference.id)
    if conference.ended_at is not None:
        told = cut_off(told, upstream.over_at(conference.period, conference.ended_at))
    return in_order(told, shown)


async def stretches_of(conn: Connection, conference: Conference, now: datetime) -> Stretches:
    """Return what a sheet says of all halls: unseen, not relayed, told by another clock."""
    upstream = await store.find_upstream(conn, conference.id)
    losses = await losses_of(conn, conference, upstream, now) if upstream else []
    blind = await presences.list_blind_spots(conn, conference.id)
    clocks = await presences.list_clock_steps(conn, conference.id)
    return Stretches(blind=blind, losses=losses, clocks=clocks)


async def copy_upstream(
    conn: Connection, upstream: Upstream | None, conference: Conference
) -> None:
    """Let a new conference relay what another did, if it invites the hall that relays.

    A part that does not fit into it becomes the whole of it.
    """
    if upstream is not None and upstream.relay in conference.sites:
        fitted = upstream.fitted(length_minutes(conference.period))
        await store.save_upstreams(conn, {conference.id: fitted})
