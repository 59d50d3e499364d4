"""What the API tells of series, and how it is filled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from aiohttp import web
from pydantic import Field

from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.model import Conference, ConferenceId, Kind, Site, SiteId, State, Unit, UnitId
from meetings.series.plan import Occurrence, OnHolidays, Plan, Series, Skipped, SkipReason, follows
from meetings.series.rrules import written
from meetings.store import Connection
from web.access.visibility import known_among
from web.api import views
from web.api.presenting import rival_view, unit_name
from web.api.problems import RivalView
from web.api.reasons import ReasonView, dated_views
from web.input.moments import Clock, Day, Moment
from web.permissions import require


class OccurrenceView(views.View):
    """A date of a series; `id` is its conference, none in a preview.

    `warnings` are what speaks against it when it is looked at before it is booked, and just then.
    """

    date: Day
    start: Moment
    end: Moment
    id: int | None = None
    state: State | None = None
    own: bool = False
    warnings: list[ReasonView] = Field(default_factory=list)


class SkippedView(views.View):
    """A date without a conference, why, and since when nothing stands in its way any more.

    `reasons` say of `not-free` who has an official or a line, or what keeps a hall closed.
    """

    date: Day
    reason: SkipReason
    rival: RivalView | None
    free_since: Moment | None
    reasons: list[ReasonView] = Field(default_factory=list)


class PlanView(views.View):
    """What a series comes to."""

    created: list[OccurrenceView]
    skipped: list[SkippedView]


class SeriesView(views.View):
    """A series; `version` is its ETag."""

    id: int
    title: str
    kind: Kind
    host: views.UnitName
    chair: str
    note: str
    main_site: int
    sites: list[int]
    rrule: str
    zone: str
    first_day: Day
    starts_at: Clock
    minutes: int
    on_holidays: OnHolidays
    call_systems: bool
    version: int


class SeriesFullView(SeriesView):
    """A series with its dates."""

    created: list[OccurrenceView]
    skipped: list[SkippedView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What is behind the ids of rivals, and which of them the asker may know."""

    sites: Mapping[SiteId, Site]
    hosts: Mapping[UnitId, Unit]
    known: frozenset[ConferenceId]
    said: Mapping[date, list[ReasonView]]


async def names_of(conn: Connection, request: web.Request, skipped: Collection[Skipped]) -> Names:
    """Read the names behind the dates that were left out, and say why in sentences."""
    rivals = [one.rival for one in skipped if one.rival]
    return Names(
        sites=await sites_by_ids(conn, {rival.site for rival in rivals}),
        hosts=await units_by_ids(conn, {rival.host for rival in rivals}),
        known=await known_among(conn, require(request), rivals),
        said=await dated_views(conn, request, {one.date: one.why for one in skipped if one.why}),
    )


def skipped_view(one: Skipped, names: Names) -> SkippedView:
    """Return a date that was left out, with its rival as far as the asker may know it."""
    rival = one.rival
    shown = rival and rival_view(
        rival,
        names.sites[rival.site],
        names.hosts[rival.host],
        known=rival.conference in names.known,
    )
    return SkippedView(
        date=one.date,
        reason=one.reason,
        rival=shown,
        free_since=one.free_since,
        reasons=names.said.get(one.date, []),
    )


def planned_view(
    one: Occurrence,
    made: Mapping[date, ConferenceId],
    warnings: Mapping[date, list[ReasonView]] = MappingProxyType({}),
) -> OccurrenceView:
    """Return a date of a plan, with its conference once it is written."""
    return OccurrenceView(
        date=one.date,
        start=one.period.start,
        end=one.period.end,
        id=made.get(one.date),
        state=State.CONFIRMED if one.date in made else None,
        warnings=warnings.get(one.date, []),
    )


def plan_view(
    plan: Plan,
    names: Names,
    warnings: Mapping[date, list[ReasonView]] = MappingProxyType({}),
) -> PlanView:
    """Return what a series would come to."""
    return PlanView(
        created=[planned_view(one, {}, warnings) for one in plan.booked],
        skipped=[skipped_view(one, names) for one in plan.skipped],
    )


def held_view(day: date, conference: Conference, series: Series) -> OccurrenceView:
    """Return a date with its conference; `own` when it is not held as the series says."""
    return OccurrenceView(
        date=day,
        start=conference.period.start,
        end=conference.period.end,
        id=conference.id,
        state=conference.state,
        own=conference.title != series.wish.title
        or not follows(series.schedule, conference.period),
    )


def series_view(series: Series, host: Unit) -> SeriesView:
    """Return a series without its dates."""
    wish, schedule = series.wish, series.schedule
    return SeriesView(
        id=series.id,
        title=wish.title,
        kind=wish.kind,
        host=unit_name(host),
        chair=wish.chair,
        note=wish.note,
        main_site=wish.main_site,
        sites=sorted(wish.sites),
        rrule=written(schedule.rule),
        zone=schedule.zone,
        first_day=schedule.first_day,
        starts_at=schedule.starts_at,
        minutes=schedule.minutes,
        on_holidays=schedule.on_holidays,
        call_systems=wish.call_systems,
        version=series.version,
    )


def full_view(
    series: Series,
    host: Unit,
    created: Sequence[OccurrenceView],
    skipped: Sequence[Skipped],
    names: Names,
) -> SeriesFullView:
    """Return a series with its dates."""
    plain = series_view(series, host).model_dump()
    return SeriesFullView(
        **plain,
        created=list(created),
        skipped=[skipped_view(one, names) for one in skipped],
    )
