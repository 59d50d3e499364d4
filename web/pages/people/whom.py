"""Choosing a person in a form: a search in the form itself narrows who is offered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from meetings.approval.handovers import BOOKERS, may_own
from meetings.model import Person, PersonId, Unit, UnitId
from meetings.people.grants import list_people, people_by_ids
from meetings.store import Connection
from web.input.typed import number_or_text
from web.pages.reading import LONGEST_SEARCH, Texts
from web.wording.speech import Speech

MOST = 50
SOUGHT = "sought"
"""The field that somebody searches in."""
SHOWN = "shown"
"""The search of which the form shows what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Who is offered; `shown` is no longer empty once somebody searched, `words` say of what."""

    choices: Sequence[tuple[str, str]]
    shown: str
    words: str


def sought_in(form: Texts) -> str:
    """Return whom somebody looks for."""
    return form.get(SOUGHT).replace("\0", "").strip()[:LONGEST_SEARCH]


def is_search(form: Texts) -> bool:
    """Tell whether a form was sent to look for somebody: by its button, or by another search.

    So Enter in the field searches, whichever button is the form's first.
    """
    return "edit" in form or sought_in(form) != form.get(SHOWN)


async def people_to_choose(
    conn: Connection,
    speech: Speech,
    *,
    sought: str,
    chosen: Collection[str],
    units: Collection[UnitId] | None = None,
    books_for: Unit | None = None,
    besides: PersonId | None = None,
) -> Whom:
    """Return who may sign in and matches, and besides them who is chosen already.

    With `books_for` nobody is offered who does not book for that unit.
    """
    found = await list_people(
        conn,
        units=units,
        q=sought,
        active=True,
        roles=BOOKERS if books_for else None,
        over=books_for.path if books_for else (),
        limit=MOST + 2,
    )
    matching = [one for one in found if one.id != besides]
    offered = matching[:MOST]
    ids = {PersonId(one) for one in map(number_or_text, chosen) if isinstance(one, int)}
    others = await people_by_ids(conn, ids - {one.id for one in offered})
    kept = [one for one in others.values() if not books_for or may_own(one, books_for.path)]
    return Whom(
        choices=[(str(one.id), one.name) for one in [*kept, *offered]],
        shown=sought,
        words=words_of(matching, sought, speech),
    )


def words_of(matching: Sequence[Person], sought: str, speech: Speech) -> str:
    """Say how many of those who match are offered; nothing where all of them are, unsearched."""
    if len(matching) > MOST:
        return speech.tell("Only the first %(n)s by name are offered: search", n=MOST)
    if not sought:
        return ""
    return (
        speech.tell_many("%(n)s person found", "%(n)s people found", len(matching))
        if matching
        else speech.tell("Nobody of that name.")
    )
