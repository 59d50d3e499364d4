"""What must have been done with the database before anything is served from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from web import first_start
from web.database import open_pool, transaction
from web.keyring.key_file import load_or_create
from web.keyring.keyring import Keyring
from web.rooms.trial_bridge import Trial, make_trial
from web.settings import Settings
from web.store import installation
from web.stores import Addresses, bring_up_to_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """With what the service serves; `link` is the administrator's one-time secret, or ""."""

    keyring: Keyring
    trial: Trial
    link: str


async def make_ready(settings: Settings, store: Addresses) -> Ready:
    """Migrate, and make the store usable; again after it failed anywhere."""
    await bring_up_to_date(store)
    keyring = await keys_of(settings, store)
    directory = settings.first_directory()
    async with open_pool(store.app_url, largest=1) as pool, transaction(pool) as conn:
        link = await first_start.prepare(conn, keyring, directory, datetime.now(UTC))
        trial = await make_trial(conn, keyring, settings)
    return Ready(keyring=keyring, trial=trial, link=link)


async def keys_of(settings: Settings, store: Addresses) -> Keyring:
    """Return the keys; a store that has seen none may be given new ones, no other may."""
    async with open_pool(store.app_url, largest=1) as pool, transaction(pool) as conn:
        known = await installation.lock_installation(conn)
        ring = load_or_create(settings.keys_file, may_create=settings.is_embedded or not known)
        return ring.at(datetime.now(UTC))
