"""The conflict engine: a wish and all that is known, and the reasons for and against it.

Pure: whoever calls it loads the facts.  `judge` says what is in the way; `alternatives` what
would not be, by the same rules.
"""

from __future__ import annotations

from meetings.conflicts.alternatives import ENOUGH, HORIZON, Busy, alternatives, merged
from meetings.conflicts.facts import Facts, Obstacle, Policy, PoolLoad, lines_of
from meetings.conflicts.hard import hard_reasons
from meetings.conflicts.soft import TURN_ROUND, soft_reasons
from meetings.model import Wish
from meetings.reasons import Rule, Verdict

__all__ = [
    "ENOUGH",
    "HORIZON",
    "TURN_ROUND",
    "Busy",
    "Facts",
    "Obstacle",
    "Policy",
    "PoolLoad",
    "alternatives",
    "judge",
    "lines_of",
    "merged",
]

ORDER = {rule: place for place, rule in enumerate(Rule)}


def judge(wish: Wish, facts: Facts) -> Verdict:
    """Return what is against the wish, the gravest first."""
    hard = sorted(hard_reasons(wish, facts), key=lambda reason: ORDER[reason.rule])
    return Verdict(hard=tuple(hard), soft=tuple(soft_reasons(wish, facts)))
