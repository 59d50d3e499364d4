"""What becomes of a series' dates under another rule or time: asked for, judged, settled.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from bridges.model import Bridge
from meetings.model import Conference, ConferenceId, Period, Wish
from meetings.scheduling.amending import Amendment
from meetings.scheduling.judging import Judged, skipped_for
from meetings.scheduling.reasons import Reason, digest_of
from meetings.scheduling.resources import Hall
from meetings.series import reshaping
from meetings.series.edits import is_retimed
from meetings.series.plan import Series, Skipped, overlapping_itself
from meetings.series.reshaping import HELD, Reshaped, without
from web.series.dates import Differences


class OtherOutcome(Exception):  # a question, no error
    """What somebody looked at and agreed to is not what would be done now.

    `first` is the date on which the change was made, before and after.
    """

    def __init__(
        self, outcome: Outcome, first: tuple[Conference, Conference] | None = None
    ) -> None:
        super().__init__(outcome.mark)
        self.outcome = outcome
        self.first = first


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A series before and after, and its dates that are still to come.

    `days` says of which date each is now; `repeats`: by another rule, not only at another time.
    """

    before: Series
    after: Series
    held: Mapping[ConferenceId, Conference]
    days: Mapping[ConferenceId, date]
    repeats: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the rule asks for, and what is against each conference that changes and each new date.

    `own` are the conferences that let go of what they hold.
    """

    found: Reshaped
    changed: Mapping[ConferenceId, Amendment]
    own: Collection[ConferenceId]
    judged: Mapping[ConferenceId, Judged]
    new: Mapping[date, Judged]

    @property
    def halls(self) -> Collection[Hall]:
        """Return the halls of every date, with what each needs before and after."""
        said = (*self.judged.values(), *self.new.values())
        return {hall for one in said for hall in one.halls.values()}

    @property
    def between(self) -> timedelta:
        """Return how far two dates must keep apart, so that every hall is ready again."""
        before = max((hall.set_up for hall in self.halls), default=timedelta())
        return before + max((hall.tear_down for hall in self.halls), default=timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of the coming dates of a series.

    `amended` are those that change, each with what was said against it; `bridges` carry the new.
    `stayed` says of those that were to move, and stay where they were, why; `new_warnings` what
    speaks against the new ones.
    """

    turn: Turn
    found: Reshaped
    what: Differences
    amended: Mapping[ConferenceId, Amendment]
    new_halls: Collection[Hall]
    bridges: Mapping[Period, Bridge]
    stayed: Mapping[ConferenceId, Skipped]
    new_warnings: Mapping[date, Sequence[Reason]] = field(default_factory=dict)

    @property
    def moved(self) -> list[Amendment]:
        """Return what becomes of those that are held at another time."""
        found = [one for one in self.amended.values() if one.moves]
        return sorted(found, key=lambda one: one.after.period.start)

    @property
    def against(self) -> list[Reason]:
        """Return all that speaks against what the dates are to hold."""
        held = [each for one in self.amended.values() if one.holds for each in one.after.warnings]
        return [*held, *(each for said in self.new_warnings.values() for each in said)]

    @property
    def changed(self) -> list[Amendment]:
        """Return what becomes of those that keep their time and hold something else."""
        found = [one for one in self.amended.values() if one.holds and not one.moves]
        return sorted(found, key=lambda one: one.after.period.start)

    @property
    def kept(self) -> list[Conference]:
        """Return those that keep halls or people of their own: somebody changed them by hand."""
        dates = [self.turn.held[number] for number in self.what if number not in self.stayed]
        return [one for one in dates if self.keeps(one)]

    def keeps(self, one: Conference) -> bool:
        """Tell whether a date does not get what the others get."""
        before, after = held_by(self.turn.before.wish), held_by(self.turn.after.wish)
        own = held_by(one)
        return any(
            before[name] != after[name] != own[name] and name not in self.what[one.id]
            for name in HELD
        )

    @property
    def is_large(self) -> bool:
        """Tell whether it changes what was agreed to, where a chain agreed."""
        before, after = self.turn.before, self.turn.after
        agreed = [(one.wish.kind, one.wish.host, one.wish.sites) for one in (before, after)]
        return self.turn.repeats or is_retimed(before, after) or agreed[0] != agreed[1]

    @property
    def shows(self) -> bool:
        """Tell whether there is more to see than other words."""
        turn = self.turn
        return turn.repeats or is_retimed(turn.before, turn.after) or bool(self.changed)

    @property
    def mark(self) -> str:
        """Return by what the same dates, moved, added and left out alike, are known again."""
        told = (
            [
                (one.after.id, str(one.after.period), repr(sorted(held_by(one.after).items())))
                for one in (*self.changed, *self.moved)
            ],
            [str(one.period) for one in self.found.new],
            sorted(self.found.gone),
            [(str(one.date), one.reason.value) for one in self.found.skipped],
            digest_of(self.against),
        )
        return sha256(repr(told).encode()).hexdigest()[:32]


def held_by(one: Conference | Wish) -> dict[str, Any]:
    """Return what is promised to a conference, or asked for by a wish, to be compared."""
    sites, delegates = sorted(one.sites), sorted(one.delegates)
    return {
        "main_site": one.main_site,
        "sites": sites,
        "chair_id": one.chair_id,
        "delegates": delegates,
    }


def taken_by(asked: Asked) -> list[Skipped]:
    """Return the dates that cannot be held, each with the first reason."""
    moving = {
        number: asked.found.moving[number] for number in asked.judged.keys() & asked.found.moving
    }
    wanted = sorted([*asked.found.new, *moving.values()], key=lambda one: one.period.start)
    said = {one.date: asked.judged[number] for number, one in moving.items()} | dict(asked.new)
    taken = {one.date: one for one in overlapping_itself(wanted, between=asked.between)}
    for one in wanted:
        skipped = skipped_for(one.date, said[one.date])
        if skipped is not None:
            taken.setdefault(one.date, skipped)
    return [taken[day] for day in sorted(taken)]


def settled(
    turn: Turn, asked: Asked, found: Reshaped, left_out: Collection[Skipped]
) -> tuple[Reshaped, list[Skipped]]:
    """Return the same without the dates that are in the way of one that stays, and all left out."""
    every = list(left_out)
    while True:
        more = reshaping.stayed_in_the_way(
            found, turn.held, stayed_of(asked, found), between=asked.between
        )
        if not more:
            return found, every
        found = without(found, more, turn.before, turn.held)
        every += more


def why_stayed(
    asked: Asked, stayed: Collection[ConferenceId], left_out: Collection[Skipped]
) -> dict[ConferenceId, Skipped]:
    """Return why each of these could not go where the rule wants it."""
    why = {one.date: one for one in left_out}
    return {number: why[asked.found.moving[number].date] for number in stayed}


def stayed_of(asked: Asked, found: Reshaped) -> set[ConferenceId]:
    """Return the conferences that were to move and stay where they were."""
    return {number for number in asked.found.moving if number in found.dates} - found.moving.keys()
