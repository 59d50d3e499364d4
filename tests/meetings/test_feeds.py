"""Calendar feeds: whose they are, what they hold, and how they end."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from meetings.errors import PersonNotFound
from meetings.links.feeds import feed_file, feed_mark, feed_of, reader_of_feed
from meetings.model import PersonId, Role, State
from meetings.people.grants import disallow, renew_feed
from meetings.scheduling.booking import cancel
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_person

KEY = b"k" * 32
NEWER = b"n" * 32


def titles(content):
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(content).walk("VEVENT")]


async def test_a_feed_is_its_persons(conn):
    await a_directory(conn)
    person = await a_person(conn)

    name = await feed_of(conn, person.id, KEY)

    assert await reader_of_feed(conn, name, KEY) == person
    assert await reader_of_feed(conn, name, NEWER, older=[KEY]) == person


@pytest.mark.parametrize("name", ["", "1", "1.x", "x.y", "9" * 40, "²", "1.ăâ"])
async def test_an_address_of_nobody_is_refused(conn, name):
    await a_directory(conn)
    await a_person(conn)

    with pytest.raises(PersonNotFound):
        await reader_of_feed(conn, name, KEY)


async def test_an_address_ends_when_renewed_or_when_its_person_goes(conn):
    await a_directory(conn)
    person = await a_person(conn)
    first = await feed_of(conn, person.id, KEY)
    await renew_feed(conn, person.id, by="person:9")
    second = await feed_of(conn, person.id, KEY)

    with pytest.raises(PersonNotFound):
        await reader_of_feed(conn, first, KEY)
    assert await reader_of_feed(conn, second, KEY) == person
    await disallow(conn, person.id, by="person:9")
    with pytest.raises(PersonNotFound):
        await reader_of_feed(conn, second, KEY)


async def test_nobody_has_no_feed(conn):
    with pytest.raises(PersonNotFound):
        await feed_of(conn, PersonId(404), KEY)


async def test_a_feed_holds_what_its_person_may_know_of(conn):
    await a_directory(conn)
    clerk = await a_person(conn, Role.SECRETARY, unit="11.syt")
    await a_conference(conn, title="Của Sở Y tế", host="11.syt", state=State.CANCELLED)
    await a_conference(conn, title="Của người khác")

    content = await feed_file(conn, clerk, name="Lịch", now=MONDAY_EIGHT)

    assert titles(content) == ["Của Sở Y tế"]
    assert content == await feed_file(
        conn, clerk, name="Lịch", now=MONDAY_EIGHT + timedelta(minutes=1)
    )


async def test_a_feeds_mark_changes_with_its_conferences_only(conn):
    await a_directory(conn)
    clerk = await a_person(conn, Role.SECRETARY, unit="11.syt")
    own = await a_conference(conn, host="11.syt")
    before = await feed_mark(conn, clerk, MONDAY_EIGHT)

    await a_conference(conn, start=MONDAY_EIGHT + timedelta(hours=3))
    same = await feed_mark(conn, clerk, MONDAY_EIGHT + timedelta(hours=1))
    await cancel(conn, own.id, reason="", version=None, by="person:1", now=MONDAY_EIGHT)

    assert same == before
    assert await feed_mark(conn, clerk, MONDAY_EIGHT) != before
