"""What the program tells the trial bridge about itself, and how patient the bridge is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long the bridge waits; the defaults are Prosody's, measured on the wire."""

    reservation_timeout: timedelta = timedelta(seconds=20)
    reservation_retry: timedelta = timedelta(seconds=3)
    event_timeout: timedelta = timedelta(seconds=20)
    event_retry: timedelta = timedelta(seconds=1)
    tries: int = 4
    refusal_remembered: timedelta = timedelta(seconds=30)
    empty_room: timedelta = timedelta(seconds=15)
    sweep: timedelta = timedelta(seconds=60)
    heartbeat: timedelta = timedelta(seconds=10)
    first_message: timedelta = timedelta(seconds=10)
    stop: timedelta = timedelta(seconds=3)


def utc_now() -> datetime:
    """Return the moment, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialConfig:
    """Where the bridge lives, whom it asks and tells, and its limits."""

    public_url: str
    reservation_prefix: str
    event_prefix: str
    app_id: str
    reservation_secret: str = field(repr=False)
    event_secret: str = field(repr=False)
    jwt_secret: str = field(repr=False)
    jwt_former: str = field(default="", repr=False)
    """The token secret before, while it is still good; "" when there is none."""
    name: str = "trial"
    audience: str = "jitsi"
    commander: str = "diemcau"
    """Whose tokens end rooms and send people out."""
    xmpp_domain: str = "trial.diemcau"
    muc_domain: str = "conference.trial.diemcau"
    media_limit: int = 8
    seats: int = 500
    ice_servers: tuple[str, ...] = ()
    timing: Timing = Timing()
    clock: Callable[[], datetime] = utc_now

    @property
    def jwt_secrets(self) -> tuple[str, ...]:
        """The secrets of tokens that are let in, the present one first."""
        return (self.jwt_secret, self.jwt_former) if self.jwt_former else (self.jwt_secret,)

    @property
    def base_path(self) -> str:
        """The path part of the public address, without a slash at its end."""
        return urlsplit(self.public_url).path.rstrip("/")
