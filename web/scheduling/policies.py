"""Booking policies, alike from the page and from programs: what is sent, and whose it may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.model import Unit
from meetings.scheduling.policies import Standing, change_policy, loosened, policy_of
from meetings.store import Connection
from meetings.store.directory import lock_unit
from web.directory.reforms import unit_over
from web.errors import BadForm, Problem
from web.input.forms import Body
from web.keys import CLOCK
from web.permissions import Permission, may, require

MOST_DAYS = 3660
MOST_CONFERENCES = 10_000
MOST_LEAD = 60
MOST_MINUTES = 480

Minutes = Annotated[int, Field(strict=True, ge=0, le=MOST_MINUTES)]


class PolicyBody(Body):
    """What a unit and those below it book by; a field left out stays, null asks the unit above.

    `horizon_days` is how far ahead one may book, `most_open` how many conferences of one host may
    be booked and not over, `invite_lead_days` how many working days before the start it is best
    booked; halls need `set_up_minutes` before and `tear_down_minutes` after, unless they say
    themselves what they need.
    """

    horizon_days: Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS)] | None = None
    most_open: Annotated[int, Field(strict=True, ge=0, le=MOST_CONFERENCES)] | None = None
    invite_lead_days: Annotated[int, Field(strict=True, ge=0, le=MOST_LEAD)] | None = None
    set_up_minutes: Minutes | None = None
    tear_down_minutes: Minutes | None = None


async def amend(
    conn: Connection,
    request: web.Request,
    code: str,
    body: PolicyBody,
    *,
    version: int | None,
    on: date,
) -> tuple[Unit, Standing]:
    """Change what a unit books by.

    Raises:
        PageNotFound, Forbidden: as `unit_over`.
        BadForm: it would allow itself more than it may; that is for the units above to say.
        StaleRecord: somebody else changed it first.
    """
    unit = await unit_over(conn, request, code, Permission.MANAGE_POLICIES, on)
    changes, by = body.model_dump(exclude_unset=True), require(request).name
    now = request.config_dict[CLOCK]()
    if wider := await too_wide(conn, request, unit, changes):
        raise BadForm(wider)
    found = await change_policy(conn, unit.id, changes, version=version, by=by, now=now)
    return unit, found


async def too_wide(
    conn: Connection, request: web.Request, unit: Unit, changes: Mapping[str, int | None]
) -> dict[str, Problem]:
    """Return which limits are for the units above to widen, with what is allowed now.

    Until the transaction ends these stay as they are.
    """
    if unit.parent_id is None or may(require(request), Permission.MANAGE_POLICIES, unit.path[:-1]):
        return {}
    await lock_unit(conn, unit.id)
    own, above = await policy_of(conn, unit.id), await policy_of(conn, unit.parent_id)
    wider = loosened(own, above, changes)
    return {name: Problem("out-of-range", (("allowed", most),)) for name, most in wider.items()}
