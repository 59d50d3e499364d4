from datetime import timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.model import Flip, Health, NewTarget, Policy, ProbeKind, TargetId, Watch
from monitoring.rules import (
    is_in_doubt,
    is_ripe,
    judge,
    news,
    problems,
    soon,
    stale_after,
)
from tests.monitoring.makers import MINUTE, NOON, a_result, a_watch

POLICY = Policy()
UP, DOWN, UNKNOWN = Health.UP, Health.DOWN, Health.UNKNOWN
STATES = {UP: "U", DOWN: "D", UNKNOWN: "-"}


def after(letters: str, watch: Watch | None = None) -> tuple[Watch, list[Flip]]:
    """Judge one result a minute."""
    watch = watch or a_watch()
    flips: list[Flip] = []
    for number, letter in enumerate(letters, 1):
        watch, caused = judge(watch, a_result(letter, NOON + number * MINUTE), POLICY)
        flips.extend(caused)
    return watch, flips


def states(letters: str) -> str:
    return "".join(STATES[after(letters[: n + 1])[0].state] for n in range(len(letters)))


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("uuuuu", "UUUUU"),
        ("ddddd", "--DDD"),
        ("du", "-U"),
        ("uduuduu", "UUUUUUU"),
        ("uddud", "UUUUD"),  # 3 of the last 5
        ("udduuuduud", "UUUUUUUUUU"),
        ("udduud", "UUUUUD"),
        ("udddu", "UUUDD"),  # one good is not enough
        ("udddudu", "UUUDDDD"),
        ("udddudduu", "UUUDDDDDU"),
        ("uddduud", "UUUDDUU"),  # what made it fail does not count twice
        ("uddduudud", "UUUDDUUUU"),
        ("uddduuddd", "UUUDDUUUD"),
        ("???", "---"),
        ("u???", "UUUU"),
        ("dd?d", "---D"),
    ],
)
def test_state_follows_the_last_results(results, expected):
    assert states(results) == expected


def test_the_first_verdict_is_a_flip_too():
    watch, flips = after("u")

    assert flips == [Flip(target=TargetId(1), at=NOON + MINUTE, was=UNKNOWN, now=UP, reason="")]
    assert watch.since == NOON + MINUTE


def test_a_flip_to_down_says_when_and_why():
    watch, flips = after("uddd")

    assert flips[1:] == [
        Flip(target=TargetId(1), at=NOON + 4 * MINUTE, was=UP, now=DOWN, reason="refused")
    ]
    assert (watch.state, watch.last_reason, watch.last_seconds) == (DOWN, "refused", None)


def test_a_late_result_changes_nothing():
    watch = after("uu")[0]

    assert judge(watch, a_result("d", NOON + MINUTE), POLICY) == (watch, ())
    assert judge(watch, a_result("d", NOON + 2 * MINUTE), POLICY) == (watch, ())


def test_a_look_that_could_not_be_made_leaves_its_reason_only():
    watch = after("uu")[0]
    seen, flips = judge(watch, a_result("?", NOON + 3 * MINUTE), POLICY)

    assert flips == ()
    assert (seen.state, seen.recent, seen.last_at) == (UP, "uu", NOON + 2 * MINUTE)
    assert seen.last_reason == "not-permitted"


def test_a_gap_is_unknown_from_where_the_verdict_no_longer_held():
    watch = after("uddd")[0]
    end = NOON + 4 * MINUTE + stale_after(MINUTE)
    seen, flips = judge(watch, a_result("u", NOON + timedelta(hours=1)), POLICY)

    assert [(flip.at, flip.was, flip.now, flip.reason) for flip in flips] == [
        (end, DOWN, UNKNOWN, "no-data"),
        (NOON + timedelta(hours=1), UNKNOWN, UP, ""),
    ]
    assert (seen.state, seen.recent) == (UP, "u")


def test_failures_before_a_gap_do_not_count_after_it():
    watch, flips = after("dd")
    seen, more = judge(watch, a_result("d", NOON + timedelta(hours=1)), POLICY)

    assert (flips, more) == ([], ())
    assert (seen.state, seen.recent) == (UNKNOWN, "d")


@given(st.text("ud?", max_size=60))
def test_flips_tell_the_whole_history(letters):
    watch, flips = after(letters)

    assert [flip.was for flip in flips] == [UNKNOWN, *(flip.now for flip in flips)][: len(flips)]
    assert all(flip.was is not flip.now for flip in flips)
    assert watch.state is (flips[-1].now if flips else UNKNOWN)


