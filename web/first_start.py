"""What must be there before anybody can sign in: directory, keys, an administrator."""

from __future__ import annotations

from datetime import datetime

import structlog

from meetings.audit import record
from meetings.directory.finding import load_directory
from meetings.names import sort_key
from meetings.store import Connection
from web.access.accounts import make_one_time_link
from web.keyring.keyring import Keyring
from web.store import installation
from web.store.credentials import is_any_password

log = structlog.get_logger(__name__)

ACTOR = "program:serve"
ADMIN_NAME = "Quản trị hệ thống"


class OtherKeys(Exception):
    """The links in the store were made with keys that are not in the key file."""

    code = "other-keys"

    def __init__(self, fingerprint: str) -> None:
        super().__init__(
            f"the links in the database were made with key {fingerprint}, which is not in the "
            "key file: bring that file back (DIEMCAU_KEYS_FILE)"
        )


async def prepare(conn: Connection, keyring: Keyring, directory: str, now: datetime) -> str:
    """Make the store usable; return the secret of a fresh administrator link, or "".

    The link is made whenever nobody at all has a password, so a lost link costs a restart.
    Everything happens in the caller's transaction, behind a lock: starts may coincide.

    Raises:
        OtherKeys: nothing sealed or linked could be read.
    """
    known = await installation.lock_installation(conn)
    await check_keys(conn, keyring, known)
    if directory and await installation.is_directory_empty(conn):
        await load_directory(conn, directory)
        log.info("directory loaded", directory=directory)
    return await welcome_admin(conn, now)


async def check_keys(conn: Connection, keyring: Keyring, known: str) -> None:
    """Remember the keys at the first start; refuse others later."""
    if known and not keyring.knows(known):
        raise OtherKeys(known)
    if known != keyring.fingerprint():
        await use_keys(conn, keyring)


async def use_keys(conn: Connection, keyring: Keyring) -> None:
    """Remember with which key things are made from now on."""
    fingerprint = keyring.fingerprint()
    await installation.save_fingerprint(conn, fingerprint)
    detail = {"fingerprint": fingerprint}
    await record(conn, actor=ACTOR, action="keys.use", subject="installation", detail=detail)


async def welcome_admin(conn: Connection, now: datetime) -> str:
    """Return the secret of a one-time link for the administrator while nobody has a password."""
    root = await installation.find_root(conn)
    if root is None:
        log.warning("no units, nobody can sign in: set DIEMCAU_DIRECTORY, or import, and restart")
        return ""
    if await is_any_password(conn):
        return ""
    admin = await installation.find_admin(conn) or await installation.insert_admin(
        conn, root.id, name=ADMIN_NAME, name_key=sort_key(ADMIN_NAME)
    )
    return await make_one_time_link(conn, admin, by=ACTOR, now=now)
