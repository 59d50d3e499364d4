"""Exceptions kept: what somebody changed by hand on a date stays when all dates are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meetings.model import (
    Conference,
    ConferenceId,
    Kind,
    OfficialId,
    Period,
    SiteId,
    State,
    UnitId,
    Wish,
)
from meetings.office.workdays import ZONE
from meetings.series.edits import SeriesChanges, changed, changes_between, followed
from meetings.series.plan import OnHolidays, Schedule, Series, SeriesId
from meetings.series.rrules import parse_rule

FIRST = date(2026, 11, 30)
SCHEDULE = Schedule(
    rule=parse_rule("FREQ=WEEKLY;COUNT=10", ZONE),
    zone="Asia/Ho_Chi_Minh",
    first_day=FIRST,
    starts_at=time(8),
    minutes=120,
    on_holidays=OnHolidays.SKIP,
)
NOBODY: frozenset[OfficialId] = frozenset()
SITES = frozenset(map(SiteId, (1, 2, 3)))
SERIES = Series(
    id=SeriesId(1),
    wish=Wish(
        title="Giao ban",
        kind=Kind.BRIEFING,
        host=UnitId(1),
        chair="Chủ tịch",
        main_site=SiteId(1),
        sites=SITES,
        period=SCHEDULE.period_on(FIRST),
    ),
    schedule=SCHEDULE,
    version=1,
    created_by="test",
)


def on_week(number: int) -> Conference:
    """Return the conference of a week as the series made it."""
    wish = SERIES.wish
    return Conference(
        id=ConferenceId(number + 1),
        title=wish.title,
        kind=wish.kind,
        state=State.CONFIRMED,
        host=wish.host,
        chair=wish.chair,
        main_site=wish.main_site,
        sites=tuple(sorted(wish.sites)),
        period=SCHEDULE.period_on(FIRST + timedelta(weeks=number)),
        note=wish.note,
        version=1,
        cancel_reason="",
        ended_at=None,
        created_by="test",
        demo=False,
    )


def moved(conference: Conference, minutes: int) -> Period:
    """Return the conference's period, so much later."""
    by = timedelta(minutes=minutes)
    return Period(conference.period.start + by, conference.period.end + by)


OTHER_KINDS = st.sampled_from([kind for kind in Kind if kind is not Kind.BRIEFING])
BY_HAND = st.fixed_dictionaries(
    {},
    optional={
        "title": st.just("Họp đặc biệt"),
        "kind": OTHER_KINDS,
        "chair": st.just("Phó Chủ tịch"),
        "note": st.just("Mang theo số liệu"),
        "chair_id": st.just(OfficialId(7)),
        "delegates": st.just((OfficialId(8), OfficialId(9))),
        "sites": st.just((SiteId(1), SiteId(2))),
        "period": st.integers(1, 300),
    },
)
OF_ALL = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Giao ban tuần", "Họp đặc biệt", "Giao ban"]),
        "kind": OTHER_KINDS,
        "chair": st.sampled_from(["Phó Chủ tịch", "Chủ tịch", ""]),
        "note": st.sampled_from(["", "Bản mới"]),
        "sites": st.sampled_from([SITES, SITES | {SiteId(4)}]),
        "chair_id": st.just(OfficialId(7)),
        "delegates": st.sampled_from([NOBODY, frozenset({OfficialId(9)})]),
        "starts_at": st.times(time(6), time(20)).map(
            lambda at: at.replace(second=0, microsecond=0)
        ),
    },
)


@given(BY_HAND, OF_ALL, st.integers(0, 9))
def test_fields_changed_by_hand_stay_and_the_others_follow(
    by_hand: dict[str, Any], of_all: dict[str, Any], week: int
):
    plain = on_week(week)
    own = by_hand | ({"period": moved(plain, by_hand["period"])} if "period" in by_hand else {})
    after = changed(SERIES, SeriesChanges(**of_all))

    found = followed(SERIES, after, replace(plain, **own))

    period = after.schedule.period_on(FIRST + timedelta(weeks=week))
    wanted = {name: of_all[name] for name in of_all if name != "starts_at"} | {"period": period}
    usual = {name: getattr(plain, name) for name in wanted} | {"sites": SITES, "delegates": NOBODY}
    assert found == {
        name: value for name, value in wanted.items() if name not in own and value != usual[name]
    }


@given(OF_ALL, st.integers(0, 9))
def test_change_read_from_one_date_gives_the_others_the_same(of_all: dict[str, Any], week: int):
    before, other = on_week(week), on_week((week + 1) % 10)
    series = changed(SERIES, SeriesChanges(**of_all))
    what = followed(SERIES, series, before)
    kept: dict[str, Any] = {
        name: tuple(what[name]) for name in ("sites", "delegates") if name in what
    }
    after = replace(before, **what | kept)

    read = changed(SERIES, changes_between(before, after, ZONE))

    assert followed(SERIES, read, other) == followed(SERIES, series, other)
