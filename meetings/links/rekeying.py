"""Links when keys are rotated: each gets its secret from the newest key.

The secret of the key before opens the same link until that key ends, so nobody who was sent one
stands outside meanwhile.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meetings.links.invitations import link_hash, link_secret
from meetings.model import ConferenceId, SiteId
from meetings.news import announce
from meetings.store import Connection
from meetings.store import former_links as store

BATCH = 2000
KEPT = timedelta(days=7)
"""How long after its end a former secret is remembered: a room may be open for days."""

Place = tuple[ConferenceId, SiteId]
START: Place = (ConferenceId(0), SiteId(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerKey:
    """A key links were made with before, and until when they open by it; None is no more."""

    key: bytes = field(repr=False)
    ends_at: datetime | None


async def rekey_links(
    conn: Connection, key: bytes, former: Sequence[FormerKey], after: Place
) -> tuple[int, Place | None]:
    """Give the next links their secrets of the newest key.

    Returns how many had another, and behind which link to go on; None when that was all.
    """
    links = await store.list_links(conn, after, BATCH)
    new = [found for one in links if (found := new_hash(one, key, former)) is not None]
    changed = await store.replace_hashes(conn, new) if new else 0
    if changed:
        await announce(conn, "snapshot")
    last = links[-1] if len(links) == BATCH else None
    return changed, None if last is None else (last.conference, last.site)


def new_hash(
    link: store.HashedLink, key: bytes, former: Sequence[FormerKey]
) -> store.NewHash | None:
    """Return what to find a link by; None where it is so already, or no key of ours made it."""
    wanted = hash_by(link, key)
    if hmac.compare_digest(wanted, link.hash):
        return None
    for one in former:
        if hmac.compare_digest(hash_by(link, one.key), link.hash):
            return store.NewHash(link=link, hash=wanted, ends_at=one.ends_at)
    return None


def hash_by(link: store.HashedLink, key: bytes) -> bytes:
    """Return what a link is found by when its secret is made with a key."""
    return link_hash(link_secret(key, link.conference, link.site, link.generation))


async def forget_former(conn: Connection, former: Sequence[FormerKey], now: datetime) -> None:
    """Forget secrets that should have ended by now, and those that ended long ago."""
    ends = [one.ends_at for one in former if one.ends_at is not None]
    await store.delete_former(conn, beyond=max(ends, default=now), before=now - KEPT)
