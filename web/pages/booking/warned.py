"""What speaks against a booking without forbidding it: told once before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from meetings.model import Conference
from meetings.scheduling.reasons import Reason, digest_of
from meetings.store import Connection
from web.access.csrf import FIELD
from web.pages.reading import Reader, Texts, form_of, reader_of
from web.render import render
from web.transactions import connection
from web.wording.explaining import sentence
from web.wording.naming import read_names

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


NOTHING = Question(sentences=(), digest="")


def require_read(conference: Conference, accepted: str) -> None:
    """Let a conference stand if nothing speaks against it, or what does was read."""
    require_all_read(conference.warnings, accepted)


def require_all_read(reasons: Sequence[Reason], accepted: str) -> None:
    """Let what was done stand if nothing speaks against it, or what does was read.

    Raises:
        Warned: something else speaks against it; the transaction is to be rolled back.
    """
    if reasons and digest_of(reasons) != accepted:
        raise Warned(reasons)


async def question_of(conn: Connection, reader: Reader, warned: Warned) -> Question:
    """Return the warnings as the reader may know them."""
    return await asked_about(conn, reader, warned.reasons)


async def asked_about(conn: Connection, reader: Reader, reasons: Sequence[Reason]) -> Question:
    """Return what speaks against something, each sentence once, and what accepts exactly that."""
    names = await read_names(conn, reader.actor, reasons)
    told = dict.fromkeys(sentence(one, names, reader.speech) for one in reasons)
    return Question(sentences=list(told), digest=digest_of(reasons) if reasons else "")


def asking_page(
    request: web.Request, question: Question, form: Texts, *, back: str, approving: bool
) -> web.Response:
    """Return the page that asks before it is done: the same form again, with what was read."""
    fields = [
        (name, value)
        for name in dict.fromkeys(form.fields)
        if name not in {ACCEPTED, FIELD}
        for value in form.getall(name)
    ]
    return render(
        request,
        "warned.html",
        status=HTTPStatus.CONFLICT,
        question=question,
        fields=fields,
        action=request.path,
        back=back,
        approving=approving,
    )


async def ask_first(
    request: web.Request, warned: Warned, *, back: str, approving: bool = False
) -> web.Response:
    """Return the page that asks, in the reader's words."""
    reader = reader_of(request)
    async with connection(request) as conn:
        question = await question_of(conn, reader, warned)
    form = await form_of(request)
    return asking_page(request, question, form, back=back, approving=approving)
