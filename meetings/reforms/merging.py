"""What belongs to units that become others goes on with their heirs, or is told of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypeVar

from meetings.approval.chains import Chain
from meetings.ids import UnitId
from meetings.reforms.inheritance import (
    Contradiction,
    Estate,
    Legacy,
    Words,
    chain_words,
    legacy,
)
from meetings.reforms.mergers import Merger, Old
from meetings.scheduling.resources import Official
from meetings.store import Connection, chains, officials
from meetings.store import defaults as starts
from meetings.store import policies as rules
from meetings.store.defaults import SIGNATURE

One = TypeVar("One")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A merger with what is passed on by it."""

    merger: Merger
    legacy: Legacy


async def weigh(conn: Connection, found: Sequence[Merger]) -> tuple[Settled, ...]:
    """Return what each heir is given, as things stand now."""
    ids = {one.id for merger in found for one in merger.old}
    ids |= {merger.own for merger in found if merger.own}
    if not ids:
        return ()
    known = Known(
        said=await _said(conn, ids),
        ruled=_by_unit(await chains.list_own(conn, ids), lambda one: one.unit),
        posts=_by_unit(await officials.list_of_units(conn, ids), lambda one: one.unit_id),
    )
    return tuple(
        Settled(
            merger=one,
            legacy=legacy(
                one.code,
                [estate(known, one, old) for old in one.old],
                estate(known, one, Old(one.own, one.code)) if one.own else None,
            ),
        )
        for one in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of many units."""

    said: Mapping[UnitId, Words]
    ruled: Mapping[UnitId, Sequence[Chain]]
    posts: Mapping[UnitId, Sequence[Official]]


def estate(known: Known, merger: Merger, unit: Old) -> Estate:
    """Return one of the units of a merger with what it leaves; officials have one heir only."""
    line = {one.id for one in merger.old} | ({merger.own} if merger.own else set())
    going = unit.id == merger.own or unit.id in merger.sole
    return Estate(
        code=unit.code,
        words={**known.said.get(unit.id, {}), **chain_words(known.ruled.get(unit.id, ()), line)},
        officials=tuple(
            one
            for one in known.posts.get(unit.id, ())
            if going and (one.valid_to or date.max) > merger.since
        ),
    )


async def _said(conn: Connection, units: Collection[UnitId]) -> dict[UnitId, Words]:
    """Return what units say of booking and defaults; what they leave to those above is not."""
    found: dict[UnitId, Words] = {}
    for policy in await rules.list_own(conn, units):
        found[policy.unit] = {
            f"policy.{name}": value
            for name, value in asdict(policy.terms).items()
            if value is not None
        }
    for unit, own in (await starts.list_own(conn, units)).items():
        told = {
            f"defaults.{name}": value
            for name, value in asdict(own).items()
            if name not in SIGNATURE and value is not None
        }
        signature = tuple(getattr(own, name) for name in SIGNATURE)
        signed = {"defaults.signature": signature} if any(signature) else {}
        found[unit] = {**found.get(unit, {}), **told, **signed}
    return found


def _by_unit(found: Iterable[One], unit_of: Callable[[One], UnitId]) -> dict[UnitId, list[One]]:
    by_unit: dict[UnitId, list[One]] = {}
    for one in found:
        by_unit.setdefault(unit_of(one), []).append(one)
    return by_unit


def contradictions(settled: Iterable[Settled]) -> tuple[Contradiction, ...]:
    """Return all that units contradict each other in."""
    return tuple(told for one in settled for told in one.legacy.contradictions)
