"""Handing over from a form or the API: to whom, and whether both sides are one's own."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from meetings.directory import unit_by_code
from meetings.handing import hand_over
from meetings.model import Conference, ConferenceId, PersonId
from meetings.store import Connection
from meetings.workdays import local_day
from web.booking import Desk, allowed
from web.forms import Body, Id
from web.permissions import Permission
from web.visibility import see_for
from web.words import UnitCode


class HandOverBody(Body):
    """To which unit, to which person, or both."""

    host: UnitCode | None = None
    owner: Id | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse to hand over to nobody."""
        if self.host is None and self.owner is None:
            raise PydanticCustomError("required", "to whom", {"field": "owner"})
        return self


async def hand_on(
    conn: Connection,
    desk: Desk,
    conference: ConferenceId,
    body: HandOverBody,
    *,
    version: int | None,
) -> Conference:
    """Hand a conference over; who does it books for the old host and for the new one.

    Raises:
        Forbidden: one of the two is not the actor's.
    """
    await see_for(conn, desk.actor, conference, Permission.BOOK)
    host = None
    if body.host is not None:
        host = allowed(desk.actor, await unit_by_code(conn, body.host, local_day(desk.now)))
    owner = None if body.owner is None else PersonId(body.owner)
    by, now = desk.actor.name, desk.now
    return await hand_over(
        conn, conference, host=host, owner=owner, version=version, by=by, now=now
    )
