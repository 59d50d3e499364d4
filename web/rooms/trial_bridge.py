"""The built-in bridge: known to the store like any other, told only addresses and secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiohttp import web

from bridges.entry.snapshot import Snapshot
from bridges.errors import SnapshotMissing
from bridges.jitsi.tokens import SERVICE_USER
from bridges.model import Bridge, BridgeSecrets, SecretKind
from bridges.registered.registry import ensure_trial
from bridges.registered.rotation import former
from bridges.trial.app import trial_app
from bridges.trial.config import TrialConfig
from bridges.trial.keys import BRIDGE
from meetings.store import Connection
from web import addresses
from web.app import TRIAL
from web.jobs import Job, running
from web.keyring.keyring import Keyring
from web.keys import CLOCK, SNAPSHOT, STOP
from web.settings import Settings

LOOK_EVERY = timedelta(seconds=2)
SWITCH_BEFORE = timedelta(seconds=30)
"""How long before a secret's end its follower is used: every part has heard of it by then."""


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
        commander=SERVICE_USER,
        xmpp_domain=bridge.xmpp_domain,
        muc_domain=bridge.muc_domain,
        seats=bridge.seats,
        reservation_secret=secrets.reservation,
        event_secret=secrets.event,
        jwt_secret=secrets.jwt,
    )


def renewing(trial: Trial) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what keeps the bridge's secrets those of the registry while the program runs."""

    async def keep(app: web.Application) -> AsyncIterator[None]:
        async def look() -> None:
            renew(trial, app[SNAPSHOT], app[CLOCK]())

        async with running([Job(name="trial", work=look, every=LOOK_EVERY)], app[STOP]):
            yield

    return keep


def renew(trial: Trial, snapshot: Snapshot, now: datetime) -> None:
    """Give the bridge the secrets that are good now; the snapshot knows them without a database."""
    try:
        known = snapshot.bridge(trial.config.name)
    except SnapshotMissing:
        return
    if known is not None:
        bridge = trial.app[BRIDGE]
        bridge.renew(with_secrets(bridge.config, known.secrets, now))


def with_secrets(config: TrialConfig, secrets: BridgeSecrets, now: datetime) -> TrialConfig:
    """Return the config with what it presents now, and with every token secret that it takes."""
    before = former(secrets, SecretKind.JWT, now)
    return replace(
        config,
        reservation_secret=presented(secrets, SecretKind.RESERVATION, now),
        event_secret=presented(secrets, SecretKind.EVENT, now),
        jwt_secret=secrets.jwt,
        jwt_former=before.secret if before else "",
    )


def presented(secrets: BridgeSecrets, kind: SecretKind, now: datetime) -> str:
    """Return the former secret until shortly before its end: the receiver learns a little later."""
    before = former(secrets, kind, now + SWITCH_BEFORE)
    return before.secret if before else secrets.present(kind)
