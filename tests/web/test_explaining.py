"""Reasons in sentences: the words for stretches of time, and for days offices do not work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from meetings.period import Period
from meetings.scheduling.reasons import Holder, HolderKind, Reason, Rule
from meetings.scheduling.resources import Subject, SubjectKind
from tests.makers import a_site, a_unit
from web.i18n import load_catalogues
from web.wording.explaining import sentence, span
from web.wording.naming import read_names
from web.wording.speech import Speech

HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2026, 12, 17, 17, tzinfo=UTC)
"""The 18th of December begins in Việt Nam."""
TET = datetime(2027, 2, 8, 1, tzinfo=UTC)
SATURDAY = datetime(2026, 12, 19, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (8, 2, "08:00 – 10:00, 18/12"),
        (0, 24, "18/12"),
        (0, 48, "18/12 – 19/12"),
        (22, 4, "22:00 18/12 – 02:00 19/12"),
        (20, 4, "20:00 18/12 – 00:00 19/12"),
    ],
)
def test_a_stretch_is_written_by_its_days_where_it_has_several(start, hours, expected):
    begins = MIDNIGHT + start * HOUR

    assert span(Period(begins, begins + hours * HOUR)) == expected


@pytest.mark.parametrize(
    ("locale", "begins", "expected"),
    [
        (
            "vi",
            TET,
            "không phải ngày làm việc: Mùng ba Tết Nguyên đán.",
        ),
        (
            "en",
            TET,
            "is not a working day: Third Day of Lunar New Year.",
        ),
        (
            "vi",
            SATURDAY,
            "Thứ Bảy, 19/12/2026 không phải ngày làm việc.",
        ),
    ],
)
async def test_a_day_off_is_told_by_the_name_the_calendar_knows(conn, locale, begins, expected):
    reason = Reason(rule=Rule.DAY_OFF, period=Period(begins, begins + HOUR))

    names = await read_names(conn, None, [reason])

    said = sentence(reason, names, Speech(locale=locale, catalogue=load_catalogues()[locale]))
    assert said.endswith(expected)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("vi", "Văn phòng UBND tỉnh"),
        ("en", "Office of the Provincial People's Committee"),
    ],
)
async def test_units_are_called_alike_whoever_they_are(conn, dien_bien, locale, expected):
    """The host of the wish and the host that holds a hall."""
    office, hall = await a_unit(conn, "11.vpubnd"), await a_site(conn)
    period = Period(SATURDAY, SATURDAY + HOUR)
    holder = Holder(kind=HolderKind.CONFERENCE, id=1, host=office.id, words="Họp giao ban")
    own = Subject(SubjectKind.HOST, office.id)
    reasons = [
        Reason(rule=Rule.QUOTA, period=period, subjects=(own,), given=3, limit=3),
        Reason(rule=Rule.HORIZON, period=period, subjects=(own,), given=90, limit=60),
        Reason(
            rule=Rule.SITE_TAKEN,
            period=period,
            subjects=(Subject(SubjectKind.SITE, hall.id),),
            holder=holder,
        ),
    ]
    names = await read_names(conn, None, reasons)

    speech = Speech(locale=locale, catalogue=load_catalogues()[locale])
    said = [sentence(one, names, speech) for one in reasons]

    assert [expected in one for one in said] == [True, True, True]
