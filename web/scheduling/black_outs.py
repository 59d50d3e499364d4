"""Black-outs, alike from pages and programs: what is sent, whose it may be, done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from aiohttp import web
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.directory.finding import sites_by_ids, unit_by_id
from meetings.directory.officials import lines_by_ids, officials_by_ids
from meetings.model import LineId, OfficialId, Period, Site, SiteId, Unit
from meetings.scheduling.black_outs import add_black_out, end_black_out
from meetings.scheduling.resources import BlackOut, Line, Official, Subject, SubjectKind
from meetings.store import Connection
from web.errors import BadForm
from web.input.forms import Body, Id
from web.input.moments import Moment
from web.input.words import LINES, NO_SECRETS
from web.permissions import Permission, require_over

LONGEST = timedelta(days=366)
Why = Annotated[str, Field(strict=True, min_length=1, max_length=500), LINES, NO_SECRETS]


class BlackOutBody(Body):
    """What cannot be had, when and why; exactly one of the three is named."""

    site: Id | None = None
    official: Id | None = None
    line: Id | None = None
    start: Moment
    end: Moment
    reason: Why

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse a black-out of nothing or of two things, and one that does not end in time."""
        if len(subjects(self.site, self.official, self.line)) != 1:
            problem = {"field": "site", "code": "one-of-three"}
            raise PydanticCustomError("between-fields", "{code}", problem)
        code = "end-before-start" if self.end <= self.start else ""
        if not code and self.end - self.start > LONGEST:
            code = "too-long-a-black-out"
        if code:
            raise PydanticCustomError("between-fields", "{code}", {"field": "end", "code": code})
        return self


def subjects(site: int | None, official: int | None, line: int | None) -> list[Subject]:
    """Return what is named."""
    ids = {SubjectKind.SITE: site, SubjectKind.OFFICIAL: official, SubjectKind.LINE: line}
    return [Subject(kind, one) for kind, one in ids.items() if one is not None]


async def unit_of(conn: Connection, subject: Subject) -> Unit:
    """Return the unit to which the subject belongs.

    Raises:
        BadForm: there is no such thing; it is told of the field that names it.
    """
    found: Site | Official | Line | None
    if subject.kind is SubjectKind.SITE:
        site = SiteId(subject.id)
        found = (await sites_by_ids(conn, [site])).get(site)
    elif subject.kind is SubjectKind.OFFICIAL:
        official = OfficialId(subject.id)
        found = (await officials_by_ids(conn, [official])).get(official)
    else:
        line = LineId(subject.id)
        found = (await lines_by_ids(conn, [line])).get(line)
    if found is None:
        raise BadForm({subject.kind.value: "not-a-choice"})
    return await unit_by_id(conn, found.unit_id)


async def add(conn: Connection, request: web.Request, body: BlackOutBody) -> BlackOut:
    """Black out what is named, for somebody who looks after it."""
    [subject] = subjects(body.site, body.official, body.line)
    unit = await unit_of(conn, subject)
    actor = require_over(request, Permission.MANAGE_RESOURCES, unit.path)
    period = Period(body.start, body.end)
    return await add_black_out(
        conn, subject, period, reason=body.reason, unit=unit.id, by=actor.name
    )


async def end(conn: Connection, request: web.Request, found: BlackOut, now: datetime) -> None:
    """Lift a black-out from now on, for somebody who looks after what it is about."""
    unit = await unit_of(conn, found.subject)
    actor = require_over(request, Permission.MANAGE_RESOURCES, unit.path)
    await end_black_out(conn, found, unit=unit.id, by=actor.name, now=now)
