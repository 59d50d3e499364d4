"""The office calendar's forms, read alike from the API's JSON and from its page."""

from __future__ import annotations

from calendar import SATURDAY
from datetime import date
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from meetings.office.days import DayKind, NewDay, SeasonName
from meetings.office.workdays import Season
from web.input.forms import Body
from web.input.moments import Clock, Day
from web.input.words import LINE, LongText, Name, ShortText

Month = Annotated[int, Field(strict=True, ge=1, le=12)]
DayOfMonth = Annotated[int, Field(strict=True, ge=1, le=28)]
"""At most 28, so that the season begins in every year."""
OtherName = Annotated[str, Field(strict=True, max_length=200), LINE]


class DayBody(Body):
    """A special day; one in doubt (`confirmed` is false) is shown and does not count."""

    day: Day
    kind: DayKind
    name: Name
    name_en: OtherName = ""
    source: ShortText = ""
    confirmed: Annotated[bool, Field(strict=True)] = True
    note: LongText = ""

    def new(self) -> NewDay:
        """Return the day to enter."""
        return NewDay(
            day=self.day,
            kind=self.kind,
            name=self.name,
            name_en=self.name_en,
            source=self.source,
            confirmed=self.confirmed,
            note=self.note,
        )


class DayChangesBody(Body):
    """What is to be different about a special day; a field left out stays."""

    kind: DayKind | None = None
    name: Name | None = None
    name_en: OtherName | None = None
    source: ShortText | None = None
    confirmed: Annotated[bool, Field(strict=True)] | None = None
    note: LongText | None = None


class SwapBody(Body):
    """A day off in exchange for a weekend day that is worked."""

    off: Day
    worked: Day
    source: ShortText = ""

    @field_validator("off")
    @classmethod
    def check(cls, off: date) -> date:
        """Refuse to give a day on which offices are closed anyhow."""
        if off.weekday() >= SATURDAY:
            raise PydanticCustomError("not-worked", "of a weekend", {"code": "not-worked"})
        return off


class HoursBody(Body):
    """A season's hours and from which day of the year they hold."""

    season: SeasonName
    month: Month
    day: DayOfMonth
    opens: Clock
    lunch_begins: Clock
    lunch_ends: Clock
    closes: Clock

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse hours that are not in the order of the day."""
        names = ("opens", "lunch_begins", "lunch_ends", "closes")
        for earlier, later in pairwise(names):
            if getattr(self, earlier) >= getattr(self, later):
                raise PydanticCustomError(
                    "between-fields", "{code}", {"field": later, "code": "end-before-start"}
                )
        return self

    def hours(self) -> Season:
        """Return the hours."""
        return Season(
            month=self.month,
            day=self.day,
            opens=self.opens,
            lunch_begins=self.lunch_begins,
            lunch_ends=self.lunch_ends,
            closes=self.closes,
        )
