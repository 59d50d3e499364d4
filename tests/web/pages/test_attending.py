"""Where halls stand: by the record and by nothing else once a conference is over."""

from datetime import UTC, datetime, timedelta

import pytest

from meetings.attendance.rollcall import sheet
from meetings.model import (
    BlindSpot,
    Conference,
    ConferenceId,
    Interval,
    Kind,
    Period,
    SiteId,
    State,
    UnitId,
)
from web.pages.conference.attending import Standing, stand

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
HALL = SiteId(1)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def over() -> Conference:
    return Conference(
        id=ConferenceId(1),
        title="Giao ban",
        kind=Kind.BRIEFING,
        state=State.ENDED,
        host=UnitId(1),
        chair="",
        main_site=HALL,
        sites=(HALL,),
        period=Period(START, at(120)),
        note="",
        version=1,
        cancel_reason="",
        ended_at=at(120),
        created_by="program:test",
        demo=False,
    )


@pytest.mark.parametrize(
    ("was_in", "dark", "standing"),
    [
        ((-10, 121), 0, Standing.PRESENT),
        ((10, 121), 0, Standing.LATE),
        ((-10, 60), 0, Standing.LEFT_EARLY),
        ((-20, -5), 0, Standing.ABSENT),
        ((-20, -5), 30, Standing.UNKNOWN),
    ],
)
def test_a_hall_stands_afterwards_as_its_sheet_says(was_in, dark, standing):
    """Also one that came for the sound before the start, and was never seen again."""
    intervals = (Interval(start=at(was_in[0]), end=at(was_in[1]), evidence="events"),)
    blind = [BlindSpot(period=Period(START, at(dark)), reason="never-heard")] if dark else []

    [row] = sheet(over(), {HALL: intervals}, blind, {}, at(200))

    assert stand(over(), row, ("", None), now=at(200))[0] is standing
