"""The engine alone: every reason with its rule, holder, period and subjects (T-A6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.conflicts import Facts, Obstacle, Policy, PoolLoad, free_halls, judge
from meetings.conflicts.seats import peak
from meetings.model import Kind, LineId, OfficialId, Period, PoolId, SiteId, UnitId, Urgency, Wish
from meetings.office.workdays import USUAL, local_day, midnight
from meetings.scheduling.reasons import Holder, HolderKind, Reason, Rule
from meetings.scheduling.refusing import rivals_in
from meetings.scheduling.resources import Hall, Subject, SubjectKind

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
EIGHT = datetime(2026, 11, 30, 1, tzinfo=UTC)
"""Monday, 08:00 in Điện Biên."""
NOW = EIGHT - timedelta(days=10)
SITES = frozenset(map(SiteId, (1, 2, 3)))
RIVAL = Holder(kind=HolderKind.CONFERENCE, id=7, host=UnitId(5), words="Tập huấn")
CLOSED = Holder(kind=HolderKind.BLACK_OUT, id=9, words="Sửa hội trường")


def a_site(number: int) -> Subject:
    return Subject(SubjectKind.SITE, number)


def wished(start: datetime = EIGHT, length: timedelta = 2 * HOUR, **more) -> Wish:
    return Wish(
        title="Họp", kind=more.pop("kind", Kind.BRIEFING), host=UnitId(2), chair="",
        main_site=SiteId(1), sites=more.pop("sites", SITES), period=Period(start, start + length),
        **more,
    )  # fmt: skip


def held(*subjects: Subject, start=EIGHT, end=EIGHT + HOUR, holder=RIVAL) -> Obstacle:
    return Obstacle(holder=holder, period=Period(start, end), subjects=subjects)


def rules(wish: Wish, **facts) -> list[str]:
    verdict = judge(wish, Facts(now=facts.pop("now", NOW), **facts))
    return [reason.rule.value for reason in (*verdict.hard, *verdict.soft)]


def test_nothing_is_against_a_plain_wish():
    verdict = judge(wished(), Facts(now=NOW))

    assert (verdict.hard, verdict.soft, verdict.is_free) == ((), (), True)


def test_a_reason_names_rule_holder_period_and_every_subject():
    obstacle = held(a_site(3), a_site(1), a_site(8))

    [reason] = judge(wished(), Facts(now=NOW, obstacles=[obstacle])).hard

    assert reason == Reason(
        rule=Rule.SITE_TAKEN,
        period=obstacle.period,
        subjects=(a_site(1), a_site(3)),
        holder=RIVAL,
    )


def test_officials_lines_and_black_outs_are_told_apart():
    chair, line = Subject(SubjectKind.OFFICIAL, 4), Subject(SubjectKind.LINE, 6)
    halls = {SiteId(1): Hall(site=SiteId(1), line=LineId(6))}

    found = rules(
        wished(chair_id=OfficialId(4)),
        halls=halls,
        obstacles=[held(line), held(chair), held(a_site(2), holder=CLOSED)],
    )

    assert found == ["official-busy", "line-busy", "blacked-out"]


def test_a_hall_is_free_when_neither_it_nor_its_line_is_held():
    halls = {
        SiteId(1): Hall(site=SiteId(1)),
        SiteId(2): Hall(site=SiteId(2), line=LineId(4)),
        SiteId(3): Hall(site=SiteId(3), set_up=30 * MINUTE),
        SiteId(8): Hall(site=SiteId(8)),
    }
    obstacles = [
        held(a_site(1)),
        held(Subject(SubjectKind.LINE, 4)),
        held(a_site(3), start=EIGHT - HOUR, end=EIGHT - 15 * MINUTE),
        held(a_site(8), start=EIGHT - HOUR, end=EIGHT),
    ]

    assert free_halls(halls, Period(EIGHT, EIGHT + HOUR), obstacles) == {SiteId(8)}


def test_rivals_are_told_by_start_then_in_the_order_of_the_halls():
    facts = Facts(
        now=NOW,
        obstacles=[
            held(a_site(1), a_site(2)),
            held(a_site(3), start=EIGHT - HOUR),
            held(a_site(1), holder=CLOSED),
        ],
    )

    found = rivals_in(judge(wished(), facts).hard, [SiteId(2), SiteId(3), SiteId(1)])

    assert [(one.site, one.period.start) for one in found] == [
        (3, EIGHT - HOUR),
        (2, EIGHT),
        (1, EIGHT),
    ]
    assert {(one.conference, one.host, one.title) for one in found} == {(7, 5, "Tập huấn")}


def test_buffers_touch_the_hall_only():
    halls = {SiteId(1): Hall(site=SiteId(1), set_up=HOUR / 2, tear_down=HOUR / 2)}
    before = {"start": EIGHT - HOUR, "end": EIGHT - HOUR / 4}
    chair = Subject(SubjectKind.OFFICIAL, 4)

    def found(subject):
        return rules(
            wished(chair_id=OfficialId(4)), halls=halls, obstacles=[held(subject, **before)]
        )

    assert found(a_site(1)) == ["site-busy"]
    assert found(a_site(2)) == []
    assert found(chair) == []


@pytest.mark.parametrize(("minutes", "expected"), [(0, True), (14, True), (15, False)])
def test_less_than_fifteen_minutes_between_two_conferences_is_tight(minutes, expected):
    before = held(a_site(1), start=EIGHT - HOUR, end=EIGHT - minutes * MINUTE)

    found = rules(wished(), obstacles=[before])

    assert found == (["tight-turn-round"] if expected else [])


@pytest.mark.parametrize(("ahead", "refused"), [(9, False), (10, False), (11, True)])
def test_the_horizon_is_exact(ahead, refused):
    wish = wished(EIGHT + timedelta(days=ahead), kind=Kind.URGENT)

    found = rules(wish, now=EIGHT, policy=Policy(horizon_days=10))

    assert ("beyond-horizon" in found) == refused


@pytest.mark.parametrize(("open_", "refused"), [(2, False), (3, True), (4, True)])
def test_the_quota_is_exact(open_, refused):
    found = rules(wished(), policy=Policy(most_open=3), open_conferences=open_)

    assert found == (["quota-reached"] if refused else [])


@pytest.mark.parametrize(("seats", "refused"), [(4, True), (5, False)])
def test_seats_are_judged_at_the_fullest_instant(seats, refused):
    promised = ((Period(EIGHT, EIGHT + HOUR), 2), (Period(EIGHT + HOUR, EIGHT + 3 * HOUR), 1))

    found = rules(wished(), pools=[PoolLoad(pool=PoolId(1), seats=seats, promised=promised)])

    assert found == (["no-seats"] if refused else [])


def test_who_uses_the_seats_at_the_fullest_instant_is_named_the_biggest_first():
    before, then = Period(EIGHT, EIGHT + HOUR), Period(EIGHT + HOUR, EIGHT + 3 * HOUR)
    holders = [
        Holder(kind=HolderKind.CONFERENCE, id=number, host=UnitId(5)) for number in (1, 2, 3)
    ]
    pool = PoolLoad(
        pool=PoolId(1),
        seats=9,
        promised=((before, 6), (then, 3), (then, 4)),
        holders=tuple(holders),
    )

    found = judge(wished(), Facts(now=NOW, pools=[pool])).hard

    assert [(one.rule, one.holder, one.given, one.limit) for one in found] == [
        (Rule.NO_SEATS, None, 3, 2),
        (Rule.NO_SEATS, holders[2], 4, 2),
        (Rule.NO_SEATS, holders[1], 3, 2),
    ]
    assert [one.period for one in found[1:]] == [then, then]


@pytest.mark.parametrize(
    ("start", "hours", "kind", "expected"),
    [
        ("2026-11-30T08:00", 2, Kind.BRIEFING, []),
        ("2026-11-28T08:00", 2, Kind.BRIEFING, ["day-off"]),
        ("2026-01-02T08:00", 2, Kind.BRIEFING, ["day-off"]),
        ("2026-01-10T08:00", 2, Kind.BRIEFING, []),
        ("2026-11-30T06:00", 2, Kind.BRIEFING, ["out-of-hours"]),
        ("2026-11-30T16:00", 2, Kind.BRIEFING, ["out-of-hours"]),
        ("2026-11-30T10:00", 2, Kind.BRIEFING, ["crosses-lunch"]),
        ("2026-11-30T09:30", 2, Kind.BRIEFING, []),
        ("2026-11-30T12:00", 5, Kind.URGENT, ["crosses-lunch", "unusually-long"]),
    ],
)  # fmt: skip
def test_the_office_calendar_warns_and_never_refuses(start, hours, kind, expected):
    moment = datetime.fromisoformat(f"{start}+07:00")

    verdict = judge(wished(moment, hours * HOUR, kind=kind), Facts(now=moment - timedelta(days=30)))

    assert verdict.is_free
    assert [reason.rule.value for reason in verdict.soft] == expected


def test_lunch_is_what_the_office_calendar_says():
    moment = datetime.fromisoformat("2026-11-30T11:15+07:00")
    season = replace(USUAL.seasons[0], month=1, day=1, lunch_begins=time(12), lunch_ends=time(13))
    calendar = replace(USUAL, seasons=(season,))
    facts = Facts(now=moment - timedelta(days=30), calendar=calendar)

    before = judge(wished(moment, timedelta(minutes=45)), facts).soft
    into = judge(wished(moment, HOUR), facts).soft

    lunch = Period(moment + timedelta(minutes=45), moment + timedelta(minutes=105))
    assert before == ()
    assert [(one.rule, one.period) for one in into] == [(Rule.LUNCH, lunch)]


@pytest.mark.parametrize(
    ("day", "said", "late"),
    [
        (25, {}, False),
        (26, {}, True),
        (29, {"waiver": "Theo yêu cầu của UBND tỉnh"}, True),
        (29, {"kind": Kind.URGENT, "waiver": "Ứng phó mưa lũ"}, False),
        (29, {"urgency": Urgency.URGENT, "waiver": "Ứng phó mưa lũ"}, False),
        (29, {"urgency": Urgency.VERY_URGENT, "waiver": "Ứng phó mưa lũ"}, False),
        (29, {"urgency": Urgency.FLASH, "waiver": "Ứng phó mưa lũ"}, False),
        (29, {"kind": Kind.URGENT}, True),
        (29, {"kind": Kind.URGENT, "note": "Ứng phó mưa lũ"}, True),
        (29, {"urgency": Urgency.FLASH, "waiver": " "}, True),
        (29, {"kind": Kind.REHEARSAL}, False),
    ],
)
def test_invitations_go_out_three_working_days_before(day, said, late):
    """For Monday 30/11 the last day is Wednesday 25/11 (QĐ 45/2018)."""
    found = rules(wished(**said), now=datetime(2026, 11, day, 3, tzinfo=UTC))

    assert found == (["short-notice"] if late else [])


@pytest.mark.parametrize(
    ("days", "horizon", "found"),
    [
        (364, None, []),
        (365, None, ["far-ahead"]),
        (365, 365, []),
        (3660, 3660, []),
        (366, 365, ["beyond-horizon"]),
    ],
)
def test_a_year_ahead_is_told_where_no_policy_says_how_far(days, horizon, found):
    wish = wished(NOW + timedelta(days=days), kind=Kind.TRAINING)
    always = replace(USUAL, made_up=frozenset({local_day(wish.period.start)}))

    assert rules(wish, policy=Policy(horizon_days=horizon), calendar=always) == found


@settings(max_examples=200)
@given(
    st.integers(0, 4000),
    st.integers(0, 24 * 60 - 1),
    st.none() | st.integers(1, 3660),
    st.integers(0, 24 * 60 - 1),
)
def test_how_far_ahead_is_told_or_refused_by_days_and_never_both(days, at, horizon, now):
    midnight_ = midnight(date(2026, 11, 30))
    facts = Facts(now=midnight_ + now * MINUTE, policy=Policy(horizon_days=horizon))
    wish = wished(midnight_ + timedelta(days=days) + at * MINUTE, kind=Kind.REHEARSAL)

    verdict = judge(wish, facts)

    told = [(one.limit, one.given) for one in verdict.soft if one.rule is Rule.FAR_AHEAD]
    refused = [(one.limit, one.given) for one in verdict.hard if one.rule is Rule.HORIZON]
    assert told == ([(365, days)] if horizon is None and days >= 365 else [])
    assert refused == ([(horizon, days)] if horizon is not None and days > horizon else [])


EDGES = [
    datetime(2027, 12, 31, 17, tzinfo=UTC),
    datetime(2028, 2, 28, 17, tzinfo=UTC),
    datetime(2028, 2, 29, 17, tzinfo=UTC),
]
"""Midnight in Việt Nam: at the end of a year, before and after a leap day."""


@st.composite
def periods(draw):
    edge = draw(st.sampled_from(EDGES))
    start = edge + draw(st.integers(-120, 120)) * MINUTE
    return Period(start, start + draw(st.integers(1, 120)) * MINUTE)


@settings(max_examples=500)
@given(periods(), periods(), st.integers(0, 60), st.integers(0, 60))
def test_a_hall_is_taken_exactly_when_its_reach_meets_a_hold(mine, other, before, after):
    hall = Hall(site=SiteId(1), set_up=before * MINUTE, tear_down=after * MINUTE)
    wish = replace(wished(sites=frozenset({SiteId(1)})), period=mine)
    facts = Facts(
        now=mine.start - timedelta(days=30),
        halls={hall.site: hall},
        obstacles=[held(a_site(1), start=other.start, end=other.end)],
    )

    shares_an_instant = max(mine.start - hall.set_up, other.start) < min(
        mine.end + hall.tear_down, other.end
    )

    assert judge(wish, facts).is_free != shares_an_instant


@settings(max_examples=300)
@given(st.lists(st.tuples(periods(), st.integers(1, 50)), max_size=8), periods())
def test_the_peak_is_what_counting_every_minute_finds(promised, period):
    minutes = range(round((period.end - period.start) / MINUTE))

    counted = max(
        sum(seats for held_, seats in promised if held_.start <= at < held_.end)
        for at in (period.start + number * MINUTE for number in minutes)
    )

    assert peak(promised, period) == counted
