"""Makers of bridges, rooms and evidence for tests."""

from datetime import datetime, timedelta
from pathlib import Path

from bridges.entry.passes import KnownBridge, Pass
from bridges.entry.snapshot import Snapshot
from bridges.model import Bridge, BridgeKind, BridgeSecrets, NewBridge, Room
from bridges.placement.placing import place
from bridges.registered.registry import Seal, add_bridge
from meetings.links.invitations import link_hash, link_secret, make_links
from meetings.model import Conference
from meetings.store import Connection
from tests.makers import a_conference, a_directory
from web.keyring.keyring import Keyring, new_key

KEY = b"k" * 32
SECRETS = BridgeSecrets(jwt="j" * 40, reservation="lab-reservation", event="lab-events")


def a_seal() -> Keyring:
    return Keyring((new_key(),))


async def a_bridge(
    conn: Connection,
    name: str = "lab",
    *,
    seal: Seal | None = None,
    seats: int = 300,
    kind: BridgeKind = BridgeKind.JITSI,
    prosody_url: str = "",
    secrets: BridgeSecrets = SECRETS,
) -> Bridge:
    new = NewBridge(
        name=name,
        kind=kind,
        public_url="https://meet.lab",
        xmpp_domain="meet.lab",
        muc_domain="conference.meet.lab",
        app_id="diemcau",
        secrets=secrets,
        prosody_url=prosody_url,
        seats=seats,
    )
    return await add_bridge(conn, new, seal or a_seal(), by="program:test")


async def a_room(
    conn: Connection, conference: Conference | None = None, *, bridge: str | None = None
) -> tuple[Conference, Room]:
    """Book a conference of three communes on a Monday at eight, and place it."""
    booked = conference or await a_conference(conn)
    room = await place(conn, booked, bridge=bridge, now=before(booked))
    return booked, room


async def a_placed_conference(
    conn: Connection, seal: Seal | None = None
) -> tuple[Conference, Room]:
    """Load Điện Biên, add a bridge, book and place a conference."""
    await a_directory(conn)
    await a_bridge(conn, seal=seal)
    return await a_room(conn)


def before(conference: Conference) -> datetime:
    return conference.period.start - timedelta(hours=1)


async def a_pass(conn: Connection, folder: Path) -> tuple[Pass, KnownBridge, Conference]:
    """Return the pass of the main site of a conference that is placed, with what it is for."""
    seal = a_seal()
    conference, room = await a_placed_conference(conn, seal)
    await make_links(conn, conference, KEY)
    snapshot = Snapshot(folder, seal)
    await snapshot.refresh(conn, room.opens_at)
    secret = link_secret(KEY, conference.id, conference.main_site, 1)
    found, known = snapshot.admission(link_hash(secret)), snapshot.bridge("lab")
    assert found is not None
    assert known is not None
    return found, known, conference
