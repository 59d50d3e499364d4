"""Bridges: added with secrets that only the key file opens, listed, looked up."""

from __future__ import annotations

import secrets
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from bridges.errors import StaleBridge
from bridges.jitsi.keys import credential
from bridges.model import (
    Bridge,
    BridgeFacts,
    BridgeId,
    BridgeKind,
    BridgeSecrets,
    FormerSecret,
    NewBridge,
)
from bridges.store import registry as store
from bridges.store import secrets as secret_store
from meetings.audit import record
from meetings.news import announce
from meetings.store import Connection

PURPOSE = "bridge"
TRIAL = "trial"
TRIAL_SEATS = 500
TRIAL_DOMAIN = "trial.diemcau"
SECRET_BYTES = 32


class Seal(Protocol):
    """What hides secrets in the database; the program's key ring is one."""

    @property
    def newest(self) -> str:
        """The name of what things are sealed with now."""

    def is_newest(self, sealed: bytes, /) -> bool:
        """Tell whether something was sealed with what things are sealed with now."""

    def seal(self, purpose: str, content: bytes, /) -> bytes:
        """Return the content so that only `open` gives it back."""

    def open(self, purpose: str, sealed: bytes, /) -> bytes:
        """Return what was sealed for the same purpose."""


async def add_bridge(conn: Connection, new: NewBridge, seal: Seal, *, by: str) -> Bridge:
    """Add a bridge; rooms are placed on it and its calls are answered from the commit on.

    Raises:
        BridgeExists: the name is taken.
    """
    sealed = secret_store.Sealed(
        jwt=seal.seal(PURPOSE, new.secrets.jwt.encode()),
        reservation=seal.seal(PURPOSE, new.secrets.reservation.encode()),
        event=seal.seal(PURPOSE, new.secrets.event.encode()),
    )
    digest = sha256(new.secrets.event.encode()).digest()
    algorithm = credential(new.secrets.jwt).algorithm
    await store.insert_bridge(conn, new, sealed, digest=digest, algorithm=algorithm)
    detail = {"kind": new.kind.value, "public_url": new.public_url}
    await record(conn, actor=by, action="bridge.add", subject=f"bridge:{new.name}", detail=detail)
    await announce(conn, "snapshot")
    return await store.get_bridge(conn, new.name)


async def change_bridge(
    conn: Connection, name: str, facts: BridgeFacts, *, version: int | None, by: str
) -> Bridge:
    """Write what an administrator says of a bridge now; None as the version is whatever it is.

    Raises:
        BridgeNotFound: there is none of that name.
        StaleBridge: somebody changed it meanwhile.
    """
    before = await store.lock_bridge(conn, name)
    if version not in {None, before.version}:
        raise StaleBridge(name)
    await store.save_facts(conn, before.id, facts)
    detail = {
        field.name: shown(getattr(facts, field.name))
        for field in fields(BridgeFacts)
        if getattr(before, field.name) != getattr(facts, field.name)
    }
    await record(conn, actor=by, action="bridge.change", subject=f"bridge:{name}", detail=detail)
    await announce(conn, "snapshot")
    return await store.get_bridge(conn, name)


def shown(value: object) -> object:
    """Return a value as an audit row keeps it."""
    return list(value) if isinstance(value, tuple) else value


async def ensure_trial(
    conn: Connection, seal: Seal, *, public_url: str, prosody_url: str
) -> tuple[Bridge, BridgeSecrets]:
    """Return the built-in bridge and its secrets, adding it with random ones at the first start.

    Its addresses follow the program's own, which may change between two starts.
    """
    if TRIAL not in await secret_store.list_secrets(conn):
        await add_bridge(conn, trial_bridge(public_url, prosody_url), seal, by="program:serve")
    await store.save_address(conn, TRIAL, public_url=public_url, prosody_url=prosody_url)
    return await store.get_bridge(conn, TRIAL), (await all_secrets(conn, seal))[TRIAL]


def trial_bridge(public_url: str, prosody_url: str) -> NewBridge:
    """Return the built-in bridge with fresh secrets."""
    return NewBridge(
        name=TRIAL,
        kind=BridgeKind.TRIAL,
        public_url=public_url,
        xmpp_domain=TRIAL_DOMAIN,
        muc_domain=f"conference.{TRIAL_DOMAIN}",
        app_id=f"diemcau-{TRIAL}",
        prosody_url=prosody_url,
        seats=TRIAL_SEATS,
        secrets=BridgeSecrets(
            jwt=secrets.token_urlsafe(SECRET_BYTES),
            reservation=secrets.token_urlsafe(SECRET_BYTES),
            event=secrets.token_urlsafe(SECRET_BYTES),
        ),
    )


async def list_bridges(conn: Connection) -> list[Bridge]:
    """Return every bridge by name, without secrets."""
    return await store.list_bridges(conn)


async def bridge_by_name(conn: Connection, name: str) -> Bridge:
    """Return the bridge of that name, or raise BridgeNotFound."""
    return await store.get_bridge(conn, name)


async def all_secrets(conn: Connection, seal: Seal) -> dict[str, BridgeSecrets]:
    """Return every bridge's secrets by its name, the former ones too."""
    former: dict[str, list[FormerSecret]] = {}
    for name, one in await secret_store.list_former(conn):
        opened = seal.open(PURPOSE, one.secret).decode()
        former.setdefault(name, []).append(
            FormerSecret(kind=one.kind, secret=opened, ends_at=one.ends_at, left_at=one.left_at)
        )
    return {
        name: BridgeSecrets(
            jwt=seal.open(PURPOSE, sealed.jwt).decode(),
            reservation=seal.open(PURPOSE, sealed.reservation).decode(),
            event=seal.open(PURPOSE, sealed.event).decode(),
            former=tuple(former.get(name, ())),
        )
        for name, sealed in (await secret_store.list_secrets(conn)).items()
    }


async def note_answer(
    conn: Connection, bridge: BridgeId, *, health: str, stress: float | None, at: datetime
) -> None:
    """Remember that a bridge answered, and tell the others if it was in doubt before."""
    if await store.save_answer(conn, bridge, health=health, stress=stress, at=at):
        await announce(conn, "snapshot", "board")


async def note_silence(conn: Connection, bridge: BridgeId, *, health: str, at: datetime) -> None:
    """Remember that a bridge did not answer; the first time, halls are told to look often."""
    if await store.save_silence(conn, bridge, health=health, at=at) == 1:
        await announce(conn, "snapshot", "board")


async def note_misset(conn: Connection, bridge: BridgeId, *, health: str, at: datetime) -> None:
    """Remember that a bridge lives but is set wrongly, and tell the others if that is news."""
    if await store.save_misset(conn, bridge, health=health, at=at):
        await announce(conn, "snapshot", "board")


async def note_name(conn: Connection, bridge: Bridge) -> None:
    """Remember under which name a bridge answered, for every process that asks it."""
    await store.save_http_host(conn, bridge.id, bridge.http_host)
    await announce(conn, "snapshot")
