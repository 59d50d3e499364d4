"""What a conference relays: on its page and sheet, and the form that plans it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from meetings.content.cascading import find_upstream, losses_of, tell_back, tell_lost
from meetings.content.planning import CHANGEABLE
from meetings.content.tiers import tiers_of
from meetings.content.upstreams import Loss, Source, Upstream
from meetings.errors import MeetingsError, StaleVersion
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection
from meetings.store.occurrences import find_belonging
from web.answers import redirect
from web.content.cascading import Dates, DatesQuery, LossBody, UpstreamBody, plan_as
from web.errors import BadForm
from web.formats import clock_time
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.conference.conferences import OPEN, Found, find_mine
from web.pages.conference.plan_rows import moment_in
from web.pages.looks import Fact
from web.pages.reading import Reader, Texts, form_of, reader_of, version_in
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import connection, transaction
from web.wording.moves import say_fact

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/upstream"
COLUMNS = ("name", "address", "relay_site", "from", "until", "dates")
TYPED_AS = {"start": "from", "end": "until"}
"""What the form calls what the API calls otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is relayed and when it was lost, as every tier sees it."""

    base: str
    facts: tuple[Fact, ...]
    losses: tuple[str, ...]
    lost: bool
    may_tell: bool
    may_plan: bool


async def card_of(conn: Connection, found: Found, reader: Reader) -> Card | None:
    """Return what is relayed, with its losses; to who may plan it also where there is nothing."""
    conference = found.conference
    upstream = await find_upstream(conn, conference.id)
    may_plan = found.is_mine(reader, Permission.BOOK) and conference.state in CHANGEABLE
    base = f"/conferences/{conference.id}/upstream"
    if upstream is None:
        nothing = Card(
            base=base, facts=(), losses=(), lost=False, may_tell=False, may_plan=may_plan
        )
        return nothing if may_plan else None
    losses = await losses_of(conn, conference, upstream, reader.now)
    tier = await tier_name(conn, conference.id, upstream.relay)
    begun = reader.now >= upstream.within(conference.period).start
    leads = found.is_mine(reader, Permission.CONTROL) and conference.state in OPEN and begun
    return Card(
        base=base,
        facts=facts(upstream, found, reader),
        losses=tuple(loss_line(one, tier, reader) for one in losses),
        lost=any(one.end is None and one.source is Source.PERSON for one in losses),
        may_tell=leads,
        may_plan=may_plan,
    )


async def tier_name(conn: Connection, conference: ConferenceId, relay: SiteId) -> str:
    """Return the tier on which the relaying hall stands, whose incident a loss is."""
    named = [one.name for one in await tiers_of(conn, conference) if relay in one.sites]
    return named[0] if named else ""


def facts(upstream: Upstream, found: Found, reader: Reader) -> tuple[Fact, ...]:
    """Return the lines of the card."""
    speech, part = reader.speech, upstream.within(found.conference.period)
    site = found.sites.get(upstream.relay)
    return (
        Fact(words=speech.tell("Relayed from"), value=upstream.name),
        Fact(words=speech.tell("Dialled as"), value=upstream.address),
        Fact(words=speech.tell("Through the hall"), value=site.label if site else "–"),
        Fact(words=speech.tell("From – until"), value=speech.span(part)),
    )


def loss_line(loss: Loss, tier: str, reader: Reader) -> str:
    """Return one loss in words: when, who says so, on which tier."""
    speech = reader.speech
    span = f"{clock_time(loss.start)} – {clock_time(loss.end) if loss.end else '…'}"
    said = {
        Source.PERSON: speech.tell("the upstream was lost"),
        Source.RELAY: speech.tell("the relaying hall was not in the room"),
    }[loss.source]
    remark = f" ({loss.remark})" if loss.remark else ""
    return f"{span} · {f'{tier}: ' if tier else ''}{said}{remark}"


@routes.get(PAGE, allow=Permission.BOOK)
async def show(request: web.Request) -> web.Response:
    """Show the form of what is relayed."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        upstream = await find_upstream(conn, found.conference.id)
        sets = await sets_of(conn, found, planned=bool(upstream))
    form, version = Typed(values=values_of(upstream, found)), found.conference.version
    return page(request, found, form, sets, version=version)


