"""What a unit starts from, alike from its page and from programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.kinds import Visibility
from meetings.scheduling.defaults import UnitDefaults, change_defaults
from meetings.store import Connection
from web.directory.reforms import unit_over
from web.input.forms import Body
from web.input.moments import Clock
from web.input.words import LINE, NO_SECRETS
from web.permissions import Permission, require

MOST_DAYS = 10
LEAST_MINUTES = 5
MOST_MINUTES = 480

Signature = Annotated[str, Field(strict=True, max_length=200), LINE, NO_SECRETS]


class DefaultsBody(Body):
    """What a unit starts from; a field left out stays, null asks the unit above.

    A line is tested `line_test_days` working days before, at `line_test_at` for
    `line_test_minutes`.  The weekly schedule is signed `signed_for` somebody, by whom is
    `signed_as` and called `signed_by`; this is the unit's own and not asked for above.
    """

    line_test_days: Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS)] | None = None
    line_test_at: Clock | None = None
    line_test_minutes: (
        Annotated[int, Field(strict=True, ge=LEAST_MINUTES, le=MOST_MINUTES)] | None
    ) = None
    visibility: Visibility | None = None
    signed_for: Signature = ""
    signed_as: Signature = ""
    signed_by: Signature = ""


async def amend(
    conn: Connection,
    request: web.Request,
    code: str,
    body: DefaultsBody,
    *,
    version: int | None,
    on: date,
) -> UnitDefaults:
    """Change what a unit starts from.

    Raises:
        PageNotFound, Forbidden: as `unit_over`.
        StaleRecord: somebody else changed it first.
    """
    unit = await unit_over(conn, request, code, Permission.MANAGE_RESOURCES, on)
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    by = require(request).name
    return await change_defaults(conn, unit.id, changes, version=version, by=by)
