"""Tokens of halls, signed before anybody asks: a signature by RSA takes longer than all else.

A token lets in whoever bears it until the hard end, so the same one serves every time that a hall
comes in while nothing that it says has changed.  Only what the snapshot lets in is signed for: a
link that was revoked, a conference called off and a key that was rotated have none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridges.entry.passes import Entrance, KnownBridge, Pass, entrance
from bridges.entry.snapshot import Contents
from bridges.jitsi.keys import PEM, credential
from bridges.jitsi.roles import EntryRole
from bridges.jitsi.tokens import Entry, entry_text, sign_text
from bridges.model import Bridge
from bridges.registered.rotation import signing

AHEAD = timedelta(minutes=10)
AT_ONCE = 200
"""How many are signed before the loop is asked whether the program ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a token is to say, and the name of its key: where these are equal, one token serves."""

    entry: Entry
    app_id: str
    xmpp_domain: str
    kid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A token, and when it was signed."""

    token: str = field(repr=False)
    at: datetime

    def is_good(self, now: datetime) -> bool:
        """Tell whether it may be given: not if it is of a clock that was set back since."""
        return self.at <= now


class TokensAhead:
    """Tokens for halls whose door is open or opens soon; `sign` keeps them so, again and again."""

    def __init__(self) -> None:
        self._signed: dict[Asked, Signed] = {}

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._signed)

    def token(self, found: Pass, known: KnownBridge, now: datetime) -> str:
        """Return with what a hall enters; where nothing good is kept, it is signed now."""
        secret = signing(known.secrets, now)
        asked = asked_by(found, known.bridge, credential(secret).kid)
        kept = self._signed.get(asked) if asked.kid else None
        if kept is None or not kept.is_good(now):
            kept = signed(asked, secret, now)
        return kept.token

    async def sign(self, contents: Contents, now: datetime) -> None:
        """Forget what nobody can ask for any more, and sign in a thread what is missing."""
        wanted = await asyncio.to_thread(wanted_in, contents, now)
        self._signed = {
            asked: kept
            for asked, kept in self._signed.items()
            if asked in wanted and kept.is_good(now)
        }
        missing = [(asked, wanted[asked]) for asked in wanted if asked not in self._signed]
        for first in range(0, len(missing), AT_ONCE):
            some = missing[first : first + AT_ONCE]
            self._signed |= await asyncio.to_thread(signed_all, some, now)


def wanted_in(contents: Contents, now: datetime) -> dict[Asked, str]:
    """Return what halls can ask for now or soon, with the key that signs it.

    A shared secret is no such key: it signs faster than anything is looked up.
    """
    keys = {name: signing(known.secrets, now) for name, known in contents.bridges.items()}
    kids = {name: credential(key).kid for name, key in keys.items() if key.startswith(PEM)}
    return {
        asked_by(found, contents.bridges[name].bridge, kids[name]): keys[name]
        for found in contents.passes.values()
        if (name := found.occasion.bridge) in kids and opens_soon(found, now)
    }


def opens_soon(found: Pass, now: datetime) -> bool:
    """Tell whether a link opens its door now, or within a few minutes."""
    if now + AHEAD < found.occasion.opens_at:
        return False
    return entrance(found, now) in {Entrance.OPEN, Entrance.TOO_EARLY}


def asked_by(found: Pass, bridge: Bridge, kid: str) -> Asked:
    """Return what the token of a hall is to say on a bridge."""
    occasion = found.occasion
    entry = Entry(
        room=occasion.room,
        site=found.site,
        name=found.label,
        hard_end=occasion.grant_ends_at,
        role=EntryRole.CHAIR if found.chairs else EntryRole.SITE,
        public=occasion.public,
        generation=found.generation,
    )
    return Asked(entry=entry, app_id=bridge.app_id, xmpp_domain=bridge.xmpp_domain, kid=kid)


def signed_all(some: Sequence[tuple[Asked, str]], now: datetime) -> dict[Asked, Signed]:
    """Return the tokens that are asked for, each with its key."""
    return {asked: signed(asked, secret, now) for asked, secret in some}


def signed(asked: Asked, secret: str, now: datetime) -> Signed:
    """Return a fresh token."""
    text = entry_text(asked.entry, app_id=asked.app_id, xmpp_domain=asked.xmpp_domain, now=now)
    return Signed(token=sign_text(text, secret), at=now)
