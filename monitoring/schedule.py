"""When each target is looked at next: a heap, moved by the times it is given.

Times are seconds of any clock that never goes back.  A target keeps a grid of its own, shifted by
a phase that spreads all targets evenly, so a slow answer or a busy moment never drifts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from monitoring.model import Outcome, Target, TargetId
from monitoring.rules import BAD, GOOD, SETTLED, is_in_doubt, soon

GOLDEN = (math.sqrt(5) - 1) / 2
FIRST_LOOKS_EACH_SECOND = 200


@dataclass(slots=True)
class Plan:
    """A target's turn; while it is being looked at, `due` is None and `begun` says since when."""

    target: Target
    due: float | None
    begun: float = 0.0
    recent: str = ""


class Schedule:
    """Every target has one turn ahead, or is being looked at."""

    def __init__(self) -> None:
        self.plans: dict[TargetId, Plan] = {}
        self.heap: list[tuple[float, TargetId]] = []

    def sync(self, targets: Iterable[Target], now: float) -> None:
        """Make these all the targets there are; new ones come soon, not all at once."""
        wanted = {target.id: target for target in targets}
        for gone in self.plans.keys() - wanted.keys():
            del self.plans[gone]
        new = [target for target in wanted.values() if self._is_new(target)]
        for number, target in enumerate(new):
            self.plans[target.id] = Plan(target=target, due=now + first_rest(number, target))
        self._rebuild()

    def _is_new(self, target: Target) -> bool:
        plan = self.plans.get(target.id)
        return plan is None or plan.target != target

    def _rebuild(self) -> None:
        turns = ((plan.due, target) for target, plan in self.plans.items())
        self.heap = [(due, target) for due, target in turns if due is not None]
        heapify(self.heap)

    def next_due(self) -> float | None:
        """Return when the next turn comes, None when nothing waits."""
        return self.heap[0][0] if self.heap else None

    def pop(self, now: float) -> tuple[Target, float] | None:
        """Return a target whose turn has come, with when it was due; it waits for `done` then."""
        while self.heap and self.heap[0][0] <= now:
            due, target = heappop(self.heap)
            plan = self.plans.get(target)
            if plan is not None and plan.due == due:
                plan.due, plan.begun = None, due
                return plan.target, due
        return None

    def is_down(self, target: Target) -> bool:
        """Tell whether the last looks all failed."""
        plan = self.plans.get(target.id)
        return plan is not None and plan.recent == BAD * SETTLED

    def done(self, target: Target, outcome: Outcome, now: float, *, busy: bool = False) -> None:
        """Give the target its next turn; in doubt sooner, unless we are `busy`."""
        plan = self.plans.get(target.id)
        if plan is None or plan.target != target or plan.due is not None:
            return
        if outcome is not Outcome.UNSEEN:
            letter = GOOD if outcome is Outcome.GOOD else BAD
            plan.recent = (plan.recent + letter)[-SETTLED:]
        in_doubt = is_in_doubt(plan.recent) and not busy
        rest = soon(target.interval).total_seconds()
        plan.due = now + rest if in_doubt else turn(target, plan.begun, now)
        heappush(self.heap, (plan.due, target.id))


def phase(target: Target) -> float:
    """Return the target's share of its interval, in [0, 1): neighbours by id lie far apart."""
    return target.id * GOLDEN % 1


def first_rest(number: int, target: Target) -> float:
    """Return how long the `number`th of some new targets waits for its first look."""
    interval = target.interval.total_seconds()
    return min(number / FIRST_LOOKS_EACH_SECOND, phase(target) * interval)


def turn(target: Target, begun: float, now: float) -> float:
    """Return the target's next turn on its grid, neither past nor just after the one it had."""
    interval = target.interval.total_seconds()
    shift = phase(target) * interval
    earliest = max(begun + interval / 2, now)
    return math.ceil((earliest - shift) / interval) * interval + shift
