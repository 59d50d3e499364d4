"""What waits for the reader: links to give out, sheets to look at, halls to repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetings.conferences import conferences_by_ids
from meetings.handing import offered_to
from meetings.model import State
from meetings.store import Connection
from meetings.store.overview import Overview, Untold, list_overlapping, list_untold
from meetings.store.seriesedits import list_freed
from web import approval_words
from web.approving import waiting_for
from web.formats import local, long_date, short_date
from web.pages.reading import Reader
from web.pages.speech import Speech
from web.permissions import Permission
from web.submission_sight import list_seen
from web.visibility import receiver_of

AHEAD = timedelta(days=7)
BACK = timedelta(days=3)
MOST_OF_A_KIND = 4
MOST_READ = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do, and where."""

    words: str
    detail: str
    verb: str
    url: str


async def list_todos(conn: Connection, reader: Reader) -> list[Todo]:
    """Return what the reader's roles have to do, the nearest first."""
    return [
        *await requests_to_answer(conn, reader),
        *await offers_to_answer(conn, reader),
        *await dates_to_restore(conn, reader),
        *await links_to_give(conn, reader),
        *await sheets_to_read(conn, reader),
    ]


async def requests_to_answer(conn: Connection, reader: Reader) -> list[Todo]:
    """Return the requests that wait for the reader's own answer."""
    found, _ = await waiting_for(conn, reader.actor, limit=MOST_OF_A_KIND)
    seen, _ = await list_seen(conn, reader.actor, mine=True, limit=MOST_OF_A_KIND)
    speech = reader.speech
    return [
        *(
            Todo(
                words=speech.tell(
                    "Answer: %(what)s",
                    what=speech.word(approval_words.SUBJECTS[one.submission.subject.what]),
                ),
                detail=one.submission.subject.title,
                verb=speech.tell("Look"),
                url=f"/submissions/{one.submission.id}",
            )
            for one in seen
        ),
        *(
            Todo(
                words=speech.tell(
                    "Answer the request for %(day)s", day=day_and_month(one.period.start)
                ),
                detail=one.title,
                verb=speech.tell("Look"),
                url=f"/conferences/{one.id}",
            )
            for one in found
        ),
    ]


async def offers_to_answer(conn: Connection, reader: Reader) -> list[Todo]:
    """Return the conferences that somebody wants to hand over to the reader."""
    offers = await offered_to(conn, receiver_of(reader.actor), limit=MOST_OF_A_KIND + 1)
    shown = [one.conference for one in offers[:MOST_OF_A_KIND]]
    known = await conferences_by_ids(conn, shown)
    found = sorted(known, key=lambda one: one.period.start)
    speech = reader.speech
    return [
        Todo(
            words=speech.tell(
                "Accept or decline the hand-over for %(day)s", day=day_and_month(one.period.start)
            ),
            detail=one.title,
            verb=speech.tell("Look"),
            url=f"/conferences/{one.id}",
        )
        for one in found
    ] + [all_offers(speech)] * (len(offers) > len(shown))


def all_offers(speech: Speech) -> Todo:
    """Return the line that leads to every hand-over, where there are more than are named."""
    return Todo(
        words=speech.tell("More hand-overs wait for your answer"),
        detail=speech.tell("All of them stand among the approvals"),
        verb=speech.tell("See all"),
        url="/approvals#offers",
    )


async def dates_to_restore(conn: Connection, reader: Reader) -> list[Todo]:
    """Return the series of the reader's with dates left out that have become free."""
    units = reader.units(Permission.BOOK)
    if not units:
        return []
    found = await list_freed(conn, units, since=reader.day, limit=MOST_OF_A_KIND)
    return [
        Todo(
            words=reader.speech.tell_many(
                "%(n)s date left out can be held now",
                "%(n)s dates left out can be held now",
                dates,
            ),
            detail=f"{title} · {short_date(first)}",
            verb=reader.speech.tell("Look"),
            url=f"/series/{series}",
        )
        for series, title, first, dates in found
    ]


async def links_to_give(conn: Connection, reader: Reader) -> list[Todo]:
    """Return conferences of the coming week whose links nobody has taken yet."""
    units = reader.units(Permission.SHOW_LINKS)
    if not units:
        return []
    found = await list_untold(
        conn, units, start=reader.now, end=reader.now + AHEAD, limit=MOST_OF_A_KIND
    )
    return [links_todo(item, reader) for item in found]


def links_todo(item: Untold, reader: Reader) -> Todo:
    """Return the line for links that have not been given out."""
    speech = reader.speech
    return Todo(
        words=speech.tell("Give out the links of %(day)s", day=day_and_month(item.period.start)),
        detail=item.title,
        verb=speech.tell("Send"),
        url=f"/conferences/{item.id}/links",
    )


async def sheets_to_read(conn: Connection, reader: Reader) -> list[Todo]:
    """Return the sheets of the reader's own conferences of the last days, newest first."""
    units = reader.units(Permission.READ_SHEETS)
    if not units:
        return []
    start = reader.now - BACK
    found = await list_overlapping(conn, units, start=start, end=reader.now, limit=MOST_READ)
    return [sheet_todo(item, reader) for item in recent(found)]


def recent(found: Sequence[Overview]) -> list[Overview]:
    """Return the hosted conferences that have ended, the newest first."""
    ended = [item for item in found if item.hosted and item.state is State.ENDED]
    return ended[::-1][:MOST_OF_A_KIND]


def sheet_todo(item: Overview, reader: Reader) -> Todo:
    """Return the line for a sheet to look through."""
    speech = reader.speech
    return Todo(
        words=speech.tell(
            "Look through the sheet of %(day)s", day=day_and_month(item.period.start)
        ),
        detail=f"{item.title} · {long_date(item.period.start, speech.locale)}",
        verb=speech.tell("Look"),
        url=f"/conferences/{item.id}/sheet",
    )


def day_and_month(moment: datetime) -> str:
    """Write 23/11: what lies within days needs no year."""
    return f"{local(moment):%d/%m}"
