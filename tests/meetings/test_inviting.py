"""Who is told which version: once for each, when the change has rested, and only if it matters."""

from datetime import timedelta

import pytest

from meetings.approval.versions import Telling, differences
from meetings.letters.inviting import REST, history_of, tell_invited
from meetings.model import Changes, Period
from meetings.scheduling.booking import amend, begin, cancel
from tests.makers import MONDAY_EIGHT, a_conference, a_directory, a_person, some_sites
from web.channels.mail import compose

NOW = MONDAY_EIGHT - timedelta(hours=1)
LETTERS = "SELECT key, recipient, payload->>'subject' AS subject FROM outbox ORDER BY id"
ADDRESS = "UPDATE people SET email = login || '@example.gov.vn' WHERE id = $1"
UNIT_OF = "SELECT u.code FROM units u JOIN sites s ON s.unit_id = u.id WHERE s.id = $1"


@pytest.fixture
async def clerks(conn):
    """A secretary of the province, and one of the third commune."""
    await a_directory(conn)
    third = (await some_sites(conn, 3))[2]
    people = [
        await a_person(conn),
        await a_person(conn, unit=await conn.fetchval(UNIT_OF, third), login="xa", name="Xã"),
    ]
    for one in people:
        await conn.execute(ADDRESS, one.id)
    return people


async def told(conn, now):
    async with conn.transaction():
        return await tell_invited(conn, now)


async def change(conn, conference, now=NOW, **what):
    changes = Changes(**what)
    async with conn.transaction():
        return await amend(conn, conference.id, changes, version=None, by="person:1", now=now)


async def booked(conn):
    async with conn.transaction():
        return await a_conference(conn, by="person:1")


async def test_each_invited_unit_is_told_once_after_a_rest(conn, clerks):
    await booked(conn)

    early, first, again = [await told(conn, NOW + rest) for rest in (timedelta(), REST, 2 * REST)]

    assert (early, first, again) == (0, 2, 0)
    assert [row["subject"] for row in await conn.fetch(LETTERS)] == [
        "Mời họp trực tuyến: Họp giao ban tháng"
    ] * 2
    assert {row["recipient"] for row in await conn.fetch(LETTERS)} == {
        "secretary.11@example.gov.vn",
        "xa@example.gov.vn",
    }


async def test_changes_that_matter_are_told_and_who_is_left_out_is_told_so(conn, clerks):
    conference = await booked(conn)
    await told(conn, NOW + REST)
    later = Period(MONDAY_EIGHT + timedelta(hours=1), MONDAY_EIGHT + timedelta(hours=3))
    kept = frozenset(await some_sites(conn, 2))
    await change(conn, conference, period=later, sites=kept)
    await told(conn, NOW + 2 * REST)
    await begin(conn, conference.id, later.start)
    quiet = await told(conn, later.start + REST)

    versions, tellings = await history_of(conn, conference.id)

    assert quiet == 0
    assert {(one.version, one.name, one.what) for one in tellings} == {
        (1, "secretary 11", Telling.INVITATION),
        (1, "Xã", Telling.INVITATION),
        (2, "secretary 11", Telling.UPDATE),
        (2, "Xã", Telling.CANCEL),
    }
    assert [one.version for one in versions] == [1, 2, 3]
    assert [one.by for one in versions[:2]] == ["person:1", "person:1"]
    assert [one.field for one in differences(versions[0], versions[1])] == ["period", "sites"]
    assert [one.field for one in differences(versions[1], versions[2])] == ["state"]


async def test_calling_off_reaches_those_who_were_invited(conn, clerks):
    conference = await booked(conn)
    await told(conn, NOW + REST)
    await cancel(conn, conference.id, reason="lũ", version=None, by="person:1", now=NOW)

    assert await told(conn, NOW + REST) == 2
    subjects = [row["subject"] for row in await conn.fetch(LETTERS)]
    assert subjects[2:] == ["Không họp nữa: Họp giao ban tháng"] * 2


async def test_what_was_never_confirmed_or_told_is_not_called_off(conn, clerks):
    conference = await booked(conn)
    await cancel(conn, conference.id, reason="", version=None, by="person:1", now=NOW)

    assert await told(conn, NOW + REST) == 0
    assert await conn.fetch(LETTERS) == []


async def test_letter_carries_the_calendar_of_its_version(conn, clerks):
    conference = await booked(conn)
    await change(conn, conference, title="Họp khẩn")
    await told(conn, NOW + REST)
    payload = {
        "subject": "s",
        "text": "t",
        "calendar": await conn.fetchval("SELECT payload->>'calendar' FROM outbox LIMIT 1"),
    }

    mail = compose("k", "a@b.vn", payload, sender="c@d.vn", now=NOW)
    [entry] = list(mail.iter_attachments())

    assert entry.get_content_type() == "text/calendar"
    assert "SEQUENCE:1" in entry.get_content()
    assert "Họp khẩn" in entry.get_content()
