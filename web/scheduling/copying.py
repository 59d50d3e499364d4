"""Booking a conference like another: from a template, or on a new day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from meetings.content.agenda import Plan
from meetings.content.cascading import copy_upstream, find_upstream
from meetings.content.planning import plan_of
from meetings.content.template_errors import TemplateNotFound
from meetings.content.templates import (
    Template,
    copy_plan,
    in_office,
    retired,
    template_by_id,
    wish_from,
    without,
)
from meetings.directory.finding import unit_by_id
from meetings.errors import SitesNotFound
from meetings.model import Conference, Period, Wish
from meetings.office.workdays import local_day
from meetings.reforms.standing import standing_on
from meetings.rules import wish_of
from meetings.store import Connection
from web.input.forms import Body, End, Id
from web.input.moments import Moment
from web.input.words import OpenName, Title
from web.permissions import Permission, may
from web.scheduling.booking import Desk, allowed, book_wish


class CopyBody(Body):
    """When it is held again; without an end it is as long as before.

    `without_retired` says that halls no longer in use are left out.
    """

    start: Moment
    end: End | None = None
    title: Title | None = None
    without_retired: bool = False

    def period(self, length: timedelta) -> Period:
        """Return the period, of that length where no end is given."""
        return Period(self.start, self.end or self.start + length)


class TemplateBody(Body):
    """A conference to be kept as a template, and how it is called."""

    name: OpenName
    conference: Id


async def clone(conn: Connection, desk: Desk, conference: Conference, body: CopyBody) -> Conference:
    """Book a conference again on another day, with its plan and what it relays."""
    wish = wish_of(conference)
    period = body.period(conference.period.end - conference.period.start)
    booked = await book_copy(
        conn, desk, wish, period, body, plan=await plan_of(conn, conference.id)
    )
    await copy_upstream(conn, await find_upstream(conn, conference.id), booked)
    return booked


async def book_template(
    conn: Connection, desk: Desk, template: Template, body: CopyBody
) -> Conference:
    """Book from a template, with its plan and what it relays."""
    pattern = template.pattern
    period = body.period(timedelta(minutes=pattern.minutes))
    wish = wish_from(pattern, template.unit, period)
    booked = await book_copy(conn, desk, wish, period, body, plan=pattern.plan)
    await copy_upstream(conn, pattern.upstream, booked)
    return booked


async def book_copy(
    conn: Connection, desk: Desk, wish: Wish, period: Period, body: CopyBody, *, plan: Plan
) -> Conference:
    """Book the wish for the period.

    Raises:
        RetiredSites: some halls are not in use on that day, and nobody said to leave them out,
            or none would be left.
        Forbidden: whoever holds it by then is not one that the actor books for.
    """
    wish = await held_by(conn, desk, retitled(wish, period, body))
    wish = await in_office(conn, wish)
    try:
        booked = await book_wish(conn, desk, wish, bridge=None)
    except SitesNotFound as error:
        if not body.without_retired or error.sites >= wish.sites:
            raise await retired(conn, error.sites) from error
        booked = await book_wish(conn, desk, without(wish, error.sites), bridge=None)
    await copy_plan(conn, plan, booked)
    return booked


def retitled(wish: Wish, period: Period, body: CopyBody) -> Wish:
    """Return the wish for another period, under another title if one is given; never a demo.

    Why the other was called so late says nothing of this one.
    """
    return replace(wish, period=period, title=body.title or wish.title, waiver="", demo=False)


async def held_by(conn: Connection, desk: Desk, wish: Wish) -> Wish:
    """Return the wish of whoever stands in its host's place on that day: units become others."""
    host = await standing_on(conn, wish.host, local_day(wish.period.start))
    if host == wish.host:
        return wish
    return replace(wish, host=allowed(desk.actor, await unit_by_id(conn, host)))


async def template_for(conn: Connection, desk: Desk, number: int) -> Template:
    """Return a template to somebody who books for its unit.

    Raises:
        TemplateNotFound: there is none, or it is of a unit beyond the actor's.
    """
    found = await template_by_id(conn, number)
    unit = await unit_by_id(conn, found.unit)
    if not may(desk.actor, Permission.BOOK, unit.path):
        raise TemplateNotFound
    return found
