"""What a directory service makes of our people, decided before anything is written.

A person who is mapped belongs to the service: name, address, roles and whether they may sign in
are what it says.  Whoever is local is left alone until somebody adopts them by their login.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from meetings.model import Grant, Person, Role

FEW = 3
"""So many may vanish at once without a question, however few people there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody in the directory service; `key` stays theirs when everything else changes."""

    key: str
    login: str
    name: str
    email: str = ""
    grants: frozenset[Grant] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person of ours; `key` is "" for those who are local."""

    person: Person
    key: str = ""

    @property
    def is_admin(self) -> bool:
        """Tell whether this is a local administrator who may sign in."""
        roles = {grant.role for grant in self.person.grants}
        return not self.key and self.person.active and Role.ADMIN in roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a person; `fields` names what differs, `adopted` whether they were local."""

    before: Known
    after: Known
    fields: tuple[str, ...]

    @property
    def adopted(self) -> bool:
        """Tell whether the person is bound to another entry than before, or to one at all."""
        return self.before.key != self.after.key


class ClashKind(StrEnum):
    """Why an entry is passed over."""

    TWICE = "login-twice"
    LOCAL = "login-local"
    OTHER = "login-other"
    LAST_ADMIN = "last-local-admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """An entry that is passed over, and why; its person, if there is one, stays as they are."""

    entry: Entry
    kind: ClashKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who comes, who changes, who may sign in no more, who is passed over."""

    added: tuple[Entry, ...] = ()
    changed: tuple[Change, ...] = ()
    gone: tuple[Known, ...] = ()
    clashes: tuple[Clash, ...] = ()
    same: int = 0

    @property
    def is_doubtful(self) -> bool:
        """Tell whether more people vanish than stay: a wrong base or filter looks like that."""
        stay = self.same + len(self.changed)
        return len(self.gone) > FEW and len(self.gone) > stay


def plan_people(
    known: Sequence[Known],
    entries: Iterable[Entry],
    *,
    adopt: Collection[str] = (),
    grants_too: bool = True,
) -> Plan:
    """Compare the service's people with ours.

    With `grants_too` the service gives the roles: an entry without any is as good as not there,
    and roles that were given by hand are replaced.  Without, they are kept as they are.
    """
    wanted = [one for one in entries if one.grants or not grants_too]
    by_key = {one.key: one for one in known if one.key}
    by_login = {one.person.login: one for one in known}
    times = Counter(one.login for one in wanted)
    spared, keys = spared_admins(known, adopt), {one.key for one in wanted}
    added, changed, clashes, same, met = [], [], [], 0, set()
    for entry in sorted(wanted, key=lambda one: (one.login, one.key)):
        before = by_key.get(entry.key) or by_login.get(entry.login)
        met.add(entry.key)
        kind = clash_of(entry, before, by_login, keys=keys, adopt=adopt, spared=spared)
        if times[entry.login] > 1:
            kind = ClashKind.TWICE
        if kind is not None:
            clashes.append(Clash(entry=entry, kind=kind))
        elif before is None:
            added.append(entry)
        elif change := change_of(before, entry, grants_too=grants_too):
            changed.append(change)
            met.add(before.key)
        else:
            same += 1
    gone = [one for key, one in by_key.items() if key not in met and one.person.active]
    return Plan(
        added=tuple(added),
        changed=tuple(changed),
        gone=tuple(sorted(gone, key=lambda one: one.person.login)),
        clashes=tuple(clashes),
        same=same,
    )


def spared_admins(known: Iterable[Known], adopt: Collection[str]) -> frozenset[str]:
    """Return the local administrators who must stay local, so that one can always sign in."""
    admins = {one.person.login for one in known if one.is_admin}
    return frozenset(admins) if admins and admins <= set(adopt) else frozenset()


def clash_of(
    entry: Entry,
    before: Known | None,
    by_login: Mapping[str, Known],
    *,
    keys: Collection[str],
    adopt: Collection[str],
    spared: Collection[str],
) -> ClashKind | None:
    """Return why an entry cannot have the person or the login, or None."""
    holder = by_login.get(entry.login)
    if before is not None and before.key == entry.key:
        return ClashKind.OTHER if holder not in {None, before} else None
    if before is None:
        return None
    if before.key in keys or entry.login not in adopt:
        return ClashKind.OTHER if before.key else ClashKind.LOCAL
    return ClashKind.LAST_ADMIN if entry.login in spared else None


def change_of(before: Known, entry: Entry, *, grants_too: bool) -> Change | None:
    """Return what an entry makes of its person, or None where it is so already."""
    person = replace(
        before.person,
        login=entry.login,
        name=entry.name,
        email=entry.email,
        active=True,
        grants=entry.grants if grants_too else before.person.grants,
    )
    after = Known(person=person, key=entry.key)
    names = ("login", "name", "email", "active", "grants")
    fields = [name for name in names if getattr(person, name) != getattr(before.person, name)]
    if before.key != entry.key:
        fields.append("key")
    return Change(before=before, after=after, fields=tuple(fields)) if fields else None
