"""Who did something, in words: a person by name, a program as the program it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meetings.model import Person, PersonId
from meetings.rules import owner_in
from web.i18n import N_
from web.pages.reading import Reader

ACTORS: Mapping[str, str] = MappingProxyType(
    {
        "token": N_("the program %(name)s, by its token"),
        "link": N_("hall link %(name)s"),
        "program": N_("the program (%(name)s)"),
        "bridge": N_("the bridge %(name)s"),
    }
)
"""How each kind of name that the audit writes is read."""


def actor_words(actor: str, people: Mapping[PersonId, Person], reader: Reader) -> str:
    """Return who it was, in words; the reader and people who are known are named by name."""
    who = actor.partition(" ")[0]
    kind, _, name = who.partition(":")
    if person := owner_in(who):
        if person == reader.actor.person:
            return reader.actor.label
        return people[person].name if person in people else actor
    return reader.speech.tell(ACTORS[kind], name=name) if kind in ACTORS and name else actor
