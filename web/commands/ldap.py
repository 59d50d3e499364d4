"""`diemcau ldap`: bring people in line with the directory service."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import asyncpg

from meetings.errors import LoginTaken
from meetings.model import Grant, Unit, UnitId
from meetings.office.workdays import local_day
from meetings.people.plan import Change, Clash, ClashKind
from web import logs
from web.commanding import take_language, words_for
from web.embedded import EmbeddedError
from web.i18n import N_, Catalogue
from web.ldap.joining import Joined, NoUnits, UnknownUnits, join
from web.ldap.model import LdapError, Service
from web.migrations import MigrationError
from web.settings import Settings
from web.stores import visited_transaction

FAILURES = (LdapError, EmbeddedError, MigrationError, LoginTaken, asyncpg.PostgresError, OSError)

# Exit codes.  Source: sysexits.h
DATA, UNAVAILABLE, CONFIG = 65, 69, 78

CLASHES: Mapping[ClashKind, str] = MappingProxyType(
    {
        ClashKind.TWICE: N_("two entries have this login"),
        ClashKind.LOCAL: N_("a local person has this login (--adopt %(login)s binds them)"),
        ClashKind.OTHER: N_("the person of this login is bound to another entry"),
        ClashKind.LAST_ADMIN: N_("the last local administrator stays local"),
    }
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Take what to do."""
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and stop")
    parser.add_argument(
        "--adopt",
        metavar="LOGIN",
        action="append",
        default=[],
        help="bind this local person to the entry of the same login; may be repeated",
    )
    parser.add_argument(
        "--many-gone", action="store_true", help="go on though more people vanish than stay"
    )
    take_language(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print who came, changed and went."""
    settings.require_store()
    logs.configure("error")
    words = words_for(args, settings)
    if settings.ldap is None:
        return complain(CONFIG, words.gettext("No directory service is set (DIEMCAU_LDAP_URL)."))
    try:
        joined = asyncio.run(visit(args, settings, settings.ldap))
    except NoUnits:
        said = words.gettext("There are no units yet: bring them in first (diemcau import).")
        return complain(CONFIG, said)
    except UnknownUnits as error:
        said = words.gettext("DIEMCAU_LDAP_GROUPS names units that are not there: %(codes)s")
        return complain(CONFIG, said % {"codes": error})
    except FAILURES as error:
        return complain(UNAVAILABLE, str(error))
    for line in lines_of(joined, words):
        print(line)
    if joined.done or args.dry_run:
        return 0
    said = words.gettext(
        "Nothing was done: more people would vanish than stay. Look at base, filter and groups;"
        " if it is right, say --many-gone."
    )
    return complain(DATA, said)


def complain(status: int, line: str) -> int:
    """Say why not; return the exit code."""
    print(f"diemcau: {line}", file=sys.stderr)
    return status


async def visit(args: argparse.Namespace, settings: Settings, service: Service) -> Joined:
    """Compare and write in one transaction."""
    async with visited_transaction(settings) as conn:
        return await join(
            conn,
            service,
            on=local_day(datetime.now(UTC)),
            adopt=[login.strip().lower() for login in args.adopt],
            dry=args.dry_run,
            many_gone=args.many_gone,
        )


def lines_of(joined: Joined, words: Catalogue) -> Iterator[str]:
    """Yield the difference a person a line, then how much there was of each."""
    plan = joined.plan
    for entry in plan.added:
        yield f"+ {entry.login} {entry.name}{roles(entry.grants, joined.units)}"
    for change in plan.changed:
        yield f"~ {change_words(change, joined.units)}"
    for one in plan.gone:
        yield f"- {one.person.login} {one.person.name}"
    for clash in plan.clashes:
        yield f"! {clash_words(clash, words)}"
    odd = words.gettext("this cannot be a login here")
    for login in joined.odd:
        yield f"! {login!r}: {odd}"
    counted = words.gettext(
        "%(added)s added, %(changed)s changed, %(gone)s signed out for good, %(same)s unchanged,"
        " %(left)s passed over"
    )
    yield counted % {
        "added": len(plan.added),
        "changed": len(plan.changed),
        "gone": len(plan.gone),
        "same": plan.same,
        "left": len(plan.clashes) + len(joined.odd),
    }
    if not joined.done:
        yield words.gettext("Nothing was written.")


def change_words(change: Change, units: Mapping[UnitId, Unit]) -> str:
    """Return one person's change."""
    before, after = change.before.person, change.after.person
    parts = [
        f"{name}: {getattr(before, name)} → {getattr(after, name)}"
        for name in change.fields
        if name not in {"key", "grants"}
    ]
    if "grants" in change.fields:
        parts.append(f"roles:{roles(before.grants, units)} →{roles(after.grants, units)}")
    if change.adopted:
        parts.append("adopted")
    return f"{after.login} {after.name} ({', '.join(parts)})"


def roles(grants: frozenset[Grant], units: Mapping[UnitId, Unit]) -> str:
    """Return roles as the map of groups writes them."""
    codes = {one: units[one.unit].code if one.unit in units else str(one.unit) for one in grants}
    return "".join(f" {text}" for text in sorted(f"{one.role}@{codes[one]}" for one in grants))


def clash_words(clash: Clash, words: Catalogue) -> str:
    """Say why an entry is passed over."""
    login = clash.entry.login
    return f"{login}: {words.gettext(CLASHES[clash.kind]) % {'login': login}}"
