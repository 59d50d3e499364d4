"""Tokens with which a hall enters without its link: for programs, and for its room system."""

from __future__ import annotations

from datetime import datetime

from bridges.jitsi.roles import EntryRole
from bridges.jitsi.tokens import Entry, entry_claims, sign
from bridges.model import Room
from bridges.registered.registry import Seal, all_secrets, bridge_by_name
from bridges.registered.rotation import signing
from meetings.audit import record
from meetings.directory.finding import site_by_id
from meetings.errors import SitesNotFound
from meetings.model import Conference, Means, SiteId, Visibility
from meetings.store import Connection


async def entry_token(
    conn: Connection,
    seal: Seal,
    conference: Conference,
    room: Room,
    site: SiteId,
    *,
    by: str,
    now: datetime,
    means: Means = Means.LINK,
    **told: object,
) -> str:
    """Return a token for an invited site, and note who asked for it.

    Raises:
        SitesNotFound: the site is not invited.
    """
    if site not in conference.sites:
        raise SitesNotFound(frozenset({site}))
    entry = Entry(
        room=room.name,
        site=site,
        name=(await site_by_id(conn, site)).label,
        hard_end=room.grant_ends_at,
        role=EntryRole.CHAIR if site == conference.main_site else EntryRole.SITE,
        public=conference.visibility is Visibility.OPEN,
        means=means,
    )
    bridge = await bridge_by_name(conn, room.bridge_name)
    secrets = await all_secrets(conn, seal)
    claims = entry_claims(entry, app_id=bridge.app_id, xmpp_domain=bridge.xmpp_domain, now=now)
    await record(
        conn,
        actor=by,
        action="admission.make",
        subject=f"conference:{conference.id}",
        unit=conference.host,
        detail={"site": site, **told},
    )
    return sign(claims, signing(secrets[room.bridge_name], now))
