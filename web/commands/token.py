"""`diemcau token`: bearer tokens for programs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime

import asyncpg

from meetings.directory.finding import unit_by_code
from meetings.errors import UnitNotFound
from meetings.model import Grant, Role
from meetings.store import Connection
from web.access import accounts
from web.database import open_pool, transaction
from web.embedded import EmbeddedError
from web.formats import local_day, short_date
from web.settings import Settings
from web.store import tokens
from web.stores import visited_store

ACTOR = "program:token"
LONGEST_NAME = 100


class BadUse(Exception):
    """The arguments do not go together."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Take a name with role and unit, or --list, or --revoke."""
    parser.add_argument("name", nargs="?", help="who uses the token; the same name rotates it")
    parser.add_argument("--role", choices=[role.value for role in Role])
    parser.add_argument("--unit", help="official code of the unit it acts over; the province is 11")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--list", action="store_true", help="list all tokens, without secrets")
    action.add_argument("--revoke", action="store_true", help="stop the named token")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it; a new token is the only thing printed."""
    settings.require_store()
    try:
        lines = asyncio.run(answer(args, settings, datetime.now(UTC)))
    except (BadUse, UnitNotFound, EmbeddedError, asyncpg.PostgresError, OSError) as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return 1
    for line in lines:
        print(line)
    return 0


async def answer(args: argparse.Namespace, settings: Settings, now: datetime) -> list[str]:
    """Return the lines to print."""
    async with (
        visited_store(settings) as store,
        open_pool(store.app_url, largest=1) as pool,
        transaction(pool) as conn,
    ):
        if args.list:
            return await list_lines(conn, now)
        check_name(args.name)
        if args.revoke:
            return await revoke(conn, args.name, now)
        return [await make(conn, args, now)]


def check_name(name: str | None) -> None:
    """Refuse a name that could not be read in a log.

    Raises:
        BadUse: it is missing, too long or not printable.
    """
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadUse("a token needs a short, printable name")


async def make(conn: Connection, args: argparse.Namespace, now: datetime) -> str:
    """Return a new secret."""
    if not args.role or not args.unit:
        raise BadUse("a token needs --role and --unit")
    unit = await unit_by_code(conn, args.unit, local_day(now))
    grant = Grant(role=Role(args.role), unit=unit.id)
    return await accounts.make_token(conn, args.name, grant, by=ACTOR, now=now)


async def revoke(conn: Connection, name: str, now: datetime) -> list[str]:
    """Stop a token."""
    if not await accounts.revoke_token(conn, name, by=ACTOR, now=now):
        raise BadUse(f"there is no token {name} to revoke")
    return []


async def list_lines(conn: Connection, now: datetime) -> list[str]:
    """Return a line for each token: name, role, unit, until when."""
    return [
        f"{token.name}\t{token.role}\t{token.unit_code}\t{state_of(token, now)}"
        for token in await tokens.list_tokens(conn)
    ]


def state_of(token: tokens.Token, now: datetime) -> str:
    """Return what may be done with the token."""
    if token.revoked_at is not None:
        return f"revoked {short_date(token.revoked_at)}"
    if token.expires_at <= now:
        return f"expired {short_date(token.expires_at)}"
    return f"good until {short_date(token.expires_at)}"
