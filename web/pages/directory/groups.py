"""Groups of halls: how large they are on a day, and by which rule or list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from meetings.directory.errors import GroupExists, StaleRecord
from meetings.directory.finding import find_sites, list_groups, list_units, units_by_ids
from meetings.directory.groupings import Grouping
from meetings.errors import GroupNotFound, SitesNotFound, UnitNotFound
from meetings.store import Connection
from meetings.store.favourites import is_favourite
from meetings.store.groups import get_group
from web.answers import redirect
from web.directory import groups
from web.directory.groups import GroupBody, GroupChanges
from web.errors import BadForm, PageNotFound
from web.i18n import N_
from web.input.addressed import code_of
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.input.words import tags_in
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.days import day_field, tabs
from web.pages.halls.sites import Choice, choice
from web.pages.reading import Reader, Texts, form_of, reader_of, version_in
from web.pages.sending import send_once
from web.permissions import Permission, may
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording import phrases
from web.wording.sentences import say

routes = Routes()

PAGE = "/groups/{code:[^/]{1,60}}"
MOST_HALLS = 4000
TEXTS = ("code", "name", "name_en", "below", "tags")
LABELS = {
    "code": N_("Code of the group"),
    "name": N_("Name of the group"),
    "name_en": N_("Name in English"),
    "below": N_("Everything below the unit of code"),
    "tags": N_("Halls with one of these tags"),
    "kinds": N_("Every unit of these kinds"),
    "sites": N_("Halls one by one"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """A hall to tick."""

    id: str
    label: str


@routes.get("/groups", allow=Permission.READ_SITES)
async def index(request: web.Request) -> web.Response:
    """Show the groups with their size on a day."""
    reader = reader_of(request)
    day = day_field(request, reader)
    async with connection(request) as conn:
        found = await list_groups(conn, on=day.day)
        roots = [one for one in await list_units(conn, on=reader.day) if one.parent_id is None]
    rows: Sequence[Choice] = [choice(one, reader.speech) for one in found]
    return render(
        request,
        "groups.html",
        tabs=tabs(request, reader, day),
        day=day,
        rows=rows,
        may_keep=all(may(reader.actor, Permission.MANAGE_DIRECTORY, one.path) for one in roots),
        sentence=reader.speech.tell_many("%(n)s group", "%(n)s groups", len(rows)),
    )


@routes.get("/groups/new", allow=Permission.MANAGE_DIRECTORY)
async def begin(request: web.Request) -> web.Response:
    """Show an empty form."""
    empty: dict[str, Any] = dict.fromkeys(TEXTS, "") | {"kinds": frozenset(), "sites": frozenset()}
    return await form_page(request, reader_of(request), Typed(values=empty))


@routes.post("/groups", allow=Permission.MANAGE_DIRECTORY)
async def add(request: web.Request) -> web.Response:
    """Make a group, once for this form."""
    reader, form = reader_of(request), await form_of(request)

    async def work(conn: Connection) -> str:
        body = parse_form(GroupBody, values_in(form) | {"code": form.get("code")})
        await groups.add(conn, request, body, reader.day)
        return "/groups?said=group-kept"

    try:
        return await send_once(request, form, work)
    except (BadForm, GroupExists, SitesNotFound, UnitNotFound) as error:
        return await form_page(request, reader, typed_in(request, form, error))


@routes.get(PAGE, allow=Permission.READ_SITES)
async def show(request: web.Request) -> web.Response:
    """Show a group's rule and list, to be changed by who may."""
    reader = reader_of(request)
    async with connection(request) as conn:
        try:
            found = await get_group(conn, code_of(request), on=reader.day)
        except GroupNotFound as error:
            raise PageNotFound from error
        below = await units_by_ids(conn, [found.below] if found.below else [])
    typed = values_of(found, "".join(unit.code for unit in below.values()))
    return await form_page(request, reader_of(request), Typed(values=typed), found)


