"""Who asks: a person with a session, a program with a token, or a stranger."""

from __future__ import annotations

from dataclasses import dataclass, field

from meetings.audit import Lent
from meetings.model import Grant, PersonId, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody known; `name` is what the audit writes: "person:12" or "token:robot".

    What others lent a deputy is among the grants; `lent` tells whose it is.  `tops` are the units
    of the grants that nothing stands above.
    """

    name: str
    label: str
    grants: frozenset[Grant]
    lent: tuple[Lent, ...] = ()
    tops: frozenset[UnitId] = frozenset()
    person: PersonId | None = None
    locale: str = ""
    session: bytes = field(default=b"", repr=False)

    @property
    def is_person(self) -> bool:
        """Tell whether a browser session stands behind the request (so CSRF matters)."""
        return self.person is not None
