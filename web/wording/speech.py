"""Speaking the reader's language from Python: sentences with values, numbers, days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web

from meetings.model import Period
from web import formats
from web.i18n import Catalogue, locale_of
from web.keys import CATALOGUES


@dataclass(frozen=True, slots=True)
class Speech:
    """One language; sentences are found in the catalogue by their English form."""

    locale: str
    catalogue: Catalogue

    def tell(self, sentence: str, **values: object) -> str:
        """Return the sentence with its values filled in."""
        return self.catalogue.gettext(sentence) % values if values else self.word(sentence)

    def tell_many(self, one: str, many: str, n: int, **values: object) -> str:
        """Return the sentence for `n` things; `%(n)s` is written as people write numbers."""
        return self.catalogue.ngettext(one, many, n) % ({"n": self.number(n)} | values)

    def word(self, phrase: str) -> str:
        """Return a phrase of web.wording.phrases, where it was marked for the catalogue."""
        return self.catalogue.gettext(phrase)

    def number(self, value: float) -> str:
        """Write 2.318, or 2,318."""
        return formats.number(value, self.locale)

    def span(self, period: Period) -> str:
        """Write a period: its day once when it ends on the day it began."""
        start, end = period.start, period.end
        if formats.local_day(start) == formats.local_day(end):
            day = formats.long_date(start, self.locale)
            return f"{day} · {formats.clock_time(start)} – {formats.clock_time(end)}"
        return f"{formats.day_and_time(start)} – {formats.day_and_time(end)}"

    def hours(self, period: Period, *, on: date | None = None) -> str:
        """Write from when until when, under a day or its first: 22:00 – 02:00 hôm sau."""
        day = on or formats.local_day(period.start)
        return f"{self.clock(period.start, on=day)} – {self.clock(period.end, on=day)}"

    def until(self, end: datetime, *, since: datetime) -> str:
        """Write when something ends to who knows on which day it began."""
        return self.clock(end, on=formats.local_day(since))

    def clock(self, moment: datetime, *, on: date) -> str:
        """Write a time to who reads it under a day: 22:00, 02:00 hôm sau, 22:00 hôm trước."""
        at, later = formats.clock_time(moment), (formats.local_day(moment) - on).days
        if abs(later) > 1:
            return formats.day_and_time(moment)
        if later:
            before = self.tell("%(at)s the day before", at=at)
            return self.tell("%(at)s the next day", at=at) if later > 0 else before
        return at

    def day(self, day: date) -> str:
        """Write Thứ Hai, 23/11/2026, or Monday, 23/11/2026."""
        return formats.long_date(day, self.locale)

    def length(self, length: timedelta) -> str:
        """Write 1 giờ 30 phút, or 1 h 30 min; never less than a minute."""
        return formats.duration(max(length, timedelta(minutes=1)), self.locale)

    def moment(self, moment: datetime, *, today: datetime) -> str:
        """Write 08:31, with the date when it was another day."""
        if formats.local_day(moment) == formats.local_day(today):
            return formats.clock_time(moment)
        return formats.day_and_time(moment)

    def listing(self, names: Iterable[str], *, most: int) -> str:
        """Write names with commas, and how many more there are beyond `most`."""
        all_names = list(names)
        text = ", ".join(all_names[:most])
        rest = len(all_names) - most
        if rest <= 0:
            return text
        return self.tell_many(
            "%(names)s and %(n)s more", "%(names)s and %(n)s more", rest, names=text
        )


def speech_of(request: web.Request) -> Speech:
    """Return the request's language, ready to speak."""
    locale = locale_of(request)
    return Speech(locale, request.config_dict[CATALOGUES][locale])
