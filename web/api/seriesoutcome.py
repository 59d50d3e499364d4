"""What a change would make of the dates of a series, as the API tells it."""

from __future__ import annotations

from meetings.store import Connection
from web.actors import Actor
from web.api.seriesviews import (
    MovedView,
    OccurrenceView,
    OutcomeView,
    StayingView,
    names_of,
    planned_view,
    skipped_view,
)
from web.outcomes import Outcome

NOTHING = OutcomeView(moved=[], created=[], cancelled=[], staying=[], skipped=[])
"""Of a change that moves no date."""


async def outcome_view(conn: Connection, actor: Actor, outcome: Outcome | None) -> OutcomeView:
    """Return what becomes of each date; rivals are named as far as the asker may know them."""
    if outcome is None:
        return NOTHING
    found = outcome.found
    names = await names_of(conn, actor, [*found.skipped, *outcome.stayed.values()])
    return OutcomeView(
        moved=moved_views(outcome),
        created=[planned_view(one, {}) for one in found.new],
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


def moved_views(outcome: Outcome) -> list[MovedView]:
    """Return the conferences that would be held at another time."""
    return [
        MovedView(
            id=one.id,
            title=one.title,
            date=outcome.found.dates[one.id],
            start_now=outcome.turn.held[one.id].period.start,
            end_now=outcome.turn.held[one.id].period.end,
            start=one.period.start,
            end=one.period.end,
        )
        for one in outcome.moved
    ]


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
