"""The words of a door that is not open: what is the matter, and what the hall does now."""

from __future__ import annotations

from dataclasses import dataclass

from bridges.entry.passes import Entrance, Pass
from web.formats import clock_time, long_date
from web.wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A large line, and the one thing to do."""

    status: str
    todo: str


def closed_words(entrance: Entrance, found: Pass | None, speech: Speech) -> Words:
    """Return the words of a door, by why it is not open."""
    match entrance:
        case Entrance.TOO_EARLY:
            return early(found, speech)
        case Entrance.TOO_LATE:
            return Words(
                status=speech.tell("The conference is over"),
                todo=speech.tell("There is nothing more to do. Thank you for taking part."),
            )
        case Entrance.CANCELLED:
            return cancelled(found, speech)
        case Entrance.REVOKED:
            return Words(
                status=speech.tell("This link was taken back"),
                todo=speech.tell("Ask the host of the conference for the new link."),
            )
        case Entrance.UNKNOWN:
            return Words(
                status=speech.tell("This link is not known"),
                todo=speech.tell(
                    "Perhaps a letter is missing. Open the link in the message again,"
                    " or scan the QR code."
                ),
            )
        case Entrance.OPEN:
            return Words(
                status=speech.tell("The bridge is not ready"),
                todo=speech.tell("Please wait a minute and open the link again."),
            )


def early(found: Pass | None, speech: Speech) -> Words:
    """Say when the room opens."""
    status = speech.tell("The room is not open yet")
    if found is None:
        return Words(status=status, todo="")
    opens = found.occasion.opens_at
    todo = speech.tell(
        "The room opens at %(at)s, %(day)s. This page opens it by itself; please leave it open.",
        at=clock_time(opens),
        day=long_date(opens, speech.locale),
    )
    return Words(status=status, todo=todo)


def cancelled(found: Pass | None, speech: Speech) -> Words:
    """Say why the conference was cancelled."""
    reason = found.occasion.cancel_reason if found else ""
    todo = speech.tell("Reason: %(reason)s", reason=reason) if reason else ""
    return Words(status=speech.tell("The conference is cancelled"), todo=todo)
