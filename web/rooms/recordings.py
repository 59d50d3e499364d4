"""Who may see and open a conference's recordings, and how one is given."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from aiohttp import web
from pydantic import Field

from bridges.control.recording_rules import Access, Audience, Recording
from bridges.control.recordings import access_of, let, note_opening, recording_of
from bridges.errors import RecordingMissing
from bridges.store.recordings import list_recordings
from meetings.directory.finding import sites_by_ids, unit_by_id
from meetings.errors import ConferenceNotFound
from meetings.model import ConferenceId, Person, State
from meetings.people.grants import people_by_ids
from meetings.scheduling.conferences import conference_by_id
from meetings.store import Connection
from meetings.store.people import find_person_by_login
from web.access.actors import Actor
from web.access.visibility import Seen, any_below, is_known
from web.errors import BadForm, Forbidden, Problem
from web.files.papers import attached
from web.input.forms import Body
from web.input.words import LINE
from web.keys import SETTINGS
from web.permissions import Permission, may, units_of
from web.scheduling.booking import Desk
from web.transactions import connection, transaction

MOST_PEOPLE = 100
Login = Annotated[str, Field(strict=True, min_length=1, max_length=200), LINE]

Logins = Annotated[list[Login], Field(max_length=MOST_PEOPLE)]


class AccessBody(Body):
    """Whose leaders and secretaries may open the recordings, and who besides by their logins."""

    audience: Audience
    people: Logins = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A conference's recordings as somebody may see them, and who else may."""

    seen: Seen
    access: Access
    recordings: Sequence[Recording]


async def shelf_for(conn: Connection, actor: Actor, conference: ConferenceId) -> Shelf:
    """Return the recordings to somebody who may open them.

    Who is named may know of the conference by that alone.

    Raises:
        ConferenceNotFound: there is none for this actor.
        Forbidden: it may be known, and its recordings are for others.
    """
    found = await conference_by_id(conn, conference)
    seen = Seen(conference=found, host=await unit_by_id(conn, found.host))
    access = await access_of(conn, found)
    if not await may_open(conn, actor, seen, access):
        if not await is_known(conn, actor, found, seen.host):
            raise ConferenceNotFound(conference)
        raise Forbidden(Permission.READ_RECORDINGS.value)
    recordings = await list_recordings(conn, conference)
    return Shelf(seen=seen, access=access, recordings=recordings)


async def may_open(conn: Connection, actor: Actor, seen: Seen, access: Access) -> bool:
    """Tell whether somebody may open the recordings of a conference."""
    if may(actor, Permission.READ_RECORDINGS, seen.host.path) or actor.person in access.people:
        return True
    units = units_of(actor, Permission.READ_RECORDINGS)
    is_shared = access.audience is Audience.INVITED and seen.conference.state is not State.DRAFT
    if not units or not is_shared:
        return False
    return any_below((await sites_by_ids(conn, seen.conference.sites)).values(), units)


async def open_one(request: web.Request, actor: Actor, number: int) -> web.StreamResponse:
    """Write down that somebody opens a recording, and answer with it or with where it lies.

    The folder may be another machine's, and slow: no connection to the store waits for it.

    Raises:
        RecordingNotFound: the conference has none of that number.
        RecordingMissing: it is not to be had from here.
    """
    conference = ConferenceId(int(request.match_info["id"]))
    async with connection(request) as conn:
        await shelf_for(conn, actor, conference)
        found = await recording_of(conn, conference, number)
    place = await asyncio.to_thread(place_of, request.config_dict[SETTINGS].recordings, found)
    if place is None and not found.url:
        raise RecordingMissing
    async with transaction(request) as conn:
        shelf = await shelf_for(conn, actor, conference)
        await note_opening(conn, shelf.seen.conference, found, by=actor.name)
    if place is None:
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": found.url})
    media = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    return attached(place, found.name, media)


def place_of(folder: Path | None, recording: Recording) -> Path | None:
    """Return where we reach the file, whole and not by a way out of the folder, if we do."""
    if folder is None:
        return None
    place = (folder / recording.folder / recording.name).resolve()
    is_inside = place.is_relative_to(folder.resolve())
    whole = is_inside and place.is_file() and place.stat().st_size == recording.size
    return place if whole else None


async def let_as(
    conn: Connection, desk: Desk, seen: Seen, body: AccessBody, *, version: int | None
) -> Access:
    """Say who may open the recordings.

    Raises:
        BadForm: with the logins that nobody has.
        StaleRecord: somebody else said something first.
    """
    found = {login: await find_person_by_login(conn, login) for login in set(body.people)}
    people = {one.id for one in found.values() if one is not None and one.active}
    missing = sorted(login for login, one in found.items() if one is None or not one.active)
    if missing:
        problem = Problem("unknown-logins", (("logins", ", ".join(missing)),))
        raise BadForm({"people": problem})
    by = desk.actor.name
    return await let(conn, seen.conference, body.audience, people, version=version, by=by)


async def named(conn: Connection, access: Access) -> list[Person]:
    """Return those who are named, by their logins' order."""
    found = await people_by_ids(conn, access.people)
    return sorted(found.values(), key=lambda one: one.login)


async def reachable(recordings: Sequence[Recording], folder: Path | None) -> frozenset[int]:
    """Return the numbers of those recordings that can be had from here."""

    def look() -> frozenset[int]:
        return frozenset(one.id for one in recordings if one.url or place_of(folder, one))

    return await asyncio.to_thread(look)
