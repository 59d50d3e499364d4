"""T-A11: dates come out the same whatever zone the machine keeps; refused rules cost few steps."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from meetings.office.workdays import ZONE
from meetings.series.recurrence import expand
from meetings.series.rrules import BadRule, parse_rule

ROOT = Path(__file__).parents[2]
PURE = ("tests/meetings/test_recurrence.py", "tests/meetings/test_seriesplan.py")
MOST_STEPS = 120_000
"""Calls; ten years of days with every part of a rule looked at."""


def passes_under(zone: str) -> str:
    """Return what the pure date tests say in a process of that zone; nothing if they pass."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *PURE],
        cwd=ROOT,
        env=os.environ | {"TZ": zone},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Ho_Chi_Minh"])
def test_dates_do_not_depend_on_the_zone_of_the_machine(zone):
    assert passes_under(zone) == ""


def steps_of(rule: str) -> tuple[str, int]:
    """Return why a rule is refused, and after how many calls."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    code = ""
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        expand(parse_rule(rule, ZONE), date(2026, 11, 30))
    except BadRule as error:
        code = error.code
    finally:
        sys.setprofile(before)
    return code, steps


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=SECONDLY;COUNT=600", "rule-too-often"),
        ("FREQ=SECONDLY;UNTIL=99991231", "rule-too-often"),
        ("FREQ=DAILY", "rule-without-end"),
        ("FREQ=DAILY;UNTIL=99991231", "rule-too-long"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=600", "rule-without-dates"),
        (
            "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2,4,6;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=600"
            ";BYSETPOS=" + ",".join(map(str, range(1, 32))),
            "rule-without-dates",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=600;BYSETPOS=" + ",".join(["31"] * 31),
            "rule-too-long",
        ),
    ],
)
def test_rule_that_asks_for_too_much_is_refused_in_few_steps(rule, code):
    found, steps = steps_of(rule)

    assert (found, steps <= MOST_STEPS) == (code, True), steps
