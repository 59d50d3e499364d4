"""Who asks: a person with a session, a program with a token, or a stranger."""

from __future__ import annotations

from dataclasses import dataclass, field

from meetings.model import Grant, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody known; `name` is what the audit writes: "person:12" or "token:robot"."""

    name: str
    label: str
    grants: frozenset[Grant]
    person: PersonId | None = None
    locale: str = ""
    session: bytes = field(default=b"", repr=False)

    @property
    def is_person(self) -> bool:
        """Tell whether a browser session stands behind the request (so CSRF matters)."""
        return self.person is not None
