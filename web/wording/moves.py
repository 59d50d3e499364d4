"""Why a conference cannot be changed so: the state it is in, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import web

from meetings.errors import IllegalMove, MeetingsError
from meetings.model import State
from web.i18n import N_, translate
from web.wording.sentences import say

WAYS_OUT: Mapping[State, str] = MappingProxyType(
    {
        State.DRAFT: N_("It is a draft: change it, send it off or cancel it."),
        State.REQUESTED: N_(
            "It waits for approval: change it, take the request back or cancel it."
        ),
        State.CONFIRMED: N_("It is booked: change it or cancel it before it begins."),
        State.LIVE: N_(
            "It is in session: only its end and its words may change and halls may join."
            " End it to free its halls."
        ),
        State.ENDED: N_("It has ended: to meet again, book it again from its page."),
        State.CLOSED: N_("It is signed off: to meet again, book it again from its page."),
        State.REFUSED: N_(
            "It was refused: book it again from its page, at another time or with other halls."
        ),
        State.CANCELLED: N_("It is cancelled: to hold it after all, book it again from its page."),
    }
)
"""What is said of each state to who wanted to change it otherwise."""


async def tell_move(request: web.Request, error: IllegalMove) -> dict[str, Any]:
    """Name the state for programs, and say it with the way out for people."""
    return {"detail": translate(request, WAYS_OUT[error.state]), "state": error.state.value}


def say_fact(request: web.Request, error: MeetingsError) -> str:
    """Return the words of a fact beside a field, with the state and the way out where one is."""
    words = say(request, error.code)
    if isinstance(error, IllegalMove):
        return f"{words} {translate(request, WAYS_OUT[error.state])}"
    return words