@routes.post(PAGE, allow=Permission.BOOK)
async def change(request: web.Request) -> web.StreamResponse:
    """Write what is relayed, or take it away."""
    reader, form = reader_of(request), await form_of(request)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        planned = await find_upstream(conn, found.conference.id) is not None
        sets = await sets_of(conn, found, planned=planned)
    dropped = form.get("do") == "drop"
    try:
        await save(request, reader, found, None if dropped else body_in(form, found))
    except StaleVersion as error:
        return page(request, found, typed(form, {}), sets, version=error.version, stale=True)
    except BadForm as error:
        told = problems_of(request, error)
        wrong = {TYPED_AS.get(name, name): words for name, words in told.items()}
    except MeetingsError as error:
        wrong = {"name": say_fact(request, error)}
    else:
        said = "upstream-dropped" if dropped else "upstream-saved"
        return redirect(f"/conferences/{found.conference.id}?said={said}")
    return page(request, found, typed(form, wrong), sets, version=version_in(form))


async def save(
    request: web.Request, reader: Reader, found: Found, upstream: Upstream | None
) -> None:
    """Store it under the version that the form was made from."""
    form, desk = await form_of(request), desk_of(request, reader.actor)
    dates = parse_form(DatesQuery, {"dates": form.get("dates") or Dates.ONE}).dates
    async with transaction(request) as conn:
        await plan_as(conn, desk, found.conference, upstream, version=version_in(form), dates=dates)


def body_in(form: Texts, found: Found) -> Upstream:
    """Return the form as the API's JSON would say it."""
    start = found.conference.period.start
    values = {
        "name": form.get("name"),
        "address": form.get("address"),
        "relay_site": number_or_text(form.get("relay_site")),
        "start": moment_in(form.get("from"), start),
        "end": moment_in(form.get("until"), start),
    }
    return parse_form(UpstreamBody, values).upstream(found.conference.period)


def values_of(upstream: Upstream | None, found: Found) -> Mapping[str, str]:
    """Return the form of what is relayed; a new one goes through the main hall."""
    if upstream is None:
        return {"relay_site": str(found.conference.main_site)}
    part = upstream.within(found.conference.period)
    own = upstream.from_minute is not None
    return {
        "name": upstream.name,
        "address": upstream.address,
        "relay_site": str(upstream.relay),
        "from": clock_time(part.start) if own else "",
        "until": clock_time(part.end) if own else "",
    }


def typed(form: Texts, wrong: Mapping[str, str]) -> Typed:
    """Return the form as it was typed."""
    return Typed(values={name: form.get(name)[:300] for name in COLUMNS}, errors=wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """What of the form depends on the record: something to take away, dates to choose from."""

    planned: bool
    in_series: bool


async def sets_of(conn: Connection, found: Found, *, planned: bool) -> Sets:
    """Return what of the form depends on the record."""
    belonging = await find_belonging(conn, found.conference.id)
    return Sets(planned=planned, in_series=belonging is not None)


def page(
    request: web.Request,
    found: Found,
    form: Typed,
    sets: Sets,
    *,
    version: int,
    stale: bool = False,
) -> web.Response:
    """Draw the form, of the version that was looked at."""
    return render(
        request,
        "upstream.html",
        status=form_status(wrong=bool(form.errors), stale=stale),
        c=found.conference,
        version=version,
        stale=stale,
        form=form,
        sets=sets,
        halls=[(site.id, site.label) for site in found.sites.values()],
    )


@routes.post(f"{PAGE}/lost", allow=Permission.CONTROL)
async def lost(request: web.Request) -> web.Response:
    """Tell that the upstream is lost; twice is once."""
    reader, form = reader_of(request), await form_of(request)
    body = parse_form(LossBody, {"remark": form.get("remark")})
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        by, now = reader.actor.name, reader.now
        await tell_lost(conn, found.conference, remark=body.remark, by=by, now=now)
    return redirect(f"/conferences/{found.conference.id}?said=upstream-lost")


@routes.post(f"{PAGE}/back", allow=Permission.CONTROL)
async def back(request: web.Request) -> web.Response:
    """Tell that the upstream is back; twice is once."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.CONTROL)
        await tell_back(conn, found.conference, by=reader.actor.name, now=reader.now)
    return redirect(f"/conferences/{found.conference.id}?said=upstream-back")
