"""Telling technicians what flipped: one letter for many flips, queued in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from meetings.outbox import enqueue
from meetings.store import Connection
from monitoring.letters import letter
from monitoring.model import Recipient, Untold
from monitoring.rules import is_ripe, news
from monitoring.store import flips as store

MOST_FLIPS = 10_000


async def tell_flips(conn: Connection, now: datetime) -> int:
    """Queue a letter for each technician about what flipped; return how many letters.

    Flips wait for a moment of quiet, so that a cut cable is one letter.  They are marked as told
    with the letters in one transaction, also when nobody has an address or nothing was news.
    """
    locked = await store.lock_untold(conn, limit=MOST_FLIPS)
    if not locked:
        return 0
    untold = await store.list_untold(conn, locked)
    times = [item.flip.at for item in untold]
    if not is_ripe(min(times), max(times), now):
        return 0
    letters = await write_letters(conn, worth_telling(untold), now)
    await store.save_told(conn, locked, now)
    return letters


def worth_telling(untold: Sequence[Untold]) -> list[Untold]:
    """Return the flips that are news, at most one for each target, none of the demo's."""
    by_target = sorted(untold, key=lambda item: (item.flip.target, item.flip.at, item.id))
    chosen = []
    for _, group in groupby(by_target, key=lambda item: item.flip.target):
        items = [item for item in group if not item.demo]
        told = news(items[0].told, [item.flip for item in items]) if items else None
        chosen += [item for item in items if item.flip is told]
    return chosen


async def write_letters(conn: Connection, items: Sequence[Untold], now: datetime) -> int:
    """Queue one letter for each person over any of these halls."""
    people = await store.list_recipients(conn, sorted({item.site for item in items}))
    for person in people:
        await write_letter(conn, person, items, now)
    return len(people)


async def write_letter(
    conn: Connection, person: Recipient, items: Sequence[Untold], now: datetime
) -> None:
    """Queue the letter about this person's halls; telling the same flips twice queues it once."""
    theirs = [item for item in items if item.site in person.sites]
    key = f"flips/{person.person}/{max(item.id for item in theirs)}"
    await enqueue(conn, key, person.email, letter(theirs, person.locale), now)
