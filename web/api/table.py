"""The tables of routes of the API, and what it adds to problem documents."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from aiohttp import web

from meetings import errors as meetings
from meetings.approval import errors as approval_errors
from meetings.content import template_errors
from meetings.directory import errors as directory_errors
from meetings.office import days as officedays
from meetings.series import errors as series_errors
from monitoring import errors as monitoring
from web.api import (
    agenda,
    approvals,
    black_outs,
    bridges,
    chains,
    conferences,
    contacts,
    control,
    corrections,
    defaults,
    deputies,
    directory,
    documents,
    favourites,
    freetimes,
    gateways,
    groups,
    halls,
    handing,
    history,
    ledgers,
    line_tests,
    lines,
    links,
    office,
    officials,
    people,
    policies,
    polls,
    recordings,
    refusals,
    reporting,
    rooms,
    schedule,
    schema,
    series,
    serieschanges,
    sheets,
    submissions,
    targets,
    templates,
    tiers,
    units,
    upstreams,
    waiting,
    weekly,
)
from web.api.document import document
from web.api.endpoints import Endpoints
from web.api.official_use import tell_seats_of
from web.api.schema import DOCUMENT
from web.api.yielding import tell_displacement
from web.input.once import GATES, Gates
from web.keys import DETAILS
from web.wording.moves import tell_move

ROUTES: tuple[Endpoints, ...] = (
    directory.routes,
    halls.routes,
    units.routes,
    defaults.routes,
    contacts.routes,
    corrections.routes,
    gateways.routes,
    groups.routes,
    ledgers.routes,
    conferences.routes,
    schedule.routes,
    weekly.routes,
    freetimes.routes,
    favourites.routes,
    approvals.routes,
    handing.routes,
    history.routes,
    waiting.routes,
    agenda.routes,
    chains.routes,
    policies.routes,
    deputies.routes,
    submissions.routes,
    documents.routes,
    templates.routes,
    polls.routes,
    tiers.routes,
    upstreams.routes,
    line_tests.routes,
    links.routes,
    rooms.routes,
    control.routes,
    recordings.routes,
    sheets.routes,
    reporting.routes,
    officials.routes,
    lines.routes,
    black_outs.routes,
    targets.routes,
    bridges.routes,
    people.routes,
    office.routes,
    series.routes,
    serieschanges.routes,
    schema.routes,
)

DETAILS_OF: Mapping[type[Exception], Callable[..., Awaitable[dict[str, Any]]]] = MappingProxyType(
    {
        meetings.SitesNotFound: refusals.tell_sites,
        template_errors.RetiredSites: refusals.tell_retired,
        meetings.OfficialsNotFound: refusals.tell_officials,
        meetings.UnitNotFound: refusals.tell_unit,
        meetings.GroupNotFound: refusals.tell_group,
        meetings.TooLate: refusals.tell_time,
        meetings.IllegalMove: tell_move,
        meetings.NoSeats: refusals.tell_seats,
        meetings.BadRows: refusals.tell_rows,
        meetings.SiteBusy: refusals.tell_clash,
        directory_errors.UnitInUse: refusals.tell_use,
        directory_errors.OfficialInUse: tell_seats_of,
        directory_errors.BadReformDate: refusals.tell_reform_date,
        directory_errors.UnitHasBecome: refusals.tell_reform_date,
        directory_errors.CodeTaken: refusals.tell_code,
        series_errors.SeriesClash: refusals.tell_dates,
        directory_errors.GroupExists: refusals.tell_group_code,
        officedays.DayTaken: refusals.tell_day,
        officedays.NoWeekend: refusals.tell_day,
        monitoring.BadTarget: refusals.tell_target,
        approval_errors.Unseen: tell_displacement,
        approval_errors.Protected: tell_displacement,
    }
)
"""Members a fact adds to its problem document: rivals and alternatives of SiteBusy, for example."""


def wire(app: web.Application) -> None:
    """Give the application what the API's handlers look for in it."""
    app[DETAILS] = dict(DETAILS_OF)
    app[GATES] = Gates()
    app[DOCUMENT] = published()


@cache
def published() -> bytes:
    """Return the OpenAPI document: made once a process, for the tables do not change."""
    return json.dumps(document(ROUTES), ensure_ascii=False).encode()
