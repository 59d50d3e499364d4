"""Rotating a bridge's secrets: two are good at once until the grace is over, then only the new one.

The bridge's own settings are changed by hand, at any moment of the grace.  Until the bridge is seen
to take the new token secret, tokens are signed with the one before.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

import aiohttp

from bridges.entry.passes import KnownBridge
from bridges.entry.snapshot import Lend
from bridges.errors import RotationUnderWay
from bridges.inspection.inspecting import takes_token
from bridges.jitsi.keys import credential, new_private_key
from bridges.model import Algorithm, Bridge, BridgeId, SecretKind
from bridges.registered.registry import PURPOSE, SECRET_BYTES, Seal, all_secrets
from bridges.registered.rotation import LINGER, former, is_spreading
from bridges.store import registry as bridge_store
from bridges.store import secrets as store
from meetings.audit import record
from meetings.news import announce
from meetings.store import Connection

BY = "program:bridges"
GRACE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Which secret is replaced, by what, and how long the old one stays good.

    `secret` is empty where we make one, of the bridge's own algorithm unless another is named; no
    grace at all kills the old one now.
    """

    kind: SecretKind
    algorithm: Algorithm | None = None
    secret: str = field(default="", repr=False)
    grace: timedelta = GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What came of a rotation; the secret is shown this once, a private key never."""

    bridge: Bridge
    kind: SecretKind
    secret: str = field(repr=False)
    former_ends_at: datetime


async def rotate(
    conn: Connection, name: str, wanted: Rotation, seal: Seal, *, by: str, now: datetime
) -> Rotated:
    """Replace one secret of a bridge.

    Raises:
        BridgeNotFound: there is none of that name.
        RotationUnderWay: the bridge may not have the present one yet, and there is a grace.
    """
    bridge = await bridge_store.lock_bridge(conn, name)
    known = (await all_secrets(conn, seal))[name]
    before = former(known, wanted.kind, now)
    if wanted.grace and before is not None and before.left_at is None:
        raise RotationUnderWay(name, wanted.kind.value)
    secret = wanted.secret or new_secret(wanted.kind, wanted.algorithm or bridge.algorithm)
    await store.keep_former(conn, bridge.id, wanted.kind, now + wanted.grace)
    await save(conn, bridge.id, wanted.kind, secret, seal)
    detail = {"kind": wanted.kind.value, "grace_seconds": int(wanted.grace.total_seconds())}
    await record(conn, actor=by, action="bridge.rotate", subject=f"bridge:{name}", detail=detail)
    await announce(conn, "snapshot")
    return Rotated(
        bridge=await bridge_store.get_bridge(conn, name),
        kind=wanted.kind,
        secret=secret,
        former_ends_at=now + wanted.grace,
    )


def new_secret(kind: SecretKind, algorithm: Algorithm) -> str:
    """Return a fresh secret of the kind and algorithm."""
    if kind is SecretKind.JWT and algorithm is Algorithm.RS256:
        return new_private_key()
    return secrets.token_urlsafe(SECRET_BYTES)


async def save(
    conn: Connection, bridge: BridgeId, kind: SecretKind, secret: str, seal: Seal
) -> None:
    """Write a secret sealed, with what is known of it in the open."""
    sealed = seal.seal(PURPOSE, secret.encode())
    if kind is SecretKind.JWT:
        await store.save_jwt(conn, bridge, sealed, algorithm=credential(secret).algorithm)
    elif kind is SecretKind.RESERVATION:
        await store.save_reservation(conn, bridge, sealed)
    else:
        await store.save_event(conn, bridge, sealed, digest=sha256(secret.encode()).digest())


async def follow(lend: Lend, http: aiohttp.ClientSession, seal: Seal, now: datetime) -> None:
    """Sign with a new token secret as soon as its bridge takes it; one turn of a job."""
    async with lend() as conn:
        await store.delete_former(conn, now - LINGER)
        every = await all_secrets(conn, seal)
        waiting = [
            KnownBridge(bridge=await bridge_store.get_bridge(conn, name), secrets=known)
            for name, known in every.items()
            if is_spreading(known, now)
        ]
    for known in waiting:
        if known.bridge.prosody_url and await takes_token(
            http, known.bridge, known.secrets.jwt, now
        ):
            async with lend() as conn:
                await leave(conn, known.bridge, now)


async def leave(conn: Connection, bridge: Bridge, now: datetime) -> None:
    """Sign with the present secret from now on."""
    await store.leave_former(conn, bridge.id, now)
    subject = f"bridge:{bridge.name}"
    await record(conn, actor=BY, action="bridge.rotated", subject=subject, detail={"kind": "jwt"})
    await announce(conn, "snapshot")
