"""What a question to a bridge brought: the reply on the wire, and the answer made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How an answer is to be taken; `unseen` cannot be judged from where we stand."""

    WELL = "well"
    UNSEEN = "unseen"
    NOTE = "note"
    BAD = "bad"


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
    """What came over the wire; `failed` is why nothing came, status 0 then."""

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
    return bad(asked, reply.failed)
