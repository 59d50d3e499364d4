"""Offers to hand a conference over, as values: who may answer one, and what needs no answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meetings.model import Conference, ConferenceId, Person, PersonId, Role, State, UnitId

BOOKERS = frozenset({Role.SECRETARY, Role.ADMIN})
OVER = frozenset({State.CANCELLED, State.REFUSED, State.CLOSED})
"""States in which nobody looks after a conference any more."""


class HandAnswer(StrEnum):
    """What became of an offer."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """An offer of a conference; without a person, whoever books for that host may answer."""

    id: int
    conference: ConferenceId
    host: UnitId
    person: PersonId | None
    offered_by: str
    offered_at: datetime
    answer: HandAnswer | None = None
    answered_by: str = ""
    answered_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who wants to answer, and the units they book for."""

    name: str
    person: PersonId | None
    books_for: frozenset[UnitId]


def may_answer(offer: HandOver, host_path: tuple[UnitId, ...], receiver: Receiver) -> bool:
    """Tell whether the offer is the receiver's to accept: never the one's who made it."""
    if offer.person is not None:
        return offer.person == receiver.person
    return receiver.name != offer.offered_by and not receiver.books_for.isdisjoint(host_path)


def may_own(person: Person, host_path: tuple[UnitId, ...]) -> bool:
    """Tell whether conferences of a host may be somebody's: who may sign in and books for it."""
    books = any(one.role in BOOKERS and one.unit in host_path for one in person.grants)
    return person.active and books


def is_open(conference: Conference, now: datetime) -> bool:
    """Tell whether a conference may still be offered: it has not begun and is not called off."""
    return conference.state not in OVER and now < conference.period.start