@given(st.text("ud", max_size=60))
def test_down_needs_three_bad_of_five_and_up_two_good(letters):
    for flip in after(letters)[1]:
        seen = letters[: (flip.at - NOON) // MINUTE]
        if flip.now is DOWN:
            assert seen[-5:].count("d") >= 3
        elif flip.was is DOWN:
            assert seen.endswith("uu")


@given(st.text("ud", min_size=5, max_size=60))
def test_an_unbroken_run_always_decides(letters):
    assert after(letters + "ddd")[0].state is DOWN
    assert after(letters + "uu")[0].state is UP


@given(st.text("ud?", max_size=60))
def test_memory_fits_the_column(letters):
    recent = after(letters)[0].recent

    assert set(recent) <= {"u", "d"}
    assert len(recent) <= 5


@pytest.mark.parametrize(
    ("recent", "doubt"),
    [("", False), ("u", False), ("d", True), ("dd", True), ("ddd", False), ("uud", True),
     ("ddu", True), ("duu", True), ("uuu", False), ("duuu", False)],
)  # fmt: skip
def test_disagreeing_looks_are_doubted(recent, doubt):
    assert is_in_doubt(recent) is doubt


def test_in_doubt_we_look_again_soon():
    assert soon(timedelta(seconds=60)) == timedelta(seconds=10)
    assert soon(timedelta(seconds=5)) == timedelta(seconds=1)
    assert soon(timedelta(seconds=0.5)) == timedelta(seconds=0.5)


@pytest.mark.parametrize(
    ("oldest", "newest", "ripe"),
    [(5, 5, False), (19, 19, False), (20, 20, True), (59, 1, False), (60, 1, True)],
)
def test_flips_wait_for_quiet_but_not_for_ever(oldest, newest, ripe):
    def ago(seconds):
        return NOON - timedelta(seconds=seconds)

    assert is_ripe(ago(oldest), ago(newest), NOON) is ripe


def flips_to(*states: Health) -> list[Flip]:
    return [
        Flip(target=TargetId(1), at=NOON, was=UNKNOWN, now=state, reason="") for state in states
    ]


@pytest.mark.parametrize(
    ("told", "states", "expected"),
    [
        (None, [UP], None),  # silence meant up
        (None, [DOWN], DOWN),
        (None, [UP, DOWN], DOWN),
        (DOWN, [UP], UP),
        (DOWN, [UP, DOWN], None),  # it flapped back before anybody was told
        (UP, [DOWN, UP], None),
        (DOWN, [UNKNOWN], None),
        (DOWN, [UNKNOWN, UP], UP),
        (UP, [DOWN, UNKNOWN], DOWN),
    ],
)
def test_news_is_another_verdict_than_the_last_one_told(told, states, expected):
    found = news(told, flips_to(*states))

    assert (found.now if found else None) is expected


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"host": "10.0.0.7", "port": 80}, ()),
        ({"host": "codec.xa-sin-thau.dienbien.gov.vn", "port": 443}, ()),
        ({"host": "2001:db8::1", "port": 80}, ()),
        ({"host": "10.0.0.7"}, (("port", "bad-port"),)),
        ({"host": "10.0.0.7", "port": 70000}, (("port", "bad-port"),)),
        ({"host": "10.0.0.7", "port": 1, "probe": ProbeKind.ICMP}, (("port", "no-port-for-icmp"),)),
        ({"host": "127.0.0.1", "port": 80}, (("host", "forbidden-address"),)),
        ({"host": "fe80::1%eth0", "port": 80}, (("host", "forbidden-address"),)),
        ({"host": "2001:db8::1%eth0", "port": 80}, (("host", "forbidden-address"),)),
        ({"host": "127.1", "port": 80}, (("host", "bad-host"),)),
        ({"host": "0x7f000001", "port": 80}, (("host", "bad-host"),)),
        ({"host": "a b", "port": 80}, (("host", "bad-host"),)),
        ({"host": "", "port": 80}, (("host", "bad-host"),)),
        ({"host": "a" * 300, "port": 80}, (("host", "bad-host"),)),
        ({"host": "a\r\nX: y", "port": 80}, (("host", "bad-host"),)),
        ({"host": "10.0.0.7", "port": 80, "path": "/a b"}, (("path", "bad-path"),)),
        ({"host": "10.0.0.7", "port": 80, "path": "/\r\nX: y"}, (("path", "bad-path"),)),
        ({"host": "10.0.0.7", "port": 80, "path": "a"}, (("path", "bad-path"),)),
        (
            {"host": "10.0.0.7", "port": 80, "interval": timedelta(seconds=1)},
            (("interval_seconds", "out-of-range"),),
        ),
        (
            {"host": "10.0.0.7", "port": 80, "timeout": timedelta(seconds=31)},
            (("timeout_seconds", "out-of-range"),),
        ),
    ],
)  # fmt: skip
def test_a_wished_target_is_refused_with_every_reason(wish, expected):
    assert problems(NewTarget(**{"probe": ProbeKind.HTTP, **wish})) == expected


def test_the_operator_may_allow_networks():
    wish = NewTarget(probe=ProbeKind.TCP, host="127.0.0.1", port=80)

    assert problems(wish, [ip_network("127.0.0.0/8")]) == ()
