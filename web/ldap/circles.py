"""Groups within groups: who is inside one of the map, however deep; decided without I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from web.ldap.entries import plain_dn
from web.ldap.model import ServiceRefuses

MOST_ASKED = 2000
"""Of how many entries at most it is asked whether they are groups; more is a wrong base."""

Members = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A group with all groups inside it, and everybody whom these name; names as compared."""

    groups: frozenset[str]
    members: Members

    def holds(self, dn: str, held: Members) -> bool:
        """Tell whether an entry is inside, by what the groups name or by what it says it is in."""
        return dn in self.members or not self.groups.isdisjoint(held)


class Walk:
    """Walks groups breadth-first; an entry is asked for once, however often it is named."""

    def __init__(
        self,
        people: Members,
        ask: Callable[[str], Members | None],
        *,
        may_be_group: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Take who is known for a person, and what gives the members of a group, None of others.

        Of what cannot be a group by its name it is not asked.
        """
        self.people = people
        self.ask = ask
        self.may_be_group = may_be_group
        self.known: dict[str, Members | None] = {}

    def members(self, dn: str) -> Members | None:
        """Return who is in an entry that is a group.

        Raises:
            ServiceRefuses: too many were asked for.
        """
        name = plain_dn(dn)
        if name not in self.known:
            if len(self.known) >= MOST_ASKED:
                raise ServiceRefuses(
                    f"more than {MOST_ASKED} members of groups are not found by the filter"
                )
            self.known[name] = self.ask(dn)
        return self.known[name]

    def circle(self, top: str) -> Circle:
        """Return the group with all groups inside it; one that is inside itself ends there.

        Raises:
            ServiceRefuses: there is no such group.
        """
        if self.members(top) is None:
            raise ServiceRefuses(f"there is no group {top}")
        groups, named = {plain_dn(top)}, set[str]()
        waiting = deque([top])
        while waiting:
            for dn in self.members(waiting.popleft()) or ():
                name = plain_dn(dn)
                if name in self.people or name in groups:
                    named.add(name)
                elif self.may_be_group(name) and self.members(dn) is not None:
                    groups.add(name)
                    waiting.append(dn)
        return Circle(groups=frozenset(groups), members=frozenset(named))
