"""How polls look: their state, and each answer as colour, shape and word."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.content.polls import Answer, Poll, tally
from web.pages.looks import Chip
from web.wording import content_phrases
from web.wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One proposed period: its number for booking, and how many said what."""

    number: int
    when: str
    counts: tuple[Chip, ...]


def state_of(poll: Poll, speech: Speech) -> Chip:
    """Return where a poll stands."""
    if poll.conference:
        return Chip(state="ok", words=speech.tell("Booked"))
    if poll.closed:
        return Chip(state="dim", words=speech.tell("Closed"))
    return Chip(state="plan", words=speech.tell("Asking"))


def look(said: str, speech: Speech, count: int | None = None) -> Chip:
    """Return an answer, or how many gave it, as a chip."""
    state, words = content_phrases.POLL_LOOKS[said]
    told = speech.word(words)
    return Chip(
        state=state, words=told if count is None else f"{count} {told[:1].lower()}{told[1:]}"
    )


def choice(poll: Poll, at: int, speech: Speech) -> Choice:
    """Return one period with its tally."""
    counts = tally(poll)[at]
    silent = sum(not said for said in poll.answers.values())
    chips = [look(one.value, speech, counts[one]) for one in Answer if counts[one]]
    chips += [look("", speech, silent)] if silent else []
    return Choice(number=at + 1, when=speech.span(poll.periods[at]), counts=tuple(chips))
