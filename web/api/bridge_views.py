"""What the API answers of bridges; never their secrets but for the one moment after a rotation."""

from __future__ import annotations

from bridges.jitsi.keys import PEM, credential, public_pem
from bridges.model import Algorithm, Bridge, BridgeKind, SecretKind
from bridges.receiving.held import Held, Why
from bridges.registered.rotating import Rotated
from web.api.views import View
from web.input.moments import Moment


class HeldView(View):
    """How many events of a bridge are held back, and of how many only that they came is known."""

    wrong_secret: int
    unreadable: int
    wrong_address: int
    too_large: int


class BridgeView(View):
    """A bridge, without its secrets; `version` is its ETag."""

    id: int
    name: str
    kind: BridgeKind
    public_url: str
    xmpp_domain: str
    muc_domain: str
    app_id: str
    prosody_url: str
    jicofo_url: str
    jigasi_url: str
    jvb_urls: list[str]
    jibri_urls: list[str]
    region: str
    tags: list[str]
    senders: list[str]
    algorithm: Algorithm
    seats: int
    draining: bool
    healthy: bool | None
    health: str
    health_at: Moment | None
    held_back: HeldView
    version: int


class RotatedView(View):
    """A secret that was replaced; a private key stays with us, its public half is shown."""

    bridge: str
    kind: SecretKind
    secret: str
    kid: str
    public_key: str
    former_ends: Moment
    version: int


def held_view(held: Held) -> HeldView:
    """Return how many events are held back why."""
    counts = {why: pile.records for why, pile in held.items()}
    return HeldView(
        wrong_secret=counts.get(Why.WRONG_SECRET, 0),
        unreadable=counts.get(Why.UNREADABLE, 0),
        wrong_address=counts.get(Why.WRONG_ADDRESS, 0),
        too_large=counts.get(Why.TOO_LARGE, 0),
    )


def bridge_view(bridge: Bridge, held: Held) -> BridgeView:
    """Return a bridge without its secrets."""
    return BridgeView(
        id=bridge.id,
        name=bridge.name,
        kind=bridge.kind,
        public_url=bridge.public_url,
        xmpp_domain=bridge.xmpp_domain,
        muc_domain=bridge.muc_domain,
        app_id=bridge.app_id,
        prosody_url=bridge.prosody_url,
        jicofo_url=bridge.jicofo_url,
        jigasi_url=bridge.jigasi_url,
        jvb_urls=list(bridge.jvb_urls),
        jibri_urls=list(bridge.jibri_urls),
        region=bridge.region,
        tags=list(bridge.tags),
        senders=list(bridge.senders),
        algorithm=bridge.algorithm,
        seats=bridge.seats,
        draining=bridge.draining,
        healthy=bridge.healthy,
        health=bridge.health,
        health_at=bridge.health_at,
        held_back=held_view(held),
        version=bridge.version,
    )


def rotated_view(rotated: Rotated) -> RotatedView:
    """Return what is shown of a new secret, this once."""
    private = rotated.secret.startswith(PEM)
    return RotatedView(
        bridge=rotated.bridge.name,
        kind=rotated.kind,
        secret="" if private else rotated.secret,
        kid=credential(rotated.secret).kid if private else "",
        public_key=public_pem(rotated.secret).decode() if private else "",
        former_ends=rotated.former_ends_at,
        version=rotated.bridge.version,
    )
