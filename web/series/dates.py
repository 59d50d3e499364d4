"""Dates of a series changed as their series says, all of them in a few statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bridges.placement.placing_series import find_full
from bridges.placement.rooms import free_rooms, move_room_periods
from meetings.approval.hosting import give
from meetings.errors import NoSeats, SitesNotFound
from meetings.model import Changes, Conference, ConferenceId, State, UnitId, Wish
from meetings.rules import wish_of
from meetings.scheduling import amending, booking
from meetings.scheduling.amending import Amendment, amendments
from meetings.scheduling.claiming import check_limits, refusal
from meetings.scheduling.judging import Judged, judge_many
from meetings.series.edits import as_changes
from meetings.series.limits import check_places
from meetings.series.rrules import BadRule
from meetings.store import Connection
from meetings.store.line_tests import list_rehearsals
from web.errors import BadForm
from web.scheduling.amending import carry_change
from web.scheduling.booking import Desk
from web.scheduling.following import follow, leave
from web.wording.chairing import chairs_named

Differences = Mapping[ConferenceId, Mapping[str, Any]]
"""What becomes different about each conference."""


async def amend_one(
    conn: Connection, desk: Desk, conference: Conference, what: Mapping[str, Any]
) -> None:
    """Change one conference; it is locked."""
    after, changes = conference, as_changes(dict(what))
    if changes != Changes():
        after = await carry_change(conn, desk, conference, changes, version=None)
    if "host" in what:
        given = replace(after, host=what["host"], version=after.version + 1, changed_at=desk.now)
        await give(conn, after, given, by=desk.actor.name, now=desk.now)


async def amended(
    conn: Connection, desk: Desk, held: Mapping[ConferenceId, Conference], what: Differences
) -> dict[ConferenceId, Amendment]:
    """Return what becomes of those that change otherwise than by their host; nothing is written."""
    wanted = [(held[number], as_changes(dict(one))) for number, one in what.items()]
    named = await chairs_named(conn, wanted)
    pairs = zip((before for before, _ in wanted), named, strict=True)
    return amendments(pairs, now=desk.now)


def warned(
    found: Mapping[ConferenceId, Amendment], judged: Mapping[ConferenceId, Judged]
) -> dict[ConferenceId, Amendment]:
    """Return the amendments with what was said against each that holds something else."""
    return {
        number: replace(
            one,
            judged=judged[number],
            after=replace(one.after, warnings=judged[number].soft),
        )
        if one.holds
        else one
        for number, one in found.items()
    }


async def weighed(
    conn: Connection, desk: Desk, held: Mapping[ConferenceId, Conference], what: Differences
) -> dict[ConferenceId, Amendment]:
    """Return what becomes of dates that keep their times, all or none; nothing is written.

    Raises:
        SiteBusy, SitesNotFound, OfficialsNotFound: one of them cannot be had, as for a conference.
        BadForm: they are more than can be written at once.
    """
    found = await amended(conn, desk, held, what)
    holding = [one for one in found.values() if one.holds]
    check_size(held, what)
    await check_received(conn, desk, held, what, found)
    own = [one.before.id for one in holding]
    wishes = [wish_of(one.after) for one in holding]
    said = await judge_many(conn, wishes, own=own, now=desk.now)
    judged = dict(zip(own, said, strict=True))
    promised = [one for one in holding if one.before.state is State.CONFIRMED]
    await check_free(conn, desk, promised, judged)
    full = await find_full(conn, [one.after for one in promised], own=own)
    await check_seats(conn, desk, [one for one in promised if one.before.id in full])
    return warned(found, judged)


def check_size(held: Mapping[ConferenceId, Conference], what: Differences) -> None:
    """Refuse a change that would write more than others can wait for.

    Raises:
        BadForm: dates times halls are too many.
    """
    try:
        check_places((held[number], one) for number, one in what.items())
    except BadRule as error:
        raise BadForm({"sites": error.code}) from error


async def check_received(
    conn: Connection,
    desk: Desk,
    held: Mapping[ConferenceId, Conference],
    what: Differences,
    found: Mapping[ConferenceId, Amendment],
) -> None:
    """Make sure that another host may hold the promised dates which it would get.

    Raises:
        SiteBusy: it has as many as it may have, or books not so far ahead.
    """
    given: dict[UnitId, list[Wish]] = {}
    for number, one in what.items():
        if "host" in one and held[number].state is State.CONFIRMED:
            after = found[number].after if number in found else held[number]
            wish = replace(wish_of(after), host=one["host"])
            given.setdefault(wish.host, []).append(wish)
    for wishes in given.values():
        await check_limits(conn, wishes, now=desk.now)


async def check_free(
    conn: Connection,
    desk: Desk,
    found: Collection[Amendment],
    judged: Mapping[ConferenceId, Judged],
) -> None:
    """Raise why the first one cannot be had that cannot, with what else would be free."""
    for one in found:
        said = judged[one.after.id]
        if said.retired:
            raise SitesNotFound(frozenset(one.after.sites))
        if said.hard:
            wish, now = wish_of(one.after), desk.now
            raise await refusal(conn, wish, now=now, own=one.after.id, again=True)


async def check_seats(conn: Connection, desk: Desk, full: Collection[Amendment]) -> None:
    """Raise that seats are short for the first of these, with what else would be free."""
    for one in full:
        error = NoSeats(len(one.after.sites), 0)
        raise await booking.short_of_seats(conn, one.after, error, now=desk.now, again=True)


async def save_dates(
    conn: Connection,
    desk: Desk,
    held: Mapping[ConferenceId, Conference],
    what: Differences,
    found: Mapping[ConferenceId, Amendment],
) -> None:
    """Write what was judged; what is only asked for is asked for again, one by one."""
    firm = {number for number in what if held[number].state is State.CONFIRMED}
    by, now, key = desk.actor.name, desk.now, desk.link_key
    written = [one for number, one in found.items() if number in firm]
    await amending.save_amendments(conn, written, key=key, by=by)
    moved = [one.after for one in written if one.moves]
    await move_room_periods(conn, moved)
    tested = await list_rehearsals(conn, [one.after.id for one in written if one.holds])
    for one in written:
        if one.after.id in tested:
            await follow(conn, one.before, one.after, by=by, now=now, link_key=key)
    hosts = {number: one["host"] for number, one in what.items() if "host" in one}
    for host in set(hosts.values()):
        given = [
            found[number].after if number in found else held[number]
            for number in hosts
            if number in firm and hosts[number] == host
        ]
        await amending.give_many(conn, given, host, by=by, now=now)
    for number in what.keys() - firm:
        await amend_one(conn, desk, held[number], what[number])


async def cancel_all(
    conn: Connection, desk: Desk, dates: Sequence[Conference], *, reason: str
) -> None:
    """Call dates off that have not begun; their halls, seats and rooms are free at once."""
    if not dates:
        return
    ids = [one.id for one in dates]
    by, now = desk.actor.name, desk.now
    await amending.cancel_many(conn, dates, reason=reason, by=by, now=now)
    await free_rooms(conn, ids, now=now)
    for number in sorted(await list_rehearsals(conn, ids)):
        await leave(conn, number, reason, by=by, now=now)
