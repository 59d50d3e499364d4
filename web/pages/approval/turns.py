"""Approvals: what waits for me, what I asked for, and what is a draft yet, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aiohttp import web

from meetings.approval.handing import offered_to
from meetings.directory.finding import units_by_ids
from meetings.model import Conference, ConferenceId, State, Unit, UnitId
from meetings.people.grants import people_by_ids
from meetings.rules import owner_in
from meetings.scheduling.conferences import conferences_by_ids, list_conferences
from meetings.store import Connection
from meetings.store.waiting import list_among
from web.access.visibility import receiver_of
from web.approval.approving import asked_by_units, waiting_for
from web.approval.submission_sight import SeenSubmission, list_seen
from web.pages.acting import actor_words
from web.pages.approval.submissions import items as submission_items
from web.pages.booking.waiting import queue_for
from web.pages.conference.conferences import chip_of, unit_name
from web.pages.looks import Chip
from web.pages.reading import Reader, after_in, reader_of
from web.permissions import Permission
from web.render import render, same_page
from web.routes import Routes
from web.transactions import connection
from web.wording import approval_words
from web.wording.speech import Speech

routes = Routes()

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A conference that waits."""

    id: ConferenceId
    title: str
    when: str
    host: str
    halls: int
    urgency: str
    chip: Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A conference that somebody wants to hand over to the reader."""

    id: ConferenceId
    title: str
    when: str
    by: str


@routes.get("/approvals", allow=Permission.READ_CONFERENCES)
async def index(request: web.Request) -> web.Response:
    """Show what waits for the reader, then what the reader's units have asked for."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found, total = await lists_for(conn, request, reader)
        changes, to_agree = await changes_for(conn, request, reader)
        queue = await queue_for(conn, reader, after_in(request, int, "queue") or 0, limit=PAGE + 1)
        offers, more_offers = await hand_overs(conn, request, reader)
        waits = await list_among(conn, [one.id for one in found["drafts"]])
        hosts = await units_by_ids(conn, {one.host for part in found.values() for one in part})
    ids = {name: [int(one.id) for one in part] for name, part in found.items()}
    ids |= {name: [one.submission.id for one in part] for name, part in changes.items()}
    ids["queue"] = [int(one.id) for one in queue]
    return render(
        request,
        "approvals.html",
        heading=heading(reader.speech, total + to_agree, offered=bool(offers)),
        lists={name: items(part[:PAGE], hosts, reader, waits) for name, part in found.items()},
        changes={name: submission_items(part[:PAGE], reader) for name, part in changes.items()},
        next_pages={name: next_page(request, name, one) for name, one in ids.items()},
        queue=queue[:PAGE],
        offers=offers,
        more_offers=more_offers,
        may_book=reader.holds(Permission.BOOK),
    )


async def lists_for(
    conn: Connection, request: web.Request, reader: Reader
) -> tuple[dict[str, Sequence[Conference]], int]:
    """Return the conferences of each list, one more than a page, and how many are the reader's."""
    actor, books = reader.actor, reader.units(Permission.BOOK)
    mine, total = await waiting_for(
        conn, actor, after=after_in(request, ConferenceId, "mine"), limit=PAGE + 1
    )
    asked = await asked_by_units(
        conn, actor, books, after=after_in(request, ConferenceId, "asked"), limit=PAGE + 1
    )
    drafts = await list_conferences(
        conn,
        states={State.DRAFT},
        units=books,
        after=after_in(request, ConferenceId, "drafts"),
        limit=PAGE + 1,
    )
    return {"mine": mine, "asked": asked, "drafts": drafts}, total


async def changes_for(
    conn: Connection, request: web.Request, reader: Reader
) -> tuple[dict[str, Sequence[SeenSubmission]], int]:
    """Return the same of what is submitted."""
    found = {}
    totals = {}
    for name, mine in (("submitted", True), ("others", False)):
        after = after_in(request, ConferenceId, name)
        found[name], totals[name] = await list_seen(
            conn, reader.actor, mine=mine, after=after, limit=PAGE + 1
        )
    return found, totals["submitted"]


async def hand_overs(
    conn: Connection, request: web.Request, reader: Reader
) -> tuple[list[Offer], str]:
    """Return a page of what the reader is offered, and where the list goes on."""
    after = after_in(request, int, "offers")
    found = await offered_to(conn, receiver_of(reader.actor), after=after, limit=PAGE + 1)
    known = await conferences_by_ids(conn, [one.conference for one in found[:PAGE]])
    by_id = {one.id: one for one in known}
    givers = filter(None, (owner_in(one.offered_by) for one in found))
    people = await people_by_ids(conn, set(givers))
    offers = [
        Offer(
            id=one.conference,
            title=by_id[one.conference].title,
            when=reader.speech.span(by_id[one.conference].period),
            by=actor_words(one.offered_by, people, reader),
        )
        for one in found[:PAGE]
    ]
    return offers, next_page(request, "offers", [one.id for one in found])


def next_page(request: web.Request, name: str, ids: Sequence[int]) -> str:
    """Return where a list goes on, or nothing where it is at its end."""
    return same_page(request, **{name: ids[PAGE - 1]}) if len(ids) > PAGE else ""


def items(
    found: Sequence[Conference],
    hosts: dict[UnitId, Unit],
    reader: Reader,
    waits: Collection[ConferenceId],
) -> list[Item]:
    """Return the lines of a list, without what stands on the waiting list above it."""
    return [
        Item(
            id=one.id,
            title=one.title,
            when=reader.speech.span(one.period),
            host=unit_name(hosts[one.host], reader.speech),
            halls=len(one.sites),
            urgency=urgency_words(one, reader),
            chip=chip_of(one, reader),
        )
        for one in found
        if one.id not in waits
    ]


def urgency_words(conference: Conference, reader: Reader) -> str:
    """Say how urgent it is, and nothing where it is not."""
    urgent = conference.urgency.value != "normal"
    return reader.speech.word(approval_words.URGENCIES[conference.urgency]) if urgent else ""


def heading(speech: Speech, count: int, *, offered: bool) -> str:
    """Say what waits for the reader; hand-overs alone are no requests, and not nothing."""
    if offered and not count:
        return speech.tell("Hand-overs wait for your answer")
    return speech.tell_many(
        "%(n)s request waits for your answer", "%(n)s requests wait for your answer", count
    )
