"""What speaks against a booking without forbidding it: told once before it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from meetings.model import Conference
from meetings.reasons import Reason
from meetings.store import Connection
from web.explaining import sentence
from web.naming import read_names
from web.pages.reading import Reader

ACCEPTED = "accepted"
"""The field that says which warnings were read; other ones are asked about again."""


class Warned(Exception):  # a question, no error
    """Nothing is done until somebody has read these."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(len(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The warnings in sentences, and the digest that accepts them."""

    sentences: Sequence[str]
    digest: str


def digest_of(reasons: Sequence[Reason]) -> str:
    """Return what names exactly these reasons; their order does not matter."""
    lines = sorted(
        repr(
            (
                one.rule.value,
                one.period.start.isoformat(),
                one.period.end.isoformat(),
                sorted((subject.kind.value, subject.id) for subject in one.subjects),
                one.holder and (one.holder.kind.value, one.holder.id),
            )
        )
        for one in reasons
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def require_read(conference: Conference, accepted: str) -> None:
    """Let a conference stand if nothing speaks against it, or what does was read.

    Raises:
        Warned: something else speaks against it; the transaction is to be rolled back.
    """
    if conference.warnings and digest_of(conference.warnings) != accepted:
        raise Warned(conference.warnings)


async def question_of(conn: Connection, reader: Reader, warned: Warned) -> Question:
    """Return the warnings as the reader may know them."""
    names = await read_names(conn, reader.actor, warned.reasons)
    return Question(
        sentences=[sentence(one, names, reader.speech) for one in warned.reasons],
        digest=digest_of(warned.reasons),
    )
