"""Whose a token is, as far as its claims tell: they may be of any shape, who signed them aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bridges.jitsi.events import moment, text
from bridges.jitsi.names import read_room, read_user
from bridges.model import RoomName
from meetings.model import SiteId

OLDEST = datetime.fromtimestamp(0, UTC)
LARGEST_GENERATION = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A hall with a token: for which room, given when, for which generation of its link.

    One that does not tell when is older than all, and one that tells no generation is of none.
    """

    site: SiteId
    room: RoomName
    given_at: datetime
    generation: int


def holder_of(told: Mapping[str, Any]) -> Holder | None:
    """Return whose the claims are, None where they are no hall's."""
    context = told.get("context")
    user = context.get("user") if isinstance(context, dict) else None
    site = read_user(text(user, "id")) if isinstance(user, dict) else None
    if site is None:
        return None
    return Holder(
        site=site,
        room=read_room(text(told, "room")),
        given_at=moment(told, "iat") or OLDEST,
        generation=generation_of(told),
    )


def generation_of(told: Mapping[str, Any]) -> int:
    """Return for which generation of a link claims are, 0 where they do not tell."""
    value = told.get("generation")
    return value if isinstance(value, int) and 0 <= value < LARGEST_GENERATION else 0
