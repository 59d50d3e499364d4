"""The page behind a poll's link: a unit says which periods suit it, without an account."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.content.polls import Answer, answer, poll_of_link
from meetings.content.templates import template_by_id
from meetings.directory.finding import unit_by_id
from web.answers import redirect
from web.keys import SETTINGS
from web.pages.reading import form_of
from web.permissions import LINK
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording import content_phrases
from web.wording.speech import speech_of

routes = Routes()
PAGE = "/j/poll/{secret:[A-Za-z0-9_-]{1,64}}"


@routes.get(PAGE, allow=LINK)
async def show(request: web.Request) -> web.Response:
    """Show the proposed periods with what was answered before."""
    return await page(request)


@routes.post(PAGE, allow=LINK)
async def put(request: web.Request) -> web.StreamResponse:
    """Note the answers; a period without one is answered by no."""
    form, secret = await form_of(request), request.match_info["secret"]
    async with transaction(request) as conn:
        poll, unit = await poll_of_link(conn, secret)
        known = {one.value for one in Answer}
        typed = [form.get(f"period-{at}") for at in range(len(poll.periods))]
        said = [Answer(one) if one in known else Answer.NO for one in typed]
        await answer(conn, poll.id, unit, said, by=f"poll:{poll.id}/{unit}")
    return redirect(f"/j/poll/{secret}?told=1")


async def page(request: web.Request) -> web.Response:
    """Return the page."""
    speech = speech_of(request)
    async with connection(request) as conn:
        poll, unit = await poll_of_link(conn, request.match_info["secret"])
        template = await template_by_id(conn, poll.template)
        asked = await unit_by_id(conn, unit)
    said = poll.answers[unit] or ("",) * len(poll.periods)
    return render(
        request,
        "poll.html",
        status=HTTPStatus.OK,
        hotline=request.config_dict[SETTINGS].hotline,
        title=template.pattern.title,
        unit=asked.full_name,
        over=poll.over,
        told="told" in request.query,
        periods=[
            (at, speech.span(one), answered)
            for at, (one, answered) in enumerate(zip(poll.periods, said, strict=True))
        ],
        choices=[
            (one.value, speech.word(words)) for one, words in content_phrases.POLL_ANSWERS.items()
        ],
    )
