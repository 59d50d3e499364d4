"""The trial bridge goes on through a rotation of its secrets without a restart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridges.entry.snapshot import Snapshot
from bridges.jitsi.tokens import claims, sign
from bridges.model import Algorithm, BridgeSecrets, RoomName, SecretKind
from bridges.registered.registry import all_secrets
from bridges.registered.rotating import Rotation, rotate
from bridges.registered.rotation import is_bearer, signing
from bridges.trial.errors import TokenRefused
from bridges.trial.keys import BRIDGE
from bridges.trial.tokens import verify
from web.rooms.trial_bridge import SWITCH_BEFORE, Trial, make_trial, renew

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
GRACE = timedelta(hours=1)
END = NOW + GRACE


class Stage:
    """The bridge, and the snapshot from which it hears of its secrets."""

    def __init__(self, conn, keyring, trial: Trial, snapshot: Snapshot) -> None:
        self.conn = conn
        self.keyring = keyring
        self.trial = trial
        self.snapshot = snapshot

    @property
    def config(self):
        return self.trial.app[BRIDGE].config

    async def secrets(self) -> BridgeSecrets:
        return (await all_secrets(self.conn, self.keyring))["trial"]

    async def rotate(self, kind: SecretKind, algorithm=Algorithm.HS256, grace=GRACE) -> None:
        wanted = Rotation(kind=kind, algorithm=algorithm, grace=grace)
        async with self.conn.transaction():
            await rotate(self.conn, "trial", wanted, self.keyring, by="program:test", now=NOW)
        await self.snapshot.refresh(self.conn, NOW)

    def lets_in(self, secret: str, now: datetime) -> bool:
        renew(self.trial, self.snapshot, now)
        told = claims(
            RoomName("r-1"),
            {"id": "site-1"},
            app_id=self.config.app_id,
            xmpp_domain=self.config.xmpp_domain,
            now=now,
        )
        try:
            verify(sign(told, secret), self.config, now)
        except TokenRefused:
            return False
        return True


@pytest.fixture
async def stage(conn, keyring, settings, tmp_path: Path):
    trial = await make_trial(conn, keyring, settings)
    snapshot = Snapshot(tmp_path, keyring)
    await snapshot.refresh(conn, NOW)
    return Stage(conn, keyring, trial, snapshot)


@pytest.mark.parametrize("algorithm", list(Algorithm))
async def test_the_trial_bridge_takes_both_token_secrets_and_then_only_the_new_one(
    stage: Stage, algorithm: Algorithm
):
    old = (await stage.secrets()).jwt
    await stage.rotate(SecretKind.JWT, algorithm)
    new = (await stage.secrets()).jwt

    assert (stage.lets_in(old, NOW), stage.lets_in(new, NOW)) == (True, True)
    assert (stage.lets_in(old, END), stage.lets_in(new, END)) == (False, True)


@pytest.mark.parametrize("grace", [GRACE, timedelta(seconds=1), timedelta(0)])
@pytest.mark.parametrize("kind", [SecretKind.RESERVATION, SecretKind.EVENT])
async def test_what_the_trial_bridge_presents_is_good_before_and_after_the_end(
    stage: Stage, kind: SecretKind, grace: timedelta
):
    await stage.rotate(kind, grace=grace)
    secrets, end, shown = await stage.secrets(), NOW + grace, ""
    for now in (NOW, end - SWITCH_BEFORE, end - timedelta(seconds=1), end, end + GRACE):
        renew(stage.trial, stage.snapshot, now)
        config = stage.trial.app[BRIDGE].sender.config
        shown = config.event_secret if kind is SecretKind.EVENT else config.reservation_secret
        assert is_bearer(f"Bearer {shown}", secrets, kind, now)

    assert shown == secrets.present(kind)


async def test_our_tokens_enter_the_trial_bridge_at_every_moment_of_a_rotation(stage: Stage):
    await stage.rotate(SecretKind.JWT)
    secrets = await stage.secrets()

    for now in (NOW, END - timedelta(seconds=1), END, END + GRACE):
        assert stage.lets_in(signing(secrets, now), now)


async def test_a_bridge_that_nobody_told_of_keeps_its_secrets(stage: Stage, tmp_path: Path):
    before = stage.config

    renew(stage.trial, Snapshot(tmp_path / "empty", stage.keyring), NOW)

    assert stage.config == before
