"""How a snapshot stands in its file: JSON, secrets sealed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bridges.model import (
    Bridge,
    BridgeId,
    BridgeKind,
    BridgeSecrets,
    RoomName,
    RoomState,
)
from bridges.passes import KnownBridge, Occasion, Pass
from bridges.registry import PURPOSE, Seal
from meetings.model import ConferenceId, Kind, PoolId, SiteId, State

VERSION = 1
MOMENTS = ("start", "end", "opens_at", "closes_at")
Parts = tuple[datetime, dict[str, KnownBridge], dict[ConferenceId, Occasion], dict[bytes, Pass]]


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
        "passes": [
            [hash_.hex(), one.occasion.conference, one.site, one.label, one.generation, one.revoked]
            for hash_, one in passes.items()
        ],
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
        )
        for hash_, conference, site, label, generation, revoked in told["passes"]
    }
    return datetime.fromisoformat(told["taken_at"]), bridges, occasions, passes


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields as JSON knows them."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
    }


def write_bridge(known: KnownBridge, seal: Seal) -> dict[str, Any]:
    """Return a bridge with its secrets sealed."""
    sealed = {
        name: b64encode(seal.seal(PURPOSE, secret.encode())).decode()
        for name, secret in asdict(known.secrets).items()
    }
    return plain(asdict(known.bridge)) | {"secrets": sealed}


def read_bridge(entry: Mapping[str, Any], seal: Seal) -> KnownBridge:
    """Return a bridge with its secrets opened; its health is news of another day."""
    opened = {
        name: seal.open(PURPOSE, b64decode(sealed)).decode()
        for name, sealed in entry["secrets"].items()
    }
    bridge = Bridge(
        id=BridgeId(entry["id"]),
        name=entry["name"],
        kind=BridgeKind(entry["kind"]),
        public_url=entry["public_url"],
        xmpp_domain=entry["xmpp_domain"],
        muc_domain=entry["muc_domain"],
        app_id=entry["app_id"],
        prosody_url=entry["prosody_url"],
        pool=PoolId(entry["pool"]),
        seats=entry["seats"],
        draining=entry["draining"],
    )
    return KnownBridge(bridge=bridge, secrets=BridgeSecrets(**opened))


def read_occasion(entry: Mapping[str, Any]) -> Occasion:
    """Return a conference with its room."""
    moments = {
        name: datetime.fromisoformat(entry[name])
        for name in ("start", "end", "opens_at", "closes_at")
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
        **moments,
    )
