"""People of the directory service brought among ours: read, compared, written."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from meetings.directory.duties import is_mail_address
from meetings.directory.finding import list_units
from meetings.model import Grant, Unit, UnitId
from meetings.people.enrolling import carry_out
from meetings.people.plan import Entry, Plan, plan_people
from meetings.store import Connection
from meetings.store.enrolment import lock_known
from web.ldap.asking import read_people
from web.ldap.model import Found, GroupRole, Service
from web.store.sessions import delete_sessions_of

ACTOR = "program:ldap"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,199}")
LONGEST_NAME = 200


class UnknownUnits(Exception):
    """The map of groups names units that are not there today."""

    def __init__(self, codes: Collection[str]) -> None:
        super().__init__(", ".join(sorted(codes)))
        self.codes = frozenset(codes)


class NoUnits(Exception):
    """There is no unit yet to which anybody could belong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What was or would be done; `odd` are logins that cannot be ours."""

    plan: Plan
    odd: tuple[str, ...] = ()
    done: bool = False
    units: Mapping[UnitId, Unit] = field(default_factory=dict)


async def join(
    conn: Connection,
    service: Service,
    *,
    on: date,
    adopt: Collection[str] = (),
    dry: bool = False,
    many_gone: bool = False,
) -> Joined:
    """Bring our people in line with the service, in the caller's transaction.

    Nothing is done where it is dry, or where more would vanish than stay and `many_gone` does
    not say that this is right.

    Raises:
        ServiceDown, ServiceRefuses: the service says nothing; nothing is touched.
        UnknownUnits: the map names units that are not there.
        NoUnits: there is none at all.
    """
    people = await asyncio.to_thread(read_people, service)
    units = await list_units(conn, on=on)
    root = next((unit.id for unit in units if unit.parent_id is None), None)
    if root is None:
        raise NoUnits
    grants = grants_of(service.groups, {unit.code: unit for unit in units})
    entries, odd = entries_of(people, grants)
    known = await lock_known(conn)
    plan = plan_people(known, entries, adopt=adopt, grants_too=bool(service.groups))
    joined = {unit.id: unit for unit in units}
    if dry or (plan.is_doubtful and not many_gone):
        return Joined(plan=plan, odd=odd, units=joined)
    await carry_out(conn, plan, units=joined, root=root, by=ACTOR)
    for one in plan.gone:
        await delete_sessions_of(conn, one.person.id)
    return Joined(plan=plan, odd=odd, done=True, units=joined)


def grants_of(
    groups: Iterable[GroupRole], units: Mapping[str, Unit]
) -> Mapping[str, frozenset[Grant]]:
    """Return what each group gives.

    Raises:
        UnknownUnits: with every code that no unit carries.
    """
    wanted = list(groups)
    if missing := {one.unit for one in wanted} - set(units):
        raise UnknownUnits(missing)
    found: dict[str, frozenset[Grant]] = {}
    for one in wanted:
        given = Grant(role=one.role, unit=units[one.unit].id)
        found[one.group] = found.get(one.group, frozenset()) | {given}
    return found


def entries_of(
    people: Iterable[Found], grants: Mapping[str, frozenset[Grant]]
) -> tuple[list[Entry], tuple[str, ...]]:
    """Return people as the plan compares them, and the logins that cannot be ours."""
    entries, odd = [], []
    for one in people:
        if not LOGIN.fullmatch(one.login):
            odd.append(one.login)
            continue
        entries.append(
            Entry(
                key=one.key,
                login=one.login,
                name=" ".join(one.name.split())[:LONGEST_NAME] or one.login,
                email=one.email if is_mail_address(one.email) else "",
                grants=frozenset().union(*(grants[group] for group in one.groups)),
            )
        )
    return entries, tuple(sorted(odd))
