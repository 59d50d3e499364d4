"""What units leave to the one that follows them, and where they contradict each other.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from meetings.approval.chains import Chain, Step
from meetings.ids import OfficialId, UnitId
from meetings.scheduling.resources import Official

HEIR = UnitId(0)
"""Stands in steps for whoever follows, so that the steps of two units can be alike."""

Words = Mapping[str, Hashable]


class Outcome(StrEnum):
    """What becomes of what units say differently."""

    KEPT = "kept"
    SET_AGAIN = "set-again"
    ALL_GO_ON = "all-go-on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """What units that become one say differently: each says it by its code.

    `unit` is the code of the one that they become.
    """

    unit: str
    what: str
    said: tuple[tuple[str, Hashable], ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """Which officials go on with the heir, and which end because one just like them goes on."""

    moving: tuple[OfficialId, ...] = ()
    ending: tuple[OfficialId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """One unit with what it says itself and who is in office there."""

    code: str
    words: Words
    officials: tuple[Official, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Legacy:
    """What the heir is given, and what its predecessors contradict each other in."""

    words: Words
    offices: Offices
    contradictions: tuple[Contradiction, ...]


def legacy(heir: str, left: Sequence[Estate], own: Estate | None = None) -> Legacy:
    """Return what several units leave to the one of that code.

    Whatever the heir says already stands; what only one of the others says, or all that say it
    alike, goes over; of the rest nobody's word does.  Nothing is left out untold.
    """
    words, told = agreed(heir, left, own)
    offices, doubled = in_office(heir, left, own)
    return Legacy(words=words, offices=offices, contradictions=(*told, *doubled))


def agreed(
    heir: str, left: Sequence[Estate], own: Estate | None
) -> tuple[Words, tuple[Contradiction, ...]]:
    """Return what goes over, and what is said differently."""
    stands = own.words if own else {}
    given: dict[str, Hashable] = {}
    told = []
    for what in sorted({what for one in left for what in one.words}):
        said = [(one.code, one.words[what]) for one in left if what in one.words]
        if own and what in stands:
            said.insert(0, (own.code, stands[what]))
        if len({value for _, value in said}) > 1:
            outcome = Outcome.KEPT if what in stands else Outcome.SET_AGAIN
            told.append(Contradiction(unit=heir, what=what, said=tuple(said), outcome=outcome))
        elif what not in stands:
            given[what] = said[0][1]
    return given, tuple(told)


def in_office(
    heir: str, left: Sequence[Estate], own: Estate | None
) -> tuple[Offices, tuple[Contradiction, ...]]:
    """Return who goes on; a title that people of several units hold is told, and all of them stay.

    Of officials of the same title and name one goes on: the heir's own, else the first ever made.
    """
    there = {(one.title, one.name) for one in own.officials} if own else set()
    moving: list[OfficialId] = []
    ending: list[OfficialId] = []
    for one in sorted((one for estate in left for one in estate.officials), key=lambda one: one.id):
        (ending if (one.title, one.name) in there else moving).append(one.id)
        there.add((one.title, one.name))
    found = Offices(moving=tuple(moving), ending=tuple(ending))
    return found, doubled(heir, [*([own] if own else []), *left])


def doubled(heir: str, estates: Sequence[Estate]) -> tuple[Contradiction, ...]:
    """Return the titles that people of several units hold under different names."""
    holders: dict[str, list[tuple[str, str]]] = {}
    for estate in estates:
        for one in estate.officials:
            holders.setdefault(one.title, []).append((estate.code, one.name))
    return tuple(
        Contradiction(
            unit=heir, what=f"official.{title}", said=tuple(said), outcome=Outcome.ALL_GO_ON
        )
        for title, said in sorted(holders.items())
        if len({code for code, _ in said}) > 1 and len({name for _, name in said}) > 1
    )


def chain_words(chains: Iterable[Chain], line: Collection[UnitId]) -> dict[str, Hashable]:
    """Return what chains say, by kind, with the heir in place of the units of its line."""
    return {
        f"chain.{chain.kind.value if chain.kind else ''}": steps_towards(chain.steps, line, HEIR)
        for chain in chains
    }


def steps_towards(
    steps: Iterable[Step], line: Collection[UnitId], heir: UnitId
) -> tuple[Step, ...]:
    """Return steps with the heir in place of those units; who answered twice answers once."""
    found = (replace(step, unit=heir) if step.unit in line else step for step in steps)
    return tuple(dict.fromkeys(found))
