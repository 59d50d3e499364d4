"""Use cases of accounts: signing in, the first password, tokens for programs."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from meetings import audit
from meetings.model import Grant, PersonId
from meetings.store import Connection
from web.access import throttling
from web.access.passwords import Passwords, check_strength
from web.access.sessions import begin_session, digest, new_secret
from web.database import Pool, connection, transaction
from web.errors import BadCredentials, DirectoryDown, LinkUsed, LinkVoid, TooManyTries
from web.store import credentials, one_time, sessions, throttles, tokens
from web.store.credentials import Credentials

if TYPE_CHECKING:
    from web.ldap.proving import Prover  # slow to import, and only needed where it is set

log = structlog.get_logger(__name__)

BY_LOGIN = throttling.Policy(
    free=5,
    first=timedelta(seconds=1),
    longest=timedelta(minutes=15),
    memory=timedelta(hours=1),
)
BY_ADDRESS = throttling.Policy(
    free=10,
    first=timedelta(minutes=1),
    longest=timedelta(minutes=1),
    memory=timedelta(minutes=1),
)

LINK_AGE = timedelta(hours=24)
TOKEN_AGE = timedelta(days=365)
LONGEST_LOGIN = 200


async def sign_in(
    pool: Pool,
    passwords: Passwords,
    login: str,
    password: str,
    *,
    address: str,
    now: datetime,
    prover: Prover | None = None,
) -> str:
    """Check a password and open a session; return its secret.

    No connection is held while the password is hashed or the directory service is asked.

    Raises:
        BadCredentials: wrong, whichever part of it.
        DirectoryDown: the directory service does not say; the try does not count.
        TooManyTries: too many failures of this login from this address, or from the address.
        TooBusy: too many people sign in at this moment.
    """
    login = login.strip().lower()[:LONGEST_LOGIN]
    async with transaction(pool) as conn:
        await count_tries(conn, login, address, now)
    async with connection(pool) as conn:
        found = await credentials.find_credentials(conn, login)
    try:
        person, rehash = await prove(found, login, password, passwords=passwords, prover=prover)
    except DirectoryDown:
        async with transaction(pool) as conn:
            await return_tries(conn, login, address)
        raise
    except BadCredentials:
        log.warning("sign-in refused", address=address)
        raise
    async with transaction(pool) as conn:
        await forgive(conn, login, address)
        if rehash:
            await credentials.save_password(conn, person, rehash)
        secret = await begin_session(conn, person, now)
    log.info("signed in", person=person, address=address)
    return secret


async def prove(
    found: Credentials | None,
    login: str,
    password: str,
    *,
    passwords: Passwords,
    prover: Prover | None,
) -> tuple[PersonId, str]:
    """Return who signs in, with a new hash where the old one is outdated.

    Whoever is bound to the directory service is asked about there, and a password of ours that
    they may have had is as good as none.

    Raises:
        BadCredentials, DirectoryDown, TooBusy: as `sign_in`.
    """
    if found is not None and found.directory_key and prover is not None:
        if not await prover.is_right(login, found.directory_key, password):
            raise BadCredentials
        return found.person, ""
    known = found.password_hash if found else None
    if not await passwords.matches(known, password) or found is None or known is None:
        raise BadCredentials
    return found.person, await passwords.hash(password) if passwords.is_outdated(known) else ""


async def count_tries(conn: Connection, login: str, address: str, now: datetime) -> None:
    """Count this try for the address and for the login from this address.

    By login *and* address: a stranger elsewhere must not be able to lock somebody out.

    Raises:
        TooManyTries: with the time to wait.
    """
    wait = max(
        await count_try(conn, f"address:{address}", BY_ADDRESS, now),
        await count_try(conn, f"login:{login}@{address}", BY_LOGIN, now),
    )
    if wait:
        log.warning("sign-in throttled", address=address)
        raise TooManyTries(wait)


async def count_try(
    conn: Connection, key: str, policy: throttling.Policy, now: datetime
) -> timedelta:
    """Count a try; return how long to wait instead of making it."""
    tries, wait = throttling.judge(await throttles.lock_tries(conn, key, now), policy, now)
    await throttles.save_tries(conn, key, tries)
    return wait


async def forgive(conn: Connection, login: str, address: str) -> None:
    """Forget the tries that led to the right password."""
    await throttles.forget_tries(conn, f"login:{login}@{address}")
    await throttles.return_try(conn, f"address:{address}")


async def return_tries(conn: Connection, login: str, address: str) -> None:
    """Let a try not count that nobody could judge."""
    await throttles.return_try(conn, f"login:{login}@{address}")
    await throttles.return_try(conn, f"address:{address}")


async def sign_out(conn: Connection, session: bytes) -> None:
    """Close the session everywhere at once."""
    await sessions.delete_session(conn, session)


async def make_one_time_link(conn: Connection, person: PersonId, *, by: str, now: datetime) -> str:
    """Return the secret of a new link by which a person chooses a password; older ones end."""
    secret = new_secret()
    await one_time.spoil_links(conn, person, now)
    await one_time.insert_link(conn, digest(secret), person, now + LINK_AGE)
    await audit.record(conn, actor=by, action="person.invite", subject=f"person:{person}")
    return secret


async def see_link(conn: Connection, secret: str, now: datetime) -> one_time.Invited:
    """Return whom the link is for; mail scanners that look do not use it up.

    Raises:
        LinkUsed: it is unknown, used or too old.
        LinkVoid: what its person may do has changed since it was made.
    """
    invited = await one_time.find_invited(conn, digest(secret), now)
    if invited is None:
        raise LinkUsed
    if invited.void:
        raise LinkVoid(invited.person)
    return invited


async def choose_password(
    pool: Pool, passwords: Passwords, secret: str, password: str, *, now: datetime
) -> str:
    """Use the link up, store the password, close old sessions; return a new session's secret.

    Raises:
        LinkUsed: it is unknown, used or too old.
        LinkVoid: what its person may do has changed since it was made; that it was tried is kept.
        WeakPassword: the link stays good for a better one.
    """
    try:
        return await use_link(pool, passwords, secret, password, now=now)
    except LinkVoid as error:
        async with transaction(pool) as conn:
            subject = f"person:{error.person}"
            await audit.record(
                conn, actor="program:sign-in", action="person.void-link", subject=subject
            )
        raise


async def use_link(
    pool: Pool, passwords: Passwords, secret: str, password: str, *, now: datetime
) -> str:
    """Do as `choose_password`; while the password is hashed no connection is held."""
    async with connection(pool) as conn:
        invited = await see_link(conn, secret, now)
    check_strength(password, login=invited.login)
    password_hash = await passwords.hash(password)
    async with transaction(pool) as conn:
        await see_link(conn, secret, now)
        if not await one_time.use_link(conn, digest(secret), now):
            raise LinkUsed
        await credentials.save_password(conn, invited.person, password_hash)
        await sessions.delete_sessions_of(conn, invited.person)
        name = f"person:{invited.person}"
        await audit.record(conn, actor=name, action="person.password", subject=name)
        return await begin_session(conn, invited.person, now)


async def make_token(conn: Connection, name: str, grant: Grant, *, by: str, now: datetime) -> str:
    """Return a new bearer token; the former of the same name stops being good."""
    secret = f"dcm_{secrets.token_urlsafe(32)}"
    await tokens.save_token(conn, name, digest(secret), grant, now=now, expires_at=now + TOKEN_AGE)
    await audit.record(
        conn,
        actor=by,
        action="token.make",
        subject=f"token:{name}",
        unit=grant.unit,
        detail={"role": grant.role.value},
    )
    return secret


async def revoke_token(conn: Connection, name: str, *, by: str, now: datetime) -> bool:
    """Stop a token; tell whether there was one."""
    unit = await tokens.revoke_token(conn, name, now)
    if unit is None:
        return False
    await audit.record(conn, actor=by, action="token.revoke", subject=f"token:{name}", unit=unit)
    return True
