"""Agenda and segments as they are sent: one model for each, for pages and API alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.content.agenda import AgendaItem, Segment, SegmentMode
from meetings.ids import OfficialId
from meetings.period import Period
from web.input.forms import Body, Id
from web.input.moments import Moment
from web.input.words import Title, Who

MOST_ITEMS = 100
MOST_SEGMENTS = 20
LONGEST_MINUTES = 24 * 60

Level = Annotated[int, Field(strict=True, ge=1, le=5)]
"""A tier of a conference; 1 is the highest."""

Minutes = Annotated[int, Field(strict=True, ge=1, le=LONGEST_MINUTES)]


class ItemBody(Body):
    """One point of the agenda; without `at` it follows the one before.

    With a `tier` it is for that tier, those above it, and the next below.  `presenter_id` is an
    official; without words in `presenter` their title is told.
    """

    title: Title
    minutes: Minutes
    at: Moment | None = None
    presenter: Who = ""
    presenter_id: Id | None = None
    mode: SegmentMode | None = None
    tier: Level | None = None

    def item(self, period: Period) -> AgendaItem:
        """Return the point with its time counted from the start."""
        return AgendaItem(
            title=self.title,
            minutes=self.minutes,
            at_minute=None if self.at is None else minute_of(self.at, period),
            presenter=self.presenter,
            official=None if self.presenter_id is None else OfficialId(self.presenter_id),
            mode=self.mode,
            tier=self.tier,
        )


class AgendaBody(Body):
    """The whole agenda, in order."""

    items: Annotated[list[ItemBody], Field(max_length=MOST_ITEMS)]


class SegmentBody(Body):
    """A stretch of the conference; a relay says of what."""

    mode: SegmentMode
    start: Moment
    end: Moment
    upstream: Who = ""
    tier: Level | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse an end before the start, and a relay of nothing."""
        if self.end <= self.start:
            code = {"field": "end", "code": "end-before-start"}
            raise PydanticCustomError("between-fields", "{code}", code)
        if self.mode is SegmentMode.RELAY and not self.upstream:
            raise PydanticCustomError("required", "of what?", {"field": "upstream"})
        return self

    def segment(self, period: Period) -> Segment:
        """Return the stretch counted from the start."""
        return Segment(
            mode=self.mode,
            from_minute=minute_of(self.start, period),
            to_minute=minute_of(self.end, period),
            upstream=self.upstream,
            tier=self.tier,
        )


class SegmentsBody(Body):
    """All segments, in order."""

    segments: Annotated[list[SegmentBody], Field(max_length=MOST_SEGMENTS)]


class PlanBody(AgendaBody, SegmentsBody):
    """Both at once, as the page sends them."""


LARGEST_MINUTE = 10**6


def minute_of(moment: Moment, period: Period) -> int:
    """Return a moment in whole minutes from the start, never beyond what is kept."""
    minutes = (moment - period.start) // timedelta(minutes=1)
    return max(-LARGEST_MINUTE, min(LARGEST_MINUTE, minutes))
