"""What is wished for again and again: the fields of a conference, a rule, and what may give way."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.rrules import LONGEST_RULE
from meetings.seriesplan import OnHolidays
from web.forms import WishBody
from web.words import LINE

COUNTRY = "Asia/Ho_Chi_Minh"


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
