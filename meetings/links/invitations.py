"""Links: the secret address by which one site enters one conference.

The secret is derived from a key in a file, so links can be shown and printed again; the database
keeps its SHA-256.  A reset raises the generation, which makes another secret.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from meetings.audit import record
from meetings.directory.finding import sites_by_ids
from meetings.errors import ImpossibleHeadcount, SitesNotFound
from meetings.model import Conference, ConferenceId, Site, SiteId
from meetings.news import announce
from meetings.store import Connection
from meetings.store import invitations as store
from meetings.store.conferences import get_conference

SECRET_BYTES = 18
LARGEST_HEADCOUNT = 100_000

# A site that is invited anew after it was left out must never get an old secret back, so each
# version of the conference numbers its links in a range of its own.
_RESETS_PER_VERSION = 1000


class ShownLink(NamedTuple):
    """A site's link with its secret, for the eyes of who may hand it out."""

    site: Site
    secret: str
    generation: int
    revoked: bool


def link_secret(key: bytes, conference: ConferenceId, site: SiteId, generation: int) -> str:
    """Return the secret part of a link's address."""
    message = f"{conference}/{site}/{generation}".encode()
    digest = hmac.digest(key, message, "sha256")
    return urlsafe_b64encode(digest[:SECRET_BYTES]).decode()


def link_hash(secret: str) -> bytes:
    """Return what the database keeps of a secret, and finds it by."""
    return sha256(secret.encode()).digest()


def first_links(conference: Conference, key: bytes) -> list[bytes]:
    """Return what the database keeps of a new conference's links, in the order of its sites."""
    return [link_hash(link_secret(key, conference.id, site, 1)) for site in conference.sites]


async def make_links(conn: Connection, conference: Conference, key: bytes) -> None:
    """Make a link for each site that has none yet; part of agreeing and amending."""
    await make_links_of(conn, [conference], key)


async def make_links_of(conn: Connection, conferences: Collection[Conference], key: bytes) -> None:
    """Make a link for each site that has none yet, of many conferences at once."""
    await store.insert_links(
        conn,
        [
            (one.id, site, generation, link_hash(link_secret(key, one.id, site, generation)))
            for one in conferences
            for generation in [(one.version - 1) * _RESETS_PER_VERSION + 1]
            for site in one.sites
        ],
    )


async def show_links(
    conn: Connection, conference: Conference, key: bytes, by: str, *, older: Sequence[bytes] = ()
) -> list[ShownLink]:
    """Return every link with its secret in Vietnamese order of the sites; the look is audited.

    `older` are keys that links made before a rotation still stand on.
    """
    sites = await sites_by_ids(conn, conference.sites)
    links = {link.site: link for link in await store.list_links(conn, conference.id)}
    await record(
        conn,
        actor=by,
        action="links.show",
        subject=f"conference:{conference.id}",
        unit=conference.host,
        detail={"links": len(links)},
    )
    return [
        ShownLink(
            site=site,
            secret=_secret_of(conference.id, link, (key, *older)),
            generation=link.generation,
            revoked=link.revoked_at is not None,
        )
        for site in sites.values()
        if (link := links.get(site.id))
    ]


def _secret_of(conference: ConferenceId, link: store.StoredLink, keys: Sequence[bytes]) -> str:
    """Return the secret under the key the link was made with, '' when that key is lost."""
    for key in keys:
        secret = link_secret(key, conference, link.site, link.generation)
        if hmac.compare_digest(link_hash(secret), link.hash):
            return secret
    return ""


async def reset_link(
    conn: Connection, conference: ConferenceId, site: SiteId, key: bytes, *, by: str
) -> str:
    """Make another secret for a site, in force at once; the old one opens nothing any more.

    Raises:
        SitesNotFound: the site has no link to this conference.
    """
    link = await _locked(conn, conference, site)
    generation = link.generation + 1
    secret = link_secret(key, conference, site, generation)
    await store.save_link(conn, conference, site, generation=generation, hash_=link_hash(secret))
    await _tell(conn, conference, site, action="links.reset", by=by, generation=generation)
    return secret


async def revoke_link(
    conn: Connection, conference: ConferenceId, site: SiteId, *, by: str, now: datetime
) -> int:
    """Make the site's link open nothing; return its generation.  Twice is once.

    Raises:
        SitesNotFound: the site has no link to this conference.
    """
    link = await _locked(conn, conference, site)
    if link.revoked_at is None:
        await store.save_revoked(conn, conference, site, at=now)
        await _tell(
            conn, conference, site, action="links.revoke", by=by, generation=link.generation
        )
    return link.generation


async def declare_headcount(
    conn: Connection,
    conference: ConferenceId,
    site: SiteId,
    headcount: int,
    *,
    by: str,
    now: datetime,
) -> None:
    """Note how many people sit in the hall; the last word counts.

    Raises:
        ImpossibleHeadcount: no hall holds so many.
        SitesNotFound: the site is not invited.
    """
    if not 0 <= headcount <= LARGEST_HEADCOUNT:
        raise ImpossibleHeadcount(headcount)
    if not await store.save_headcount(conn, conference, site, headcount=headcount, at=now):
        raise SitesNotFound(frozenset({site}))
    await _tell(conn, conference, site, action="headcount.declare", by=by, headcount=headcount)


async def headcounts(conn: Connection, conference: ConferenceId) -> dict[SiteId, int]:
    """Return what halls declared so far."""
    return await store.list_headcounts(conn, conference)


async def _locked(conn: Connection, conference: ConferenceId, site: SiteId) -> store.StoredLink:
    link = await store.lock_link(conn, conference, site)
    if link is None:
        raise SitesNotFound(frozenset({site}))
    return link


async def _tell(
    conn: Connection,
    conference: ConferenceId,
    site: SiteId,
    *,
    action: str,
    by: str,
    **detail: object,
) -> None:
    subject = f"conference:{conference}"
    host = (await get_conference(conn, conference)).host
    await record(
        conn,
        actor=by,
        action=action,
        subject=subject,
        unit=host,
        detail={"site": site, **detail},
    )
    await announce(conn, subject, "snapshot")
