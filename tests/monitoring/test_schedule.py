from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from monitoring.model import Outcome, Target
from monitoring.schedule import Schedule, phase, turn
from tests.monitoring.makers import a_target

GOOD, BAD = Outcome.GOOD, Outcome.BAD
Looks = dict[int, list[float]]


def looks(
    schedule: Schedule,
    *,
    until: float,
    begin: float = 0.0,
    took: float = 0.0,
    failing: Iterable[int] = (),
) -> Looks:
    """Let virtual time pass, each look taking `took` seconds; return when each target was due."""
    seen: Looks = defaultdict(list)
    now = begin
    while (due := schedule.next_due()) is not None and due < until:
        now = max(now, due)
        while (popped := schedule.pop(now)) is not None:
            target, due = popped
            seen[target.id].append(due)
            outcome = BAD if target.id in failing else GOOD
            schedule.done(target, outcome, now + took)
    return seen


def many(count: int, seconds: float = 60) -> list[Target]:
    return [a_target(number, interval=timedelta(seconds=seconds)) for number in range(1, count + 1)]


def test_two_thousand_targets_keep_their_interval():
    schedule = Schedule()
    schedule.sync(many(2000), now=0)
    seen = looks(schedule, until=60 * 11, took=2.5)

    assert len(seen) == 2000
    rests = {round(b - a, 6) for times in seen.values() for a, b in pairwise(times[1:])}
    assert rests == {60}
    assert all(30 <= times[1] - times[0] < 90 for times in seen.values())


def test_a_slow_answer_misses_no_turn():
    schedule = Schedule()
    schedule.sync(many(20, seconds=5), now=0)
    seen = looks(schedule, until=100, took=3)

    assert {round(b - a, 6) for times in seen.values() for a, b in pairwise(times[1:])} == {5}


def test_turns_are_spread_evenly():
    schedule = Schedule()
    schedule.sync(many(2000), now=0)
    seen = looks(schedule, until=180)
    by_second: dict[int, int] = defaultdict(int)
    for times in seen.values():
        for time in times:
            by_second[int(time)] += 1

    later = [by_second[second] for second in range(120, 180)]
    assert sum(later) == 2000
    assert max(later) <= 40  # 33.3 on average


def test_new_targets_are_looked_at_soon_but_not_all_at_once():
    schedule = Schedule()
    schedule.sync(many(1), now=0)
    first = schedule.next_due()
    schedule.sync(many(2000), now=0)
    begun = [due for due, _ in schedule.heap]

    assert first == 0
    assert max(begun) <= 10
    assert max(sum(second <= due < second + 1 for due in begun) for second in range(10)) <= 250


def test_a_target_in_doubt_is_looked_at_again_soon():
    schedule = Schedule()
    schedule.sync(many(1), now=0)
    times = looks(schedule, until=300, failing=[1])[1]

    rests = [round(after - before) for before, after in pairwise(times)]

    assert rests[:2] == [10, 10]
    assert set(rests[3:]) == {60}


def test_in_doubt_nobody_is_hurried_while_we_are_busy():
    schedule = Schedule()
    target = a_target(1)
    schedule.sync([target], now=0)
    schedule.pop(0)
    schedule.done(target, BAD, 0, busy=True)

    assert schedule.next_due() == turn(target, 0, 0)


def test_a_target_is_never_looked_at_twice_at_once():
    schedule = Schedule()
    target = a_target(1)
    schedule.sync([target], now=0)

    assert schedule.pop(0) == (target, 0)
    assert schedule.pop(10_000) is None
    schedule.sync([target], now=20_000)
    assert schedule.pop(30_000) is None
    schedule.done(target, GOOD, 30_000)
    schedule.done(target, GOOD, 30_000)
    assert len(schedule.heap) == 1


def test_after_a_long_sleep_each_target_is_looked_at_once():
    schedule = Schedule()
    schedule.sync(many(50), now=0)
    woken = looks(schedule, begin=7200, until=7200.001)

    assert {len(times) for times in woken.values()} == {1}


def test_removed_targets_are_not_looked_at():
    schedule = Schedule()
    schedule.sync(many(3), now=0)
    running = schedule.pop(0)
    schedule.sync(many(3)[2:], now=0)
    assert running is not None
    schedule.done(running[0], GOOD, 1)

    assert set(looks(schedule, until=120)) == {3}


def test_a_changed_target_begins_anew():
    schedule = Schedule()
    schedule.sync([a_target(1)], now=0)
    schedule.pop(0)
    schedule.sync([a_target(1, port=10)], now=5)

    assert schedule.pop(5) == (a_target(1, port=10), 5)


def test_phases_lie_in_the_interval():
    assert all(0 <= phase(a_target(number)) < 1 for number in range(1, 10_000))
