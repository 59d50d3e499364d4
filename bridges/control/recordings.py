"""Recordings: told by a bridge's recorder, listed, opened by whom it is allowed, taken off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bridges.control.recording_rules import Access, Audience, NewRecording, Recording, first_access
from bridges.errors import NoSuchRoom, RecordingNotFound
from bridges.model import RoomName
from bridges.store import recordings as store
from meetings.audit import record_beside
from meetings.content.tiers import tiers_of
from meetings.directory.errors import StaleRecord
from meetings.model import Conference, ConferenceId, PersonId
from meetings.scheduling.conferences import conference_by_id
from meetings.store import Connection
from meetings.store.conferences import lock_conference


async def take_in(
    conn: Connection, bridge: str, room: RoomName, new: NewRecording, *, now: datetime
) -> tuple[ConferenceId, int, bool]:
    """Write down a file of a room; the same file again is the same recording.

    Return its conference, its number and whether it is new.  Told from another place, it has moved.

    Raises:
        NoSuchRoom: that bridge never carried such a room.
    """
    found = await store.find_recorded(conn, bridge, room)
    if found is None:
        raise NoSuchRoom
    number = await store.insert_recording(conn, *found, new, now)
    conference = await conference_by_id(conn, found[0])
    told = {"name": new.name, "sha256": new.sha256.hex(), "bytes": new.size}
    if number is not None:
        await record_beside(
            conn, conference, "recording.tell", by=f"bridge:{bridge}", recording=number, **told
        )
        return conference.id, number, True
    number = await store.get_id(conn, conference.id, new.sha256)
    if await store.save_place(conn, conference.id, new):
        await record_beside(
            conn, conference, "recording.move", by=f"bridge:{bridge}", recording=number, **told
        )
    return conference.id, number, False


async def access_of(conn: Connection, conference: Conference) -> Access:
    """Return who may open the recordings of a conference."""
    said = await store.find_access(conn, conference.id)
    if said is not None:
        return said
    return first_access(conference, tiered=bool(await tiers_of(conn, conference.id)))


async def let(
    conn: Connection,
    conference: Conference,
    audience: Audience,
    people: Collection[PersonId],
    *,
    version: int | None,
    by: str,
) -> Access:
    """Say who may open the recordings of a conference; the same again changes nothing.

    Raises:
        StaleRecord: somebody else said something first (a version of None is never stale).
    """
    await lock_conference(conn, conference.id)
    before = await access_of(conn, conference)
    if version is not None and version != before.version:
        raise StaleRecord("recording-access", conference.id)
    wanted = frozenset(people)
    if before.version and (before.audience, before.people) == (audience, wanted):
        return before
    after = await store.save_access(conn, conference.id, audience, wanted)
    told = {"audience": audience.value, "people": sorted(wanted)}
    await record_beside(conn, conference, "recording.let", by=by, **told)
    return Access(audience=audience, people=wanted, version=after)


async def recording_of(conn: Connection, conference: ConferenceId, number: int) -> Recording:
    """Return one recording.

    Raises:
        RecordingNotFound: the conference has none of that number.
    """
    for one in await store.list_recordings(conn, conference):
        if one.id == number:
            return one
    raise RecordingNotFound


async def note_opening(
    conn: Connection, conference: Conference, recording: Recording, *, by: str
) -> None:
    """Write down that somebody opens a recording."""
    told = {"recording": recording.id, "name": recording.name}
    await record_beside(conn, conference, "recording.open", by=by, **told)


async def take_off(
    conn: Connection, conference: Conference, number: int, *, by: str, now: datetime
) -> None:
    """Take a recording off the list; the file is its keeper's care.

    Raises:
        RecordingNotFound: the conference has none of that number.
    """
    name = await store.save_removed(conn, conference.id, number, at=now)
    if name is None:
        raise RecordingNotFound
    told = {"recording": number, "name": name}
    await record_beside(conn, conference, "recording.remove", by=by, **told)
