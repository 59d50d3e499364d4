"""Handing over from a form or the API: to whom, and what the receiver answers."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.approval.handing import offer
from meetings.approval.handovers import HandOver
from meetings.directory.finding import unit_by_code
from meetings.model import ConferenceId, PersonId
from meetings.office.workdays import local_day
from meetings.store import Connection
from web.access.visibility import receiver_of, see_for
from web.input.forms import Body, Id
from web.input.words import LINES, NO_SECRETS, UnitCode
from web.permissions import Permission
from web.scheduling.booking import Desk


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


class DeclineBody(Body):
    """Why an offer is declined; the one who made it reads it."""

    reason: Annotated[str, Field(strict=True, min_length=1, max_length=500), LINES, NO_SECRETS]


async def offer_on(
    conn: Connection,
    desk: Desk,
    conference: ConferenceId,
    body: HandOverBody,
    *,
    version: int | None,
) -> HandOver:
    """Offer a conference that one books for to any unit or person that books.

    Raises:
        Forbidden: it is not the actor's.
        UnitNotFound: there is no such unit now, or it is closed before the conference.
    """
    await see_for(conn, desk.actor, conference, Permission.BOOK)
    host = None
    if body.host is not None:
        host = (await unit_by_code(conn, body.host, local_day(desk.now))).id
    return await offer(
        conn,
        conference,
        host=host,
        owner=None if body.owner is None else PersonId(body.owner),
        giver=receiver_of(desk.actor),
        version=version,
        now=desk.now,
    )
