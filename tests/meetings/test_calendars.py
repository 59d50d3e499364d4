"""iCalendar: the same conference under one UID, in every version."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from meetings.exporting.calendars import conference_calendar, feed_calendar
from meetings.model import (
    Conference,
    ConferenceId,
    Kind,
    Period,
    Site,
    SiteId,
    State,
    UnitId,
    UnitKind,
)

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
MADE = datetime(2026, 11, 20, 3, tzinfo=UTC)
SITE = Site(
    id=SiteId(1),
    unit_id=UnitId(1),
    unit_code="03158",
    unit_name="Sín Thầu",
    unit_kind=UnitKind.COMMUNE,
    unit_path=(UnitId(1),),
    name="Phòng họp trực tuyến UBND xã Sín Thầu",
    phone="",
)
CONFERENCE = Conference(
    id=ConferenceId(45),
    title="Hội nghị trực tuyến toàn tỉnh; tổng kết, 2026",
    kind=Kind.REVIEW,
    state=State.CONFIRMED,
    host=UnitId(1),
    chair="Chủ tịch UBND tỉnh",
    main_site=SITE.id,
    sites=(SITE.id, SiteId(2)),
    period=Period(START, START + timedelta(hours=3)),
    note="",
    version=3,
    cancel_reason="",
    ended_at=None,
    created_by="person:1",
    demo=False,
    changed_at=MADE,
)
SITES = {SITE.id: SITE}


def event_of(content):
    [event] = Calendar.from_ical(content).walk("VEVENT")
    return event


def test_a_conference_reads_back():
    event = event_of(conference_calendar(CONFERENCE, SITES, url="https://x.test/conferences/45"))

    assert {name: event[name].dt for name in ("DTSTART", "DTEND", "DTSTAMP")} == {
        "DTSTART": START,
        "DTEND": START + timedelta(hours=3),
        "DTSTAMP": MADE,
    }
    assert {name: str(event[name]) for name in ("UID", "SUMMARY", "LOCATION", "STATUS", "URL")} == {
        "UID": "conference-45@diemcau",
        "SUMMARY": "Hội nghị trực tuyến toàn tỉnh; tổng kết, 2026",
        "LOCATION": "Phòng họp trực tuyến UBND xã Sín Thầu",
        "STATUS": "CONFIRMED",
        "URL": "https://x.test/conferences/45",
    }
    assert int(event["SEQUENCE"]) == 2
    assert str(event["DESCRIPTION"]) == "Chủ trì: Chủ tịch UBND tỉnh\nĐiểm cầu (2): Sín Thầu"


def test_times_are_by_the_clock_of_a_zone_that_the_calendar_describes():
    content = conference_calendar(CONFERENCE, SITES)

    calendar = Calendar.from_ical(content)
    lines = content.decode().split("\r\n")
    assert [line for line in lines if line.startswith(("DTSTART", "DTEND", "DTSTAMP"))] == [
        "DTSTART:20000101T000000",
        "DTSTART;TZID=Asia/Ho_Chi_Minh:20261130T080000",
        "DTEND;TZID=Asia/Ho_Chi_Minh:20261130T110000",
        "DTSTAMP:20261120T030000Z",
    ]
    [zone] = calendar.timezones
    assert (zone.tz_name, zone.to_tz(lookup_tzid=False).utcoffset(START)) == (
        "Asia/Ho_Chi_Minh",
        timedelta(hours=7),
    )
    assert [one.name for one in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]
    assert calendar.get_missing_tzids() == set()
    assert conference_calendar(CONFERENCE, SITES) == content


def test_a_cancelled_conference_keeps_its_uid_and_says_so():
    gone = replace(CONFERENCE, state=State.CANCELLED, version=4, cancel_reason="mưa lũ")

    event = event_of(conference_calendar(gone, {}))

    assert (event["UID"], event["STATUS"], int(event["SEQUENCE"])) == (
        "conference-45@diemcau",
        "CANCELLED",
        3,
    )
    assert "Lý do hủy: mưa lũ" in event["DESCRIPTION"]


def test_a_feed_holds_every_conference_and_is_the_same_bytes_again():
    other = replace(CONFERENCE, id=ConferenceId(46))

    content = feed_calendar([CONFERENCE, other], SITES, name="Lịch của tôi")

    calendar = Calendar.from_ical(content)
    assert [event["UID"] for event in calendar.walk("VEVENT")] == [
        "conference-45@diemcau",
        "conference-46@diemcau",
    ]
    assert (str(calendar["X-WR-CALNAME"]), "METHOD" in calendar) == ("Lịch của tôi", False)
    assert feed_calendar([CONFERENCE, other], SITES, name="Lịch của tôi") == content


TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).map(
    str.strip
)


@given(TITLES.filter(bool))
def test_any_title_reads_back_in_lines_of_75_octets(title):
    content = conference_calendar(replace(CONFERENCE, title=title), SITES)

    assert str(event_of(content)["SUMMARY"]) == title
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
