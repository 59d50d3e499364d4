"""What waits for approval while the old promise stands: what would change, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from meetings.approval.submissions import Standing, Submission
from meetings.approval.submitting import tell_clash
from meetings.errors import SiteBusy
from meetings.people.grants import people_by_ids
from meetings.rules import owner_in
from meetings.store import Connection
from web.answers import redirect
from web.approval import submissions
from web.approval.submission_sight import SeenSubmission, see_submission
from web.errors import BadForm
from web.input.forms import RefuseBody, parse_form
from web.pages.approval.submissionview import Preview, preview_of
from web.pages.booking.clashing import heading, read_clash
from web.pages.booking.stage import Names, line, names_of, who
from web.pages.booking.warned import ACCEPTED, Warned, ask_first, asked_about, require_all_read
from web.pages.conference.conferences import unit_name
from web.pages.reading import Reader, form_of, number_in, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.scheduling.remembering import office_calendar
from web.transactions import connection, transaction
from web.wording import approval_words
from web.wording.explaining import sentence

routes = Routes()

PATH = "/submissions/{id:[0-9]+}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A submission in a list."""

    id: int
    title: str
    when: str
    host: str
    what: str


def items(found: Sequence[SeenSubmission], reader: Reader) -> list[Item]:
    """Return the lines of a list."""
    speech = reader.speech
    return [
        Item(
            id=one.submission.id,
            title=one.submission.subject.title,
            when=speech.span(one.submission.subject.period),
            host=unit_name(one.host, speech),
            what=speech.word(approval_words.SUBJECTS[one.submission.subject.what]),
        )
        for one in found
    ]


@routes.get(PATH, allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show what would change, who answered and whose turn it is."""
    return await submission_page(request, reader_of(request))


@routes.post(f"{PATH}/approve", allow=Permission.READ_CONFERENCES)
async def approve(request: web.Request) -> web.StreamResponse:
    """Say yes; the last yes carries it out, or shows who holds the halls meanwhile.

    What speaks against it and was not shown is asked about first.
    """
    reader, form, number = reader_of(request), await form_of(request), number_in(request, "id")
    desk = desk_of(request, reader.actor)
    try:
        async with transaction(request) as conn:
            _, against = await submissions.approve(conn, desk, number, office_calendar(request))
            require_all_read(against, form.get(ACCEPTED))
    except Warned as warned:
        return await ask_first(request, warned, back=f"/submissions/{number}", approving=True)
    except SiteBusy as busy:
        async with transaction(request) as conn:
            await tell_clash(conn, number, by=reader.actor.name, now=reader.now)
        return await submission_page(request, reader, busy=busy)
    return redirect(f"/submissions/{number}?said=approved")


@routes.post(f"{PATH}/refuse", allow=Permission.READ_CONFERENCES)
async def refuse(request: web.Request) -> web.StreamResponse:
    """Say no, with a reason."""
    reader, form, number = reader_of(request), await form_of(request), number_in(request, "id")
    desk = desk_of(request, reader.actor)
    try:
        body = parse_form(RefuseBody, {"reason": form.get("reason")})
    except BadForm:
        return redirect(f"/submissions/{number}?said=reason-needed")
    async with transaction(request) as conn:
        await submissions.refuse(conn, desk, number, reason=body.reason)
    return redirect(f"/submissions/{number}?said=refused")


@routes.post(f"{PATH}/withdraw", allow=Permission.BOOK)
async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take it back."""
    reader, number = reader_of(request), number_in(request, "id")
    desk = desk_of(request, reader.actor)
    async with transaction(request) as conn:
        await submissions.withdraw(conn, desk, number)
    return redirect(f"/submissions/{number}?said=submission-withdrawn")


async def submission_page(
    request: web.Request, reader: Reader, *, busy: SiteBusy | None = None
) -> web.Response:
    """Return the page; `busy` is what an approval has just found in the way."""
    async with connection(request) as conn:
        seen = await see_submission(conn, reader.actor, number_in(request, "id"))
        found = seen.submission
        names = await names_of(conn, found.approvals)
        asked = await asked_words(conn, found, reader)
        waits = found.state is Standing.WAITING
        calendar, desk = office_calendar(request), desk_of(request, reader.actor)
        preview = await preview_of(conn, found, reader, desk, calendar) if waits else Preview()
        against = await asked_about(conn, reader, preview.against if seen.may_answer else ())
        clash = await read_clash(conn, reader, busy) if busy else None
    speech, subject = reader.speech, found.subject
    reasons = [sentence(one, clash.names, speech) for one in busy.reasons] if clash and busy else []
    return render(
        request,
        "submission.html",
        status=HTTPStatus.CONFLICT if clash else HTTPStatus.OK,
        number=found.id,
        title=subject.title,
        what=speech.word(approval_words.SUBJECTS[subject.what]),
        when=speech.span(subject.period),
        host=unit_name(seen.host, speech),
        lead=lead(found, names, reader),
        reason=found.reason,
        asked=asked,
        lines=[line(one, found.turn, names, reader) for one in found.approvals],
        preview=preview,
        against=against,
        conference=subject.conference,
        series=subject.series,
        may_answer=seen.may_answer,
        may_withdraw=seen.may_withdraw,
        clash=[heading(request, clash, speech), *reasons] if clash else [],
    )


def lead(found: Submission, names: Names, reader: Reader) -> str:
    """Say where it stands and who is next."""
    if found.turn is None:
        return reader.speech.word(approval_words.STANDINGS[found.state])
    return reader.speech.tell(
        "Waits for the approval of %(who)s. What is held now stays until then.",
        who=who(found.turn, names, reader),
    )


async def asked_words(conn: Connection, found: Submission, reader: Reader) -> str:
    """Say who asked, and until when it waits where it does."""
    asker = owner_in(found.asked_by)
    known = await people_by_ids(conn, {asker} if asker else ())
    name = next((one.name for one in known.values()), found.asked_by)
    if found.state is not Standing.WAITING:
        return reader.speech.tell("Asked for by %(who)s.", who=name)
    return reader.speech.tell(
        "Asked for by %(who)s; lapses at %(at)s.",
        who=name,
        at=reader.speech.moment(found.subject.lapses_at, today=reader.now),
    )
