"""What belongs to units that become others goes on with their heirs from the day they do so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from meetings.audit import record
from meetings.ids import UnitId
from meetings.kinds import Kind
from meetings.news import announce
from meetings.office.workdays import local_day, midnight
from meetings.reforms.inheritance import HEIR, Words, steps_towards
from meetings.reforms.mergers import Merger, Old
from meetings.reforms.merging import Settled, weigh
from meetings.store import Connection, chains
from meetings.store import defaults as starts
from meetings.store import inheriting as store
from meetings.store import policies as rules
from meetings.store.defaults import SIGNATURE, Defaults
from meetings.store.directory import list_units_by_codes
from meetings.store.policies import UnitPolicy
from meetings.store.reforms import insert_successions, move_hosts

BY = "program:reforms"
Told = Sequence[tuple[Settled, UnitId]]
"""Mergers, each with the unit that inherits."""


async def pass_on(conn: Connection, settled: Iterable[Settled], today: date) -> None:
    """Give each heir what its predecessors leave it, from the day on which they become it.

    The rules and grants of the old ones stay, so that what was before can still be read.  Whoever
    prepares that day acts for the heir at once; what is taken from them until then stays taken.
    """
    by_day = sorted(settled, key=lambda one: one.merger.since)
    for since, group in groupby(by_day, key=lambda one: one.merger.since):
        found = list(group)
        heirs = await store.list_heirs(conn, [one.merger.code for one in found], since)
        told = list(zip(found, heirs, strict=True))
        await insert_successions(conn, _pairs(told))
        await store.give_powers(conn, _pairs(told))
        await _promise(conn, told, since)
        if since <= today:
            await _hand_out(conn, told, since)
        else:
            await store.keep_for_the_day(conn, _ahead(found))


async def pass_on_due(conn: Connection, now: datetime) -> int:
    """Hand out what units left from a day that has come; return how many left something.

    It is weighed as things stand on that day.
    """
    due = await store.take_due(conn, local_day(now))
    for since, group in groupby(due, key=lambda one: one[0].since):
        told = await _settled(conn, list(group), since, local_day(now))
        await _promise(conn, told, since)
        await _hand_out(conn, told, since)
        for one, heir in told:
            await _tell(conn, one.merger, heir)
    if due:
        await announce(conn, "directory", "snapshot")
    return len(due)


async def _tell(conn: Connection, merger: Merger, heir: UnitId) -> None:
    told = {"since": merger.since.isoformat(), "units": [one.code for one in merger.old]}
    await record(
        conn, actor=BY, action="unit.inherit", subject=f"unit:{merger.code}", unit=heir, detail=told
    )


async def _settled(
    conn: Connection, due: Sequence[tuple[store.Ahead, str]], since: date, today: date
) -> Told:
    """Return the mergers of a day with their heirs; of those that are gone nobody inherits."""
    codes = list({one.code for one, _ in due})
    heirs = {one.code: one.id for one in await list_units_by_codes(conn, codes, on=today)}
    found = []
    for code, group in groupby(due, key=lambda one: one[0].code):
        left = list(group)
        if heir := heirs.get(code):
            merger = Merger(
                code=code,
                since=since,
                own=heir,
                old=tuple(Old(one.old, name) for one, name in left),
                sole=frozenset(one.old for one, _ in left if one.sole),
            )
            found.append((merger, heir))
    settled = await weigh(conn, [merger for merger, _ in found])
    return list(zip(settled, [heir for _, heir in found], strict=True))


def _ahead(settled: Sequence[Settled]) -> list[store.Ahead]:
    return [
        store.Ahead(
            old=old.id,
            code=merger.code,
            since=merger.since,
            sole=old.id in merger.sole,
        )
        for merger in (one.merger for one in settled)
        for old in merger.old
    ]


def _pairs(told: Told) -> list[store.Pair]:
    return [(old.id, heir) for one, heir in told for old in one.merger.old]


def _sole(told: Told) -> list[store.Pair]:
    return [(old, heir) for one, heir in told for old in sorted(one.merger.sole)]


async def _promise(conn: Connection, told: Told, since: date) -> None:
    """Write what bears its day itself.

    An heir that only begins on that day has its rules at once: it books by them until then.
    """
    await store.give_contacts(conn, _sole(told), since)
    await move_hosts(conn, [(old, heir, midnight(since)) for old, heir in _sole(told)])
    ending = [who for one, _ in told for who in one.legacy.offices.ending]
    await store.end_officials(conn, ending, since)
    for one, heir in told:
        if one.merger.own is None:
            await _write(conn, one.legacy.words, heir)


async def _hand_out(conn: Connection, told: Told, since: date) -> None:
    """Move what holds from now on, for all mergers in as many statements as for one."""
    await store.give_staff(conn, _sole(told))
    await store.follow(conn, _sole(told))
    moving = [(who, heir) for one, heir in told for who in one.legacy.offices.moving]
    await store.move_officials(conn, moving, since)
    for one, heir in told:
        if one.merger.own is not None:
            await _write(conn, one.legacy.words, heir)


async def _write(conn: Connection, words: Words, heir: UnitId) -> None:
    terms = _part(words, "policy.")
    if terms:
        own = next(iter(await rules.list_own(conn, [heir])), UnitPolicy(unit=heir))
        await rules.save_policy(conn, replace(own, terms=replace(own.terms, **terms)))
    told = _part(words, "defaults.")
    if told:
        signature = dict(zip(SIGNATURE, told.pop("signature", ()), strict=False))
        before = (await starts.list_own(conn, [heir])).get(heir, Defaults())
        await starts.save_defaults(conn, heir, replace(before, **told, **signature))
    for kind, steps in _part(words, "chain.").items():
        final = steps_towards(steps, {HEIR}, heir)
        await chains.insert_chain(conn, heir, Kind(kind) if kind else None, final)


def _part(words: Words, prefix: str) -> dict[str, Any]:
    return {
        what.removeprefix(prefix): value for what, value in words.items() if what.startswith(prefix)
    }
