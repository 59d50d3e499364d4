"""How a snapshot stands in its file: JSON, secrets sealed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from bridges.entry.passes import KnownBridge, Occasion, Pass
from bridges.model import (
    Algorithm,
    Bridge,
    BridgeFacts,
    BridgeId,
    BridgeKind,
    BridgeSecrets,
    FormerSecret,
    RoomName,
    RoomState,
    SecretKind,
)
from bridges.registered.registry import PURPOSE, Seal
from meetings.model import ConferenceId, Kind, PoolId, SiteId, State

VERSION = 6
MOMENTS = (
    "start",
    "end",
    "opens_at",
    "closes_at",
    "grant_ends_at",
    "relayed_from",
    "relayed_until",
)
Parts = tuple[datetime, dict[str, KnownBridge], dict[ConferenceId, Occasion], dict[bytes, Pass]]
OF_ITS_HEALTH = frozenset(
    {"healthy", "health", "health_at", "stress", "stress_at", "misses", "answered_at"}
)


def write(
    taken_at: datetime,
    bridges: Mapping[str, KnownBridge],
    occasions: Mapping[ConferenceId, Occasion],
    passes: Mapping[bytes, Pass],
    seal: Seal,
) -> dict[str, Any]:
    """Return a snapshot as an object for JSON."""
    return {
        "version": VERSION,
        "taken_at": taken_at.isoformat(),
        "bridges": [write_bridge(known, seal) for known in bridges.values()],
        "occasions": [plain(asdict(occasion)) for occasion in occasions.values()],
        "passes": [write_pass(hash_, one) for hash_, one in passes.items()],
    }


def read(told: Mapping[str, Any], seal: Seal) -> Parts:
    """Return the parts of a snapshot that `write` wrote.

    Raises:
        ValueError, KeyError, TypeError: something else, or another version, wrote it.
    """
    if told["version"] != VERSION:
        raise ValueError("another version's snapshot")
    bridges = {entry["name"]: read_bridge(entry, seal) for entry in told["bridges"]}
    occasions = {one.conference: one for one in map(read_occasion, told["occasions"])}
    passes = {
        bytes.fromhex(hash_): Pass(
            occasion=occasions[conference],
            site=site,
            label=label,
            generation=generation,
            revoked=revoked,
            ends_at=moment(ends_at),
        )
        for hash_, conference, site, label, generation, revoked, ends_at in told["passes"]
    }
    return datetime.fromisoformat(told["taken_at"]), bridges, occasions, passes


def write_pass(hash_: bytes, one: Pass) -> list[Any]:
    """Return what a link opens, in the order in which `read` takes it."""
    ends = None if one.ends_at is None else one.ends_at.isoformat()
    place = [one.occasion.conference, one.site, one.label]
    return [hash_.hex(), *place, one.generation, one.revoked, ends]


def moment(told: str | None) -> datetime | None:
    """Return a moment that may be missing."""
    return None if told is None else datetime.fromisoformat(told)


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields as JSON knows them."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
    }


def write_bridge(known: KnownBridge, seal: Seal) -> dict[str, Any]:
    """Return a bridge with its secrets sealed, without its health, which changes all the time."""
    told = {kind.value: known.secrets.present(kind) for kind in SecretKind}
    sealed = {name: sealed_text(secret, seal) for name, secret in told.items()}
    former = [
        plain(asdict(one)) | {"secret": sealed_text(one.secret, seal)}
        for one in known.secrets.former
    ]
    lasting = {name: it for name, it in asdict(known.bridge).items() if name not in OF_ITS_HEALTH}
    return lasting | {"secrets": sealed, "former": former}


def sealed_text(secret: str, seal: Seal) -> str:
    """Return a secret as it may stand in a file."""
    return b64encode(seal.seal(PURPOSE, secret.encode())).decode()


def opened_text(sealed: str, seal: Seal) -> str:
    """Return what `sealed_text` was given."""
    return seal.open(PURPOSE, b64decode(sealed)).decode()


def read_bridge(entry: Mapping[str, Any], seal: Seal) -> KnownBridge:
    """Return a bridge with its secrets opened; its health is news of another day."""
    opened = {name: opened_text(sealed, seal) for name, sealed in entry["secrets"].items()}
    former = tuple(read_former(one, seal) for one in entry["former"])
    facts = {field.name: entry[field.name] for field in fields(BridgeFacts)}
    lists = {name: tuple(value) for name, value in facts.items() if isinstance(value, list)}
    bridge = Bridge(
        id=BridgeId(entry["id"]),
        name=entry["name"],
        kind=BridgeKind(entry["kind"]),
        pool=PoolId(entry["pool"]),
        algorithm=Algorithm(entry["algorithm"]),
        version=entry["version"],
        **facts | lists,
    )
    return KnownBridge(bridge=bridge, secrets=BridgeSecrets(**opened, former=former))


def read_former(entry: Mapping[str, Any], seal: Seal) -> FormerSecret:
    """Return a secret that is good for a while only."""
    return FormerSecret(
        kind=SecretKind(entry["kind"]),
        secret=opened_text(entry["secret"], seal),
        ends_at=datetime.fromisoformat(entry["ends_at"]),
        left_at=moment(entry["left_at"]),
    )


def read_occasion(entry: Mapping[str, Any]) -> Occasion:
    """Return a conference with its room."""
    moments = {
        name: datetime.fromisoformat(entry[name]) for name in MOMENTS if entry[name] is not None
    }
    return Occasion(
        conference=ConferenceId(entry["conference"]),
        title=entry["title"],
        kind=Kind(entry["kind"]),
        chair=entry["chair"],
        host=entry["host"],
        main_site=SiteId(entry["main_site"]),
        main_label=entry["main_label"],
        state=State(entry["state"]),
        cancel_reason=entry["cancel_reason"],
        bridge=entry["bridge"],
        room=RoomName(entry["room"]),
        room_state=RoomState(entry["room_state"]),
        public=entry["public"],
        upstream=entry["upstream"],
        upstream_address=entry["upstream_address"],
        relay_label=entry["relay_label"],
        pin=entry["pin"],
        **moments,
    )
