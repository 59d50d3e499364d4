"""A person's calendar feed, read by a program that cannot sign in."""

from datetime import timedelta

from icalendar import Calendar

from meetings.links.feeds import feed_name
from meetings.people.grants import renew_feed
from tests.makers import a_conference, a_person
from web.app import utc_now
from web.keyring.keyring import Keyring
from web.pages.views.feeds import FEEDS


async def test_a_feed_is_read_without_signing_in_and_repeated_for_nothing(
    client_for, conn, bridge, keyring: Keyring
):
    person = await a_person(conn)
    booked = await a_conference(conn, start=utc_now() + timedelta(days=1))
    stranger = await client_for(None)
    url = f"/calendar/{feed_name(keyring.derive(FEEDS), person.id, 1)}.ics"

    first = await stranger.get(url)
    again = await stranger.get(url, headers={"If-None-Match": first.headers["ETag"]})

    [event] = Calendar.from_ical(await first.read()).walk("VEVENT")
    assert (first.status, first.content_type) == (200, "text/calendar")
    assert event["UID"] == f"conference-{booked.id}@diemcau"
    assert (again.status, await again.read()) == (304, b"")


async def test_a_renewed_address_opens_nothing(client_for, conn, bridge, keyring: Keyring):
    person = await a_person(conn)
    await renew_feed(conn, person.id, by="person:9")
    stranger = await client_for(None)

    answer = await stranger.get(f"/calendar/{feed_name(keyring.derive(FEEDS), person.id, 1)}.ics")

    assert answer.status == 404
