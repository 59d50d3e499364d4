"""Why not, as the API tells it (RFC 9457)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from meetings.model import State, Urgency
from meetings.scheduling.ways import WayKind
from web.api.reasons import ReasonView
from web.api.views import UnitName, View
from web.input.moments import Moment

MOST_SHOWN = 1000
"""Of a list of wrong cells no more are told."""


class FieldProblem(View):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class RivalView(View):
    """Who holds a wanted site; title and id only for those who may know them.

    The hall is kept from `kept_from` until `kept_until`, to set up and to clear away.
    """

    site: int
    label: str
    host: UnitName
    start: Moment
    end: Moment
    kept_from: Moment
    kept_until: Moment
    conference: int | None
    title: str | None


class AlternativeView(View):
    """What would have worked; ready to be posted in place of what was asked for."""

    main_site: int
    sites: list[int]
    start: Moment
    end: Moment


class HallName(View):
    """A hall as others name it."""

    site: int
    label: str


class WayView(View):
    """What an alternative, in the same place of its list, changes, and what speaks against it."""

    kind: WayKind
    left_out: list[HallName]
    added: list[HallName]
    warnings: list[ReasonView]


class ObligationView(View):
    """A conference that stands in the way, and what to do about it first."""

    conference: int
    title: str | None
    start: Moment
    end: Moment
    hosts: bool
    halls: int
    todo: str


class YieldingView(View):
    """A conference that would give way, or that will not; named only for who may know it."""

    conference: int | None
    title: str | None
    host: UnitName
    start: Moment
    end: Moment
    urgency: Urgency


class CellView(View):
    """A cell that is wrong; `line` counts from 1, the header included.

    Where what the row wishes for cannot be had, `reasons` and `alternatives` are as of a booking.
    """

    line: int
    column: str
    code: str
    message: str
    value: str
    reasons: list[ReasonView] = Field(default_factory=list)
    alternatives: list[AlternativeView] = Field(default_factory=list)


class ProblemView(BaseModel):
    """Why not (RFC 9457); `code` stays the same in every language."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    state: State | None = None
    errors: list[FieldProblem] | None = None
    rivals: list[RivalView] | None = None
    alternatives: list[AlternativeView] | None = None
    ways: list[WayView] | None = None
    reasons: list[ReasonView] | None = None
    conferences: list[ObligationView] | None = None
    units: list[str] | None = None
    displaced: list[YieldingView] | None = None
    protected: list[YieldingView] | None = None
    digest: str | None = None
    problems: list[CellView] | None = None
