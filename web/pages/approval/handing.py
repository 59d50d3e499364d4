"""Handing over: to whom a conference may go, the form that offers it, and the answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import web

from meetings.approval import handing
from meetings.approval.errors import HandOverWaits, NotFitToOwn
from meetings.approval.handovers import HandAnswer, is_open, may_answer
from meetings.approval.submissions import What
from meetings.directory.finding import list_units, unit_by_id
from meetings.errors import PersonNotFound, SiteBusy, StaleVersion, UnitNotFound
from meetings.people.grants import people_by_ids
from meetings.rules import owner_in
from meetings.store import Connection
from meetings.store.handing import find_open
from meetings.store.submissions import find_waiting
from web.access.visibility import receiver_of
from web.answers import redirect
from web.approval.answer_sight import see_offered
from web.approval.handing import DeclineBody, HandOverBody, offer_on
from web.errors import BadForm
from web.i18n import N_
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.pages.acting import actor_words
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.conference.conferences import Found, find_mine, id_in, unit_name
from web.pages.people.whom import is_search, people_to_choose, sought_in
from web.pages.reading import Reader, form_of, reader_of, version_in
from web.pages.sending import send_once
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import connection, transaction
from web.wording.sentences import say

routes = Routes()

PATH = "/conferences/{id:[0-9]+}/hand-over"
LABELS = {"host": N_("Host"), "owner": N_("Looked after by")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the page says of an offer that waits."""

    words: str
    may_answer: bool
    may_withdraw: bool


async def offered_of(conn: Connection, found: Found, reader: Reader) -> Offered | None:
    """Return the offer of this conference that waits, for who made it and who is to answer."""
    one = await find_open(conn, found.conference.id)
    if one is None or not is_open(found.conference, reader.now):
        return None
    host = await unit_by_id(conn, one.host)
    answers = may_answer(one, host.path, receiver_of(reader.actor))
    books = found.is_mine(reader, Permission.BOOK)
    if not (answers or books):
        return None
    giver = owner_in(one.offered_by)
    people = await people_by_ids(conn, {who for who in (giver, one.person) if who is not None})
    to = people[one.person].name if one.person else unit_name(host, reader.speech)
    by = actor_words(one.offered_by, people, reader)
    words = reader.speech.tell("%(by)s offers this conference to %(to)s.", by=by, to=to)
    return Offered(words=words, may_answer=answers, may_withdraw=books)


@routes.get(PATH, allow=Permission.BOOK)
async def ask(request: web.Request) -> web.Response:
    """Show to whom the conference may be handed."""
    return await hand_page(request, reader_of(request), Typed(values={}))


@routes.post(PATH, allow=Permission.BOOK)
async def give(request: web.Request) -> web.StreamResponse:
    """Offer it."""
    reader, form = reader_of(request), await form_of(request)
    desk, values = desk_of(request, reader.actor), {name: form.get(name) for name in LABELS}
    typed = Typed(values=values, version=version_in(form))
    if is_search(form):
        return await hand_page(request, reader, typed, sought=sought_in(form))

    async def work(conn: Connection) -> str:
        said = values | {"owner": number_or_text(values["owner"])}
        body = parse_form(HandOverBody, {name: one for name, one in said.items() if one})
        number = (await find_mine(conn, request, reader, Permission.BOOK)).conference.id
        made = await offer_on(conn, desk, number, body, version=version_in(form))
        if made.answer is not HandAnswer.ACCEPTED:
            return f"/conferences/{number}?said=hand-offered"
        waiting = await find_waiting(conn, conference=number, what=What.HOST)
        return (
            f"/submissions/{waiting.id}?said=submitted"
            if waiting
            else f"/conferences/{number}?said=handed"
        )

    try:
        return await send_once(request, form, work)
    except StaleVersion:
        return await hand_page(request, reader, replace(typed, version=None), stale=True)
    except BadForm as error:
        wrong = problems_of(request, error)
    except (UnitNotFound, SiteBusy) as error:
        wrong = {"host": say(request, error.code)}
    except (HandOverWaits, NotFitToOwn, PersonNotFound) as error:
        wrong = {"owner": say(request, error.code)}
    return await hand_page(request, reader, replace(typed, errors=wrong))


@routes.post(f"{PATH}/accept", allow=Permission.BOOK)
async def accept(request: web.Request) -> web.StreamResponse:
    """Take what one was offered."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        number = (await see_offered(conn, reader.actor, id_in(request))).conference.id
        await handing.accept(conn, number, receiver=receiver_of(reader.actor), now=reader.now)
        waiting = await find_waiting(conn, conference=number, what=What.HOST)
    if waiting is not None:
        return redirect(f"/submissions/{waiting.id}?said=submitted")
    return redirect(f"/conferences/{number}?said=hand-accepted")


@routes.post(f"{PATH}/decline", allow=Permission.BOOK)
async def decline(request: web.Request) -> web.StreamResponse:
    """Decline what one was offered, with a reason."""
    reader, form = reader_of(request), await form_of(request)
    try:
        body = parse_form(DeclineBody, {"reason": form.get("reason")})
    except BadForm:
        return redirect(f"/conferences/{request.match_info['id']}?said=reason-needed")
    async with transaction(request) as conn:
        number = (await see_offered(conn, reader.actor, id_in(request))).conference.id
        receiver, reason = receiver_of(reader.actor), body.reason
        await handing.decline(conn, number, reason=reason, receiver=receiver, now=reader.now)
    return redirect("/?said=hand-declined")


@routes.post(f"{PATH}/withdraw", allow=Permission.BOOK)
async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take an offer back."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        number = found.conference.id
        await handing.withdraw(conn, number, by=reader.actor.name, now=reader.now)
    return redirect(f"/conferences/{number}?said=hand-withdrawn")


async def hand_page(
    request: web.Request,
    reader: Reader,
    typed: Typed,
    *,
    sought: str = "",
    stale: bool = False,
) -> web.Response:
    """Return the form, with what was chosen, and with the people who book for the host in it.

    A conference goes to any unit of the same province.
    """
    speech = reader.speech
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        waits = await offered_of(conn, found, reader)
        units = await list_units(conn, on=reader.day, below=found.host.path[0])
        values = {"host": found.host.code, "owner": "", **typed.values}
        host = next((unit for unit in units if unit.code == values["host"]), found.host)
        whom = await people_to_choose(
            conn, speech, sought=sought, chosen=[values["owner"]], books_for=host
        )
    conference = found.conference
    return render(
        request,
        "hand-over.html",
        status=form_status(wrong=bool(typed.errors), stale=stale),
        title=conference.title,
        back=f"/conferences/{conference.id}",
        version=conference.version,
        stale=stale,
        waits=waits,
        form=replace(typed, values=values),
        labels={name: speech.word(words) for name, words in LABELS.items()},
        hosts=[(unit.code, unit_name(unit, speech)) for unit in units],
        whom=whom,
        people=[("", speech.tell("The secretaries of the host")), *whom.choices],
    )
