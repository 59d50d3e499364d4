"""Naming a deputy from a form or the API: whom, with which role, where and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from meetings.directory.finding import unit_by_code
from meetings.model import PersonId, Role
from meetings.office.workdays import local_day
from meetings.people.deputies import Days, Lending, lend
from meetings.store import Connection
from meetings.store.enrolment import hold_people
from web.errors import BadForm, Forbidden
from web.input.forms import Body, Id
from web.input.moments import Day
from web.input.words import UnitCode
from web.permissions import Permission
from web.scheduling.booking import Desk

LONGEST = timedelta(days=366)


class DeputyBody(Body):
    """Who stands in, with which role over which unit, from the first day to the last."""

    deputy: Id
    role: Role
    unit: UnitCode
    first: Annotated[Day, Field(alias="from")]
    until: Day


def giver_of(desk: Desk) -> PersonId:
    """Return who lends; a program has nothing of its own to lend.

    Raises:
        Forbidden: it is a program.
    """
    if desk.actor.person is None:
        raise Forbidden(Permission.SIGNED_IN.value)
    return desk.actor.person


async def lend_as(conn: Connection, desk: Desk, body: DeputyBody) -> Lending:
    """Lend one's own role.

    Raises:
        BadForm: the days are over, end before they begin, or end too far ahead.
    """
    giver, today = giver_of(desk), local_day(desk.now)
    if not max(body.first, today) <= body.until <= today + LONGEST:
        raise BadForm({"until": "days-over"})
    await hold_people(conn)
    unit = await unit_by_code(conn, body.unit, today)
    days = Days(first=body.first, last=body.until)
    by, deputy = desk.actor.name, PersonId(body.deputy)
    return await lend(conn, giver, deputy, role=body.role, unit=unit, days=days, by=by)
