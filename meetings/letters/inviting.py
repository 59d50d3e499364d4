"""Telling the invited: an invitation, each change that matters, and that it was called off.

A change rests for a minute, so that several corrections are one letter.  The letter, who gets it
and which version it tells of are written in one transaction; the calendar that goes with it has
the version as its SEQUENCE.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from meetings.approval.versions import Telling, Told, Version, differences, what_to_tell
from meetings.content.tiers import hidden_for
from meetings.directory.finding import sites_by_ids
from meetings.exporting.calendars import conference_calendar
from meetings.letters.notices import invitation
from meetings.model import Conference, ConferenceId, Site, SiteId
from meetings.outbox import enqueue
from meetings.store import Connection, conferences
from meetings.store import history as store
from meetings.store.readers import Addressee

__all__ = ["Told", "Version"]

REST = timedelta(minutes=1)
MOST = 50


async def history_of(
    conn: Connection, conference: ConferenceId
) -> tuple[list[Version], list[Told]]:
    """Return every version, and who was told which."""
    return await store.list_versions(conn, conference), await store.list_told(conn, conference)


async def tell_invited(conn: Connection, now: datetime) -> int:
    """Queue letters about changes that have rested; return how many."""
    letters = 0
    for conference, told in await store.claim_untold(conn, now, rested=now - REST, limit=MOST):
        letters += await _tell(conn, conference, told, now=now)
    return letters


async def _tell(
    conn: Connection, conference: ConferenceId, told: int | None, *, now: datetime
) -> int:
    versions = await store.list_versions(conn, conference)
    latest = versions[-1]
    known = next((one for one in versions if one.version == told), None)
    await store.save_told(conn, conference, latest.version)
    what = what_to_tell(known, latest)
    if what is None:
        return 0
    found = await conferences.get_conference(conn, conference)
    invited = await store.list_invited_readers(conn, latest)
    before = await store.list_told_readers(conn, conference)
    changed = [one.field for one in differences(known, latest)] if known else []
    if what is Telling.CANCEL:
        await _write(conn, found, latest, before, Telling.CANCEL, now=now)
        return len(before)
    old = {one.person for one in before}
    new = [one for one in invited if one.person not in old]
    stay = [one for one in invited if one.person in old]
    gone = [one for one in before if one.person not in {one.person for one in invited}]
    await _write(conn, found, latest, new, Telling.INVITATION, now=now)
    await _write(conn, found, latest, stay, Telling.UPDATE, now=now, changed=changed)
    await _write(conn, found, latest, gone, Telling.CANCEL, now=now)
    return len(new) + len(stay) + len(gone)


async def _write(
    conn: Connection,
    conference: Conference,
    version: Version,
    readers: Sequence[Addressee],
    what: Telling,
    *,
    now: datetime,
    changed: Sequence[str] = (),
) -> None:
    """Queue one letter each, with the calendar entry of that version as their tier may see it."""
    if not readers:
        return
    sites = await sites_by_ids(conn, conference.sites)
    hidden = await hidden_for(conn, [one.person for one in readers], conference, sites)
    calendars = {
        unnamed: conference_calendar(conference, leaving(sites, unnamed)).decode()
        for unnamed in {frozenset[SiteId](), *hidden.values()}
    }
    for one in readers:
        calendar = calendars[hidden.get(one.person, frozenset())]
        key = f"{what}/{version.conference}/{version.version}/{one.person}"
        text = invitation(what.value, conference, one.locale, changed=changed)
        await enqueue(conn, key, one.email, text | {"calendar": calendar}, now)
        await store.insert_telling(conn, version, one.person, what, key=key, at=now)


def leaving(sites: Mapping[SiteId, Site], hidden: Collection[SiteId]) -> dict[SiteId, Site]:
    """Return the sites without those that are not named."""
    return {key: site for key, site in sites.items() if key not in hidden}
