"""Where a view would hold too many: the same place with shorter times and units to choose from."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus

from aiohttp import web

from web.errors import TooManyToShow
from web.pages.reading import Reader, reader_of
from web.pages.views import spans
from web.pages.views.lanes import DAYS_A_WEEK, week_of
from web.pages.views.spans import DAY, HALLS, MONTH, STANDS, WEEK, Frame, address, heading
from web.permissions import Permission
from web.render import render
from web.routes import Handler

Way = tuple[str, str]
"""An address and its words."""


def narrowed(handler: Handler) -> Handler:
    """Let a view of the schedule that holds too many lead on with all that was chosen kept."""

    @wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except TooManyToShow:
            return lead_on(request, reader_of(request), request[STANDS])

    return answer


def lead_on(request: web.Request, reader: Reader, frame: Frame) -> web.Response:
    """Say that there are too many, and offer what would hold fewer."""
    speech = reader.speech
    return render(
        request,
        "schedule-narrow.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        frame=frame,
        most=spans.MOST,
        sentence=speech.tell("more than %(n)s conferences", n=speech.number(spans.MOST)),
        shorter=shorter(frame, reader),
        may_book=reader.holds(Permission.BOOK),
    )


def shorter(frame: Frame, reader: Reader) -> list[Way]:
    """Return the weeks of a month, or the days of a week, as the nearest view shows them."""
    code, speech = frame.code, reader.speech
    if frame.span == MONTH:
        return [
            (address(WEEK, monday, code), heading(monday, week_of(monday), WEEK, speech))
            for monday in frame.days[::DAYS_A_WEEK]
        ]
    if frame.span != WEEK:
        return []
    # Halls are shown by the day too, and what was chosen of them is kept.
    by_hall = frame.view == HALLS
    view, more = (HALLS, {**frame.more, "span": None}) if by_hall else (DAY, {})
    return [(address(view, day, code, **more), speech.day(day)) for day in frame.days]
