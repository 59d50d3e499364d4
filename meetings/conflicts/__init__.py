"""The conflict engine: a wish and all that is known, and the reasons for and against it.

Pure: whoever calls it loads the facts.  `judge` says what is in the way; `alternatives` what
would not be, by the same rules.
"""

from __future__ import annotations

from meetings.conflicts.alternatives import ENOUGH, alternatives
from meetings.conflicts.busy import Busy, Unexplored, merged
from meetings.conflicts.facts import Facts, Obstacle, Policy, PoolLoad, lines_of
from meetings.conflicts.hard import free_halls, hard_reasons, over_limits
from meetings.conflicts.seats import most_free
from meetings.conflicts.soft import TURN_ROUND, soft_reasons
from meetings.conflicts.times import HORIZON, to_explore
from meetings.model import Wish
from meetings.scheduling.reasons import Reason, Rule, Verdict

__all__ = [
    "ENOUGH",
    "HORIZON",
    "TURN_ROUND",
    "Busy",
    "Facts",
    "Obstacle",
    "Policy",
    "PoolLoad",
    "Unexplored",
    "alternatives",
    "free_halls",
    "is_free",
    "judge",
    "lines_of",
    "merged",
    "most_free",
    "over_limits",
    "refusals",
    "soft_reasons",
    "to_explore",
]

ORDER = {rule: place for place, rule in enumerate(Rule)}


def judge(wish: Wish, facts: Facts) -> Verdict:
    """Return what is against the wish, the gravest first."""
    return Verdict(hard=refusals(wish, facts), soft=tuple(soft_reasons(wish, facts)))


def refusals(wish: Wish, facts: Facts) -> tuple[Reason, ...]:
    """Return only what refuses the wish, the gravest first."""
    return tuple(sorted(hard_reasons(wish, facts), key=lambda reason: ORDER[reason.rule]))


def is_free(wish: Wish, facts: Facts) -> bool:
    """Tell whether nothing refuses the wish."""
    return next(hard_reasons(wish, facts), None) is None