@routes.post(PAGE, allow=Permission.MANAGE_DIRECTORY)
async def amend(request: web.Request) -> web.Response:
    """Change a group; halls of it that are not in use today stay in it."""
    reader, form = reader_of(request), await form_of(request)
    try:
        async with transaction(request) as conn:
            halls = await find_sites(conn, on=reader.day, limit=MOST_HALLS)
            await groups.amend(
                conn,
                request,
                code_of(request),
                parse_form(GroupChanges, values_in(form)),
                version=version_in(form),
                on=reader.day,
                offered={one.id for one in halls},
            )
    except (BadForm, SitesNotFound, UnitNotFound, StaleRecord) as error:
        async with connection(request) as conn:
            found = await get_group(conn, code_of(request), on=reader.day)
        typed, stale = typed_in(request, form, error), isinstance(error, StaleRecord)
        return await form_page(request, reader, typed, found, stale=stale)
    return redirect("/groups?said=group-kept")


@routes.post(f"{PAGE}/forget", allow=Permission.MANAGE_DIRECTORY)
async def forget(request: web.Request) -> web.Response:
    """Give a group up."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        await groups.forget(conn, request, code_of(request), version=None, on=reader.day)
    return redirect("/groups?said=group-gone")


def values_in(form: Texts) -> dict[str, Any]:
    """Return a form as programs write it."""
    values: dict[str, Any] = {name: form.get(name) for name in ("name", "name_en")}
    sites = [number_or_text(one) for one in form.getall("sites")]
    values |= {"kinds": form.getall("kinds"), "sites": sites, "tags": tags_in(form.get("tags"))}
    return values | ({"below": form.get("below")} if form.get("below") else {})


def typed_in(request: web.Request, form: Texts, error: Exception) -> Typed:
    """Return the form as it was typed, with what is wrong."""
    values: dict[str, Any] = {name: form.get(name) for name in TEXTS}
    values |= {name: frozenset(form.getall(name)) for name in ("kinds", "sites")}
    if isinstance(error, StaleRecord):
        return Typed(values=values)
    version = version_in(form)
    if isinstance(error, BadForm):
        return Typed(values=values, errors=problems_of(request, error), version=version)
    place = "code" if isinstance(error, GroupExists) else "sites"
    place = "below" if isinstance(error, UnitNotFound) else place
    words = say(request, str(getattr(error, "code", "")))
    return Typed(values=values, errors={place: words}, version=version)


def values_of(group: Grouping, below: str) -> dict[str, Any]:
    """Return a group as its form shows it."""
    return {
        "code": group.code,
        "name": group.name,
        "name_en": group.name_en,
        "below": below,
        "tags": "; ".join(sorted(group.tags)),
        "kinds": group.kinds,
        "sites": frozenset(str(site) for site in group.sites),
    }


async def form_page(
    request: web.Request,
    reader: Reader,
    typed: Typed,
    group: Grouping | None = None,
    *,
    stale: bool = False,
) -> web.Response:
    """Return the form of a new group or of one that is there."""
    async with connection(request) as conn:
        halls = await find_sites(conn, on=reader.day, limit=MOST_HALLS + 1)
        roots = [one for one in await list_units(conn, on=reader.day) if one.parent_id is None]
        person, code = reader.actor.person, group.code if group else ""
        favourite = person is not None and await is_favourite(conn, person, "group", code)
    speech = reader.speech
    return render(
        request,
        "group.html",
        favourite=favourite,
        status=form_status(wrong=bool(typed.errors), stale=stale),
        group=group,
        stale=stale,
        form=typed,
        labels={name: speech.word(words) for name, words in LABELS.items()},
        kinds=[(kind, speech.word(words)) for kind, words in phrases.UNIT_KINDS.items()],
        halls=[Hall(id=str(one.id), label=one.label) for one in halls[:MOST_HALLS]],
        first=speech.number(MOST_HALLS) if halls[MOST_HALLS:] else "",
        may_keep=all(may(reader.actor, Permission.MANAGE_DIRECTORY, one.path) for one in roots),
    )
