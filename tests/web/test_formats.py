from datetime import UTC, date, datetime, timedelta

import pytest

from web import formats

MORNING = datetime(2026, 11, 23, 1, 0, 7, tzinfo=UTC)
NIGHT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


def test_times_are_those_of_the_country():
    assert formats.clock_time(MORNING) == "08:00"
    assert formats.exact_time(MORNING) == "08:00:07"
    assert formats.short_date(NIGHT) == "23/11/2026"
    assert formats.day_and_time(NIGHT) == "01:30 23/11/2026"
    assert formats.iso(MORNING) == "2026-11-23T01:00:07Z"


@pytest.mark.parametrize(
    ("locale", "said"), [("vi", "Thứ Hai, 23/11/2026"), ("en", "Monday, 23/11/2026")]
)
def test_long_dates_name_the_weekday(locale, said):
    assert formats.long_date(MORNING, locale) == said
    assert formats.long_date(date(2026, 11, 23), locale) == said


def test_numbers_have_the_marks_of_their_language():
    assert formats.number(2318, "vi") == "2.318"
    assert formats.number(2318, "en") == "2,318"
    assert formats.percent(0.075, "vi") == "7,5\N{NO-BREAK SPACE}%"
    assert formats.percent(0.075, "en") == "7.5%"


@pytest.mark.parametrize(
    ("length", "vietnamese", "english"),
    [
        (timedelta(hours=1, minutes=30), "1 giờ 30 phút", "1 h 30 min"),
        (timedelta(hours=2), "2 giờ", "2 h"),
        (59, "59 giây", "59 s"),
        (60, "1 phút", "1 min"),
        (timedelta(), "0 giây", "0 s"),
        (timedelta(hours=47, minutes=59), "47 giờ 59 phút", "47 h 59 min"),
        (timedelta(days=13, hours=5), "13 ngày", "13 days"),
    ],
)
def test_durations_are_read_aloud(length, vietnamese, english):
    assert formats.duration(length, "vi") == vietnamese
    assert formats.duration(length, "en") == english
