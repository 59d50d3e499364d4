"""What a question to a bridge brought: the reply on the wire, and the answer made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any


class Verdict(StrEnum):
    """How an answer is to be taken, the worst first; `unseen` cannot be judged from here."""

    BAD = "bad"
    NOTE = "note"
    UNSEEN = "unseen"
    WELL = "well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question (`asked`) and what it brought: a stable code with the values of its sentence."""

    asked: str
    code: str
    verdict: Verdict
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Tell whether nothing must be done."""
        return self.verdict is not Verdict.BAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came over the wire from an address; `failed` is why nothing came, status 0 then."""

    where: str = ""
    status: int = 0
    body: bytes = field(default=b"", repr=False)
    date: str = ""
    failed: str = ""

    @property
    def json(self) -> Any:
        """The body as JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def is_page(self) -> bool:
        """Whether the body is a page for people, which no part of a bridge answers us with."""
        return self.body.lstrip()[:1] == b"<"


def well(asked: str, code: str, **values: str | int) -> Answer:
    """Return a good answer."""
    return Answer(asked=asked, code=code, verdict=Verdict.WELL, values=values)


def bad(asked: str, code: str, **values: str | int) -> Answer:
    """Return an answer that somebody must do something about."""
    return Answer(asked=asked, code=code, verdict=Verdict.BAD, values=values)


def note(asked: str, code: str, **values: str | int) -> Answer:
    """Return an answer that somebody may want to look at."""
    return Answer(asked=asked, code=code, verdict=Verdict.NOTE, values=values)


def unseen(asked: str, code: str, **values: str | int) -> Answer:
    """Return an answer that tells nothing."""
    return Answer(asked=asked, code=code, verdict=Verdict.UNSEEN, values=values)


def silent(asked: str, reply: Reply) -> Answer:
    """Return why nothing came."""
    return bad(asked, reply.failed, where=reply.where)


def odd(asked: str, reply: Reply) -> Answer:
    """Return an answer that what should be there cannot have given."""
    if reply.status < HTTPStatus.BAD_REQUEST:
        return bad(asked, "nonsense", where=reply.where)
    return bad(asked, "http-status", where=reply.where, status=reply.status)


def by_trouble(answers: Iterable[Answer]) -> list[Answer]:
    """Return answers with what must be mended first."""
    worst = list(Verdict)
    return sorted(answers, key=lambda one: worst.index(one.verdict))
