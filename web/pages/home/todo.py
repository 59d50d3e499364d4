"""What waits for the reader: links to give out, sheets to look at, halls to repair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from meetings.approval.handing import offered_to
from meetings.model import State
from meetings.scheduling.conferences import conferences_by_ids
from meetings.store import Connection
from meetings.store.overview import Overview, Untold, Whose, list_overlapping, list_untold
from meetings.store.seriesedits import list_freed
from web.access.visibility import receiver_of
from web.approval.approving import waiting_for
from web.approval.submission_sight import list_seen
from web.formats import local, long_date, short_date
from web.pages.reading import Reader
from web.permissions import Permission
from web.wording import approval_words
from web.wording.speech import Speech

AHEAD = timedelta(days=7)
BACK = timedelta(days=3)
MOST_OF_A_KIND = 4


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


def ended(*kinds: list[Todo], words: str, detail: str, url: str, speech: Speech) -> list[Todo]:
    """Return the first of each kind, and where there are more the line that leads to all."""
    shown = [one for found in kinds for one in found[:MOST_OF_A_KIND]]
    if all(len(found) <= MOST_OF_A_KIND for found in kinds):
        return shown
    return [*shown, Todo(words=words, detail=detail, verb=speech.tell("See all"), url=url)]


async def requests_to_answer(conn: Connection, reader: Reader) -> list[Todo]:
    """Return the requests that wait for the reader's own answer."""
    found, _ = await waiting_for(conn, reader.actor, limit=MOST_OF_A_KIND + 1)
    seen, _ = await list_seen(conn, reader.actor, mine=True, limit=MOST_OF_A_KIND + 1)
    speech = reader.speech
    changes = [
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
    ]
    requests = [
        Todo(
            words=speech.tell(
                "Answer the request for %(day)s", day=day_and_month(one.period.start)
            ),
            detail=one.title,
            verb=speech.tell("Look"),
            url=f"/conferences/{one.id}",
        )
        for one in found
    ]
    return ended(
        changes,
        requests,
        words=speech.tell("More requests wait for your answer"),
        detail=speech.tell("All of them stand among the approvals"),
        url="/approvals",
        speech=speech,
    )


async def offers_to_answer(conn: Connection, reader: Reader) -> list[Todo]:
    """Return the conferences that somebody wants to hand over to the reader."""
    offers = await offered_to(conn, receiver_of(reader.actor), limit=MOST_OF_A_KIND + 1)
    known = await conferences_by_ids(conn, [one.conference for one in offers])
    speech = reader.speech
    return ended(
        [
            Todo(
                words=speech.tell(
                    "Accept or decline the hand-over for %(day)s",
                    day=day_and_month(one.period.start),
                ),
                detail=one.title,
                verb=speech.tell("Look"),
                url=f"/conferences/{one.id}",
            )
            for one in sorted(known, key=lambda one: one.period.start)
        ],
        words=speech.tell("More hand-overs wait for your answer"),
        detail=speech.tell("All of them stand among the approvals"),
        url="/approvals#offers",
        speech=speech,
    )


async def dates_to_restore(conn: Connection, reader: Reader) -> list[Todo]:
    """Return the series of the reader's with dates left out that have become free."""
    units, speech = reader.units(Permission.BOOK), reader.speech
    if not units:
        return []
    found = await list_freed(conn, units, since=reader.day, limit=MOST_OF_A_KIND + 1)
    return ended(
        [
            Todo(
                words=speech.tell_many(
                    "%(n)s date left out can be held now",
                    "%(n)s dates left out can be held now",
                    dates,
                ),
                detail=f"{title} · {short_date(first)}",
                verb=speech.tell("Look"),
                url=f"/series/{series}",
            )
            for series, title, first, dates in found
        ],
        words=speech.tell("More dates left out can be held now"),
        detail=speech.tell("All of them stand with their series"),
        url="/series",
        speech=speech,
    )


async def links_to_give(conn: Connection, reader: Reader) -> list[Todo]:
    """Return conferences of the coming week whose links nobody has taken yet."""
    units, speech = reader.units(Permission.SHOW_LINKS), reader.speech
    if not units:
        return []
    found = await list_untold(
        conn, units, start=reader.now, end=reader.now + AHEAD, limit=MOST_OF_A_KIND + 1
    )
    return ended(
        [links_todo(item, reader) for item in found],
        words=speech.tell("More links are to be given out"),
        detail=speech.tell("All of them stand with the coming conferences"),
        url="/conferences",
        speech=speech,
    )


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
    units, speech = reader.units(Permission.READ_SHEETS), reader.speech
    if not units:
        return []
    found, _ = await list_overlapping(
        conn,
        units,
        start=reader.now - BACK,
        end=reader.now,
        states={State.ENDED},
        whose=Whose.HOSTED,
        newest_first=True,
        limit=MOST_OF_A_KIND + 1,
    )
    return ended(
        [sheet_todo(item, reader) for item in found],
        words=speech.tell("More sheets are to be looked through"),
        detail=speech.tell("All of them stand with the past conferences"),
        url="/conferences?when=past",
        speech=speech,
    )


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
