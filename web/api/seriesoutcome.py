"""What a change would make of the dates of a series, as the API tells it."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from meetings.model import ConferenceId
from meetings.scheduling.amending import Amendment
from meetings.store import Connection
from web.api import views
from web.api.reasons import ReasonView, dated_views, each_views
from web.api.seriesviews import (
    OccurrenceView,
    SkippedView,
    names_of,
    planned_view,
    skipped_view,
)
from web.input.moments import Day, Moment
from web.series.outcomes import Outcome


class MovedView(views.View):
    """A conference that would be held at another time, from when it is held now.

    `warnings` are what speaks against the time that it would have.
    """

    id: int
    title: str
    date: Day
    start_now: Moment
    end_now: Moment
    start: Moment
    end: Moment
    warnings: list[ReasonView]


class ChangedView(views.View):
    """A conference that would hold something else at the time it has, and what speaks against."""

    id: int
    title: str
    date: Day
    start: Moment
    end: Moment
    main_site: int
    sites: list[int]
    chair_id: int | None
    delegates: list[int]
    warnings: list[ReasonView]


class StayingView(SkippedView):
    """A conference that was changed by hand and cannot go where the rule wants it."""

    id: int
    title: str
    start: Moment
    end: Moment


class OutcomeView(views.View):
    """What a change would make of the dates of a series."""

    moved: list[MovedView]
    changed: list[ChangedView]
    created: list[OccurrenceView]
    cancelled: list[OccurrenceView]
    staying: list[StayingView]
    skipped: list[SkippedView]


async def outcome_view(conn: Connection, request: web.Request, outcome: Outcome) -> OutcomeView:
    """Return what becomes of each date; rivals are named as far as the asker may know them."""
    found = outcome.found
    names = await names_of(conn, request, [*found.skipped, *outcome.stayed.values()])
    dates = [one.after for one in (*outcome.moved, *outcome.changed)]
    said = {one.id: one.warnings for one in dates}
    against = dict(zip(said, await each_views(conn, request, list(said.values())), strict=True))
    new = await dated_views(conn, request, outcome.new_warnings)
    return OutcomeView(
        moved=moved_views(outcome, against),
        changed=[changed_view(one, outcome, against[one.after.id]) for one in outcome.changed],
        created=[planned_view(one, {}, new) for one in found.new],
        cancelled=gone_views(outcome),
        staying=[
            StayingView(
                **skipped_view(why, names).model_dump(),
                id=number,
                title=outcome.turn.held[number].title,
                start=outcome.turn.held[number].period.start,
                end=outcome.turn.held[number].period.end,
            )
            for number, why in outcome.stayed.items()
        ],
        skipped=[skipped_view(one, names) for one in found.skipped],
    )


def moved_views(
    outcome: Outcome, against: Mapping[ConferenceId, list[ReasonView]]
) -> list[MovedView]:
    """Return the conferences that would be held at another time."""
    return [
        MovedView(
            id=one.after.id,
            title=one.after.title,
            date=outcome.found.dates[one.after.id],
            start_now=one.before.period.start,
            end_now=one.before.period.end,
            start=one.after.period.start,
            end=one.after.period.end,
            warnings=against[one.after.id],
        )
        for one in outcome.moved
    ]


def changed_view(one: Amendment, outcome: Outcome, against: list[ReasonView]) -> ChangedView:
    """Return a conference that would hold something else at the time it has."""
    return ChangedView(
        id=one.after.id,
        title=one.after.title,
        date=outcome.turn.days[one.after.id],
        start=one.after.period.start,
        end=one.after.period.end,
        main_site=one.after.main_site,
        sites=list(one.after.sites),
        chair_id=one.after.chair_id,
        delegates=sorted(one.after.delegates),
        warnings=against,
    )


def gone_views(outcome: Outcome) -> list[OccurrenceView]:
    """Return the conferences that would be called off."""
    return [
        OccurrenceView(
            date=outcome.turn.days[number],
            start=outcome.turn.held[number].period.start,
            end=outcome.turn.held[number].period.end,
            id=number,
            state=outcome.turn.held[number].state,
        )
        for number in outcome.found.gone
    ]
