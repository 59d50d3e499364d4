"""Bridges' secrets, sealed: the present one of each kind, and the one before while it is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bridges.model import Algorithm, BridgeId, SecretKind
from meetings.store import Connection

LIST_SECRETS = """
    SELECT name, jwt_secret, reservation_secret, event_secret FROM bridges ORDER BY name
"""
LIST_FORMER = """
    SELECT b.name, f.kind, f.secret, f.ends_at, f.left_at
      FROM former_secrets f JOIN bridges b ON b.id = f.bridge_id
     ORDER BY b.name, f.kind
"""
DELETE_FORMER = """
    DELETE FROM former_secrets WHERE ends_at < $1
"""
KEEP_FORMER = """
    INSERT INTO former_secrets (bridge_id, kind, secret, digest, ends_at)
    SELECT id, $2, CASE $2 WHEN 'jwt' THEN jwt_secret WHEN 'reservation' THEN reservation_secret
                           ELSE event_secret END,
           CASE $2 WHEN 'event' THEN event_digest END, $3
      FROM bridges WHERE id = $1
        ON CONFLICT (bridge_id, kind) DO UPDATE
       SET secret = EXCLUDED.secret, digest = EXCLUDED.digest, ends_at = EXCLUDED.ends_at,
           left_at = NULL
"""
SAVE_JWT = """
    UPDATE bridges SET jwt_secret = $2, algorithm = $3, version = version + 1 WHERE id = $1
"""
SAVE_RESERVATION = """
    UPDATE bridges SET reservation_secret = $2, version = version + 1 WHERE id = $1
"""
SAVE_EVENT = """
    UPDATE bridges SET event_secret = $2, event_digest = $3, version = version + 1 WHERE id = $1
"""
LEAVE_FORMER = """
    UPDATE former_secrets SET left_at = $2
     WHERE bridge_id = $1 AND kind = 'jwt' AND left_at IS NULL
"""
LIST_SENDERS = """
    SELECT b.name, b.event_digest, b.public_url, b.prosody_url, b.senders,
           f.digest AS former_digest, f.ends_at
      FROM bridges b
      LEFT JOIN former_secrets f ON f.bridge_id = b.id AND f.kind = 'event'
     ORDER BY b.name
"""
LIST_SEALED = """
    SELECT jwt_secret AS sealed FROM bridges
     UNION SELECT reservation_secret FROM bridges
     UNION SELECT event_secret FROM bridges
     UNION SELECT secret FROM former_secrets
"""
RESEAL = (
    """
    UPDATE bridges b SET jwt_secret = n.sealed
      FROM unnest($1::bytea[], $2::bytea[]) AS n (was, sealed) WHERE b.jwt_secret = n.was
    """,
    """
    UPDATE bridges b SET reservation_secret = n.sealed
      FROM unnest($1::bytea[], $2::bytea[]) AS n (was, sealed) WHERE b.reservation_secret = n.was
    """,
    """
    UPDATE bridges b SET event_secret = n.sealed
      FROM unnest($1::bytea[], $2::bytea[]) AS n (was, sealed) WHERE b.event_secret = n.was
    """,
    """
    UPDATE former_secrets f SET secret = n.sealed
      FROM unnest($1::bytea[], $2::bytea[]) AS n (was, sealed) WHERE f.secret = n.was
    """,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A bridge's secrets as the database holds them."""

    jwt: bytes = field(repr=False)
    reservation: bytes = field(repr=False)
    event: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFormer:
    """A former secret as the database holds it."""

    kind: SecretKind
    secret: bytes = field(repr=False)
    ends_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """By what a receiver knows a bridge: digests of its event secrets, and its addresses."""

    name: str
    digest: bytes
    former_digest: bytes | None
    former_ends_at: datetime | None
    urls: tuple[str, ...]
    networks: tuple[str, ...]


async def list_secrets(conn: Connection) -> dict[str, Sealed]:
    """Return the sealed secrets of every bridge, by its name."""
    return {
        row["name"]: Sealed(
            jwt=row["jwt_secret"],
            reservation=row["reservation_secret"],
            event=row["event_secret"],
        )
        for row in await conn.fetch(LIST_SECRETS)
    }


async def list_former(conn: Connection) -> list[tuple[str, SealedFormer]]:
    """Return former secrets, some of them no longer good, with their bridges' names."""
    return [
        (
            row["name"],
            SealedFormer(
                kind=SecretKind(row["kind"]),
                secret=row["secret"],
                ends_at=row["ends_at"],
                left_at=row["left_at"],
            ),
        )
        for row in await conn.fetch(LIST_FORMER)
    ]


async def keep_former(
    conn: Connection, bridge: BridgeId, kind: SecretKind, ends_at: datetime
) -> None:
    """Make the present secret of a kind the former one; the one before that is gone."""
    await conn.execute(KEEP_FORMER, bridge, kind.value, ends_at)


async def save_jwt(
    conn: Connection, bridge: BridgeId, sealed: bytes, *, algorithm: Algorithm
) -> None:
    """Write what tokens are signed with."""
    await conn.execute(SAVE_JWT, bridge, sealed, algorithm.value)


async def save_reservation(conn: Connection, bridge: BridgeId, sealed: bytes) -> None:
    """Write what reservation calls carry."""
    await conn.execute(SAVE_RESERVATION, bridge, sealed)


async def save_event(conn: Connection, bridge: BridgeId, sealed: bytes, *, digest: bytes) -> None:
    """Write what events carry."""
    await conn.execute(SAVE_EVENT, bridge, sealed, digest)


async def leave_former(conn: Connection, bridge: BridgeId, at: datetime) -> None:
    """Write that tokens are signed with the present secret from now on."""
    await conn.execute(LEAVE_FORMER, bridge, at)


async def delete_former(conn: Connection, before: datetime) -> None:
    """Forget secrets whose time was over before a moment."""
    await conn.execute(DELETE_FORMER, before)


async def list_senders(conn: Connection) -> list[Sender]:
    """Return by what each bridge is known when it posts events."""
    return [
        Sender(
            name=row["name"],
            digest=row["event_digest"],
            former_digest=row["former_digest"],
            former_ends_at=row["ends_at"],
            urls=tuple(url for url in (row["public_url"], row["prosody_url"]) if url),
            networks=tuple(row["senders"]),
        )
        for row in await conn.fetch(LIST_SENDERS)
    ]


async def list_sealed(conn: Connection) -> list[bytes]:
    """Return every secret as it is sealed, whosever and whatever it is."""
    return [row["sealed"] for row in await conn.fetch(LIST_SEALED)]


async def reseal(conn: Connection, new: Mapping[bytes, bytes]) -> None:
    """Write secrets sealed anew; one that was replaced since it was read is left alone."""
    for statement in RESEAL:
        await conn.execute(statement, list(new.keys()), list(new.values()))
