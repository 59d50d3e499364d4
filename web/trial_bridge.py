"""The built-in bridge: known to the store like any other, told only addresses and secrets."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bridges.model import Bridge, BridgeSecrets
from bridges.registry import ensure_trial
from bridges.trial.app import trial_app
from bridges.trial.config import TrialConfig
from meetings.store import Connection
from web import addresses
from web.app import TRIAL
from web.keyring import Keyring
from web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The bridge's application, and what it was told."""

    app: web.Application
    config: TrialConfig


async def make_trial(conn: Connection, keyring: Keyring, settings: Settings) -> Trial:
    """Return the bridge, registered with secrets of its own."""
    bridge, secrets = await ensure_trial(
        conn,
        keyring,
        public_url=settings.base_url + TRIAL,
        prosody_url=addresses.web_url(settings) + TRIAL,
    )
    config = config_of(bridge, secrets, settings)
    return Trial(app=trial_app(config), config=config)


def config_of(bridge: Bridge, secrets: BridgeSecrets, settings: Settings) -> TrialConfig:
    """Return what the bridge is told: it speaks to us over the wire, as a Prosody would."""
    path = f"/bridges/{bridge.name}"
    return TrialConfig(
        name=bridge.name,
        public_url=bridge.public_url,
        reservation_prefix=f"{addresses.web_url(settings)}{path}/reservations",
        event_prefix=addresses.receiver_url(settings) + path,
        app_id=bridge.app_id,
        xmpp_domain=bridge.xmpp_domain,
        muc_domain=bridge.muc_domain,
        seats=bridge.seats,
        reservation_secret=secrets.reservation,
        event_secret=secrets.event,
        jwt_secret=secrets.jwt,
    )
