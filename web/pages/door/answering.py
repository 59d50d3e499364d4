"""The answer that stands above the halls: one sentence before, during and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetings.model import Conference, State
from meetings.rules import UNPROMISED
from web.pages.conference.attending import DONE, PRESENT, Hall, Standing
from web.wording.speech import Speech

NAMES_IN_ANSWER = 4


def answer(conference: Conference, found: Sequence[Hall], speech: Speech, *, now: datetime) -> str:
    """Return the page's answer as one sentence."""
    if conference.state is State.CANCELLED:
        return speech.tell("The conference is cancelled.")
    if conference.state is State.REFUSED:
        return speech.tell("The conference was not approved.")
    if conference.state in UNPROMISED:
        return speech.tell("The conference is not booked yet.")
    if conference.state in DONE:
        return answer_afterwards(found, speech)
    if now < conference.period.start:
        return answer_before(conference, found, speech, now=now)
    return answer_during(found, speech)


def answer_before(
    conference: Conference, found: Sequence[Hall], speech: Speech, *, now: datetime
) -> str:
    """Say how long it is, and which halls cannot be reached."""
    length = speech.length(conference.period.start - now)
    cut = [hall.site.label for hall in found if hall.standing is Standing.CUT]
    if not cut:
        return speech.tell(
            "Begins in %(length)s; no hall is known to be out of reach.", length=length
        )
    return speech.tell_many(
        "Begins in %(length)s; %(n)s hall is out of reach: %(names)s.",
        "Begins in %(length)s; %(n)s halls are out of reach: %(names)s.",
        len(cut),
        length=length,
        names=speech.listing(cut, most=NAMES_IN_ANSWER),
    )


def answer_during(found: Sequence[Hall], speech: Speech) -> str:
    """Say who is not here."""
    away = [hall for hall in found if hall.standing not in {Standing.IN, Standing.LATE}]
    if not away:
        return speech.tell_many("The hall is here.", "All %(n)s halls are here.", len(found))
    ordered = sorted(away, key=lambda hall: list(Standing).index(hall.standing))
    return speech.tell_many(
        "%(n)s hall is not here: %(names)s.",
        "%(n)s halls are not here: %(names)s.",
        len(away),
        names=speech.listing((hall.site.label for hall in ordered), most=NAMES_IN_ANSWER),
    )


def answer_afterwards(found: Sequence[Hall], speech: Speech) -> str:
    """Say how many took part, and for how many we cannot say."""
    here = sum(hall.standing in PRESENT for hall in found)
    text = speech.tell_many(
        "%(here)s of %(n)s hall took part.",
        "%(here)s of %(n)s halls took part.",
        len(found),
        here=here,
    )
    unknown = sum(hall.standing is Standing.UNKNOWN for hall in found)
    if not unknown:
        return text
    more = speech.tell_many("For %(n)s it is not known.", "For %(n)s it is not known.", unknown)
    return f"{text} {more}"
