"""What is wished for again and again: the fields of a conference, a rule, and what may give way."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.kinds import Kind, Urgency, Visibility
from meetings.model import OfficialId, SiteId
from meetings.series.edits import Scope, SeriesChanges
from meetings.series.plan import OnHolidays
from meetings.series.rrules import LONGEST_RULE
from web.input.forms import Body, Flag, Id, OfficialIds, SiteIds, WishBody
from web.input.moments import Clock, Day
from web.input.words import LINE, LongText, Reason, Title, UnitCode, Who

COUNTRY = "Asia/Ho_Chi_Minh"
MINUTES_A_DAY = 1440


@cache
def zones() -> frozenset[str]:
    """Return every time zone that this machine knows."""
    return frozenset(available_timezones())


def known_zone(value: str) -> str:
    """Return the name of a zone that exists."""
    if value not in zones():
        raise PydanticCustomError("bad-zone", "no zone", {"code": "bad-zone"})
    return value


RuleText = Annotated[str, Field(strict=True, min_length=1, max_length=LONGEST_RULE), LINE]
Zone = Annotated[str, Field(strict=True, max_length=60), LINE, AfterValidator(known_zone)]


class SeriesBody(WishBody):
    """A series; `start` and `end` are the first conference's, whose wall-clock time stays.

    Dates that clash are left out and named, or with `all_or_nothing` nothing is booked.
    """

    rrule: RuleText
    zone: Zone = COUNTRY
    on_holidays: OnHolidays = OnHolidays.SKIP
    all_or_nothing: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def check_series(self) -> Self:
        """Refuse to ask for a series: one is booked at once."""
        if self.as_ is not None:
            raise PydanticCustomError(
                "not-a-choice", "{code}", {"field": "as", "code": "not-a-choice"}
            )
        return self


class SeriesChangesBody(Body):
    """What is to be different; what somebody changed by hand on one date stays.

    Another rule begins on `first_day`, else on the first date that is meant; dates that it no
    longer has are called off.  Dates that clash under another rule or at another time are left out
    in sight, or with `all_or_nothing` nothing changes.
    """

    title: Title | None = None
    kind: Kind | None = None
    chair: Who | None = None
    note: LongText | None = None
    main_site: Id | None = None
    sites: SiteIds | None = None
    starts_at: Clock | None = None
    minutes: Annotated[int, Field(strict=True, ge=1, le=MINUTES_A_DAY)] | None = None
    chair_id: Id | None = None
    delegates: OfficialIds | None = None
    host: UnitCode | None = None
    secretary: Who | None = None
    visibility: Visibility | None = None
    urgency: Urgency | None = None
    call_systems: Flag | None = None
    rrule: RuleText | None = None
    first_day: Day | None = None
    on_holidays: OnHolidays | None = None
    all_or_nothing: Annotated[bool, Field(strict=True)] = False

    def changes(self) -> SeriesChanges:
        """Return the changes."""
        return SeriesChanges(
            title=self.title,
            kind=self.kind,
            chair=self.chair,
            note=self.note,
            main_site=None if self.main_site is None else SiteId(self.main_site),
            sites=None if self.sites is None else frozenset(map(SiteId, self.sites)),
            starts_at=self.starts_at,
            minutes=self.minutes,
            chair_id=None if self.chair_id is None else OfficialId(self.chair_id),
            no_chair=self.chair_id is None and "chair_id" in self.model_fields_set,
            delegates=None
            if self.delegates is None
            else frozenset(map(OfficialId, self.delegates)),
            secretary=self.secretary,
            visibility=self.visibility,
            urgency=self.urgency,
            call_systems=self.call_systems,
            rrule=self.rrule,
            first_day=self.first_day,
            on_holidays=self.on_holidays,
            whole=self.all_or_nothing,
        )


class ScopeQuery(Body):
    """Which dates: `one` and `following` name theirs."""

    scope: Scope = Scope.ALL
    date: Day | None = None
    reason: Reason = ""


class RestoreBody(Body):
    """Which date is put back."""

    date: Day
