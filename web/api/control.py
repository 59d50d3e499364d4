"""Control of a live room: one address for each action, and what became of those asked before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from bridges.control.actions import ABOUT_SITE, ONLY_INSIDE, Action, ActionState, Asked
from bridges.registered.registry import Seal
from bridges.store.actions import list_actions
from meetings.errors import SitesNotFound
from meetings.idempotency import Answer
from meetings.model import Conference, ConferenceId, SiteId
from meetings.store import Connection
from web.access.visibility import see, see_for
from web.api import views
from web.api.answering import change, done, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_optional_body
from web.errors import BadForm, Forbidden, PageNotFound
from web.input.addressed import id_of
from web.input.forms import Body, Id
from web.input.moments import Moment
from web.keys import KEYRING
from web.permissions import Permission, holds, may, require
from web.rooms.control import call_system, dial, extend, finish, remove
from web.rooms.dialling import NUMBER
from web.rooms.inside import order
from web.scheduling.booking import Desk, desk_of
from web.transactions import connection

routes = Endpoints("control")

ACTIONS = f"/conferences/{ID}/actions"


class ActionBody(Body):
    """What an action needs: a later end, a hall, a telephone number, or where a stream goes.

    `dial-out` calls a number, or the SIP room system of an invited hall.
    `stream` may be left out where it was typed on the control page; it is kept sealed, and only
    until a page takes it up.
    """

    end: Moment | None = None
    site: Id | None = None
    phone: Annotated[str | None, Field(strict=True, pattern=NUMBER)] = None
    stream: Annotated[str | None, Field(strict=True, pattern=r"^[!-~]{1,500}$", repr=False)] = None


class ActionView(views.View):
    """One thing asked of a room; `unconfirmed` was asked and was not seen to have happened.

    `carried_by` is at whose control page it is done, "" while none has taken it up.
    """

    id: int
    action: Action
    subject: str
    state: ActionState
    detail: str
    carried_by: str
    asked_at: Moment
    settled_at: Moment | None


def action_view(asked: Asked) -> ActionView:
    """Return an action as the API tells it."""
    return ActionView(
        id=asked.id,
        action=asked.action,
        subject=asked.subject,
        state=asked.state,
        detail=asked.detail,
        carried_by=asked.carried_by,
        asked_at=asked.asked_at,
        settled_at=asked.settled_at,
    )


@routes.endpoint(
    "GET",
    ACTIONS,
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.Page[ActionView]),
)
async def show(request: web.Request) -> web.Response:
    """List what was lately asked of the room, the newest first.

    Which number or address was called is told to who may control the room; `subject` is empty to
    others.
    """
    actor = require(request)
    async with connection(request) as conn:
        seen = await see(conn, actor, ConferenceId(id_of(request)))
        found = await list_actions(conn, seen.conference.id)
    named = [one for one in found if not is_about(one, seen.hidden)]
    if not may(actor, Permission.CONTROL, seen.host.path):
        named = [without_number(one) for one in named]
    return shown(views.Page[ActionView](items=[action_view(one) for one in named]))


def without_number(asked: Asked) -> Asked:
    """Return an action without whom it called."""
    return replace(asked, subject="") if asked.action is Action.DIAL_OUT else asked


def is_about(asked: Asked, sites: Collection[SiteId]) -> bool:
    """Tell whether an action is about one of these halls."""
    return asked.action in ABOUT_SITE and asked.subject in map(str, sites)


@routes.endpoint(
    "POST",
    f"{ACTIONS}/{{action}}",
    allow=Permission.CONTROL,
    tells=Tells(
        answer=ActionView,
        status=HTTPStatus.ACCEPTED,
        body=ActionBody,
        body_needed=False,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def act(request: web.Request) -> web.Response:
    """Ask something of the room; asked again while it is under way, it is the same.

    What no bridge has a call for is handed to a control page that is open in the room.  Whoever may
    open one may ask for that, and for a call; extending, ending and sending out are the host's.
    """
    desk, action = desk_of(request, require(request)), action_of(request)
    needed = permission_for(action)
    if not holds(desk.actor, needed):
        raise Forbidden(needed.value)
    body = await read_optional_body(request, ActionBody)
    check_body(action, body)
    seal = request.config_dict[KEYRING]

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), needed)
        asked = await asked_for(conn, desk, seen.conference, action, body, seal=seal)
        return done(action_view(asked), status=HTTPStatus.ACCEPTED)

    return await change(request, work)


def permission_for(action: Action) -> Permission:
    """Return what somebody must hold over the host, as on the pages that do the same."""
    leads = action in ONLY_INSIDE or action is Action.DIAL_OUT
    return Permission.CONTROL if leads else Permission.BOOK


async def asked_for(
    conn: Connection,
    desk: Desk,
    conference: Conference,
    action: Action,
    body: ActionBody,
    *,
    seal: Seal,
) -> Asked:
    """Do, or ask for, one action."""
    if body.site is not None and body.site not in conference.sites:
        raise SitesNotFound(frozenset({SiteId(body.site)}))
    if action is Action.EXTEND and body.end is not None:
        return await extend(conn, desk, conference, body.end)
    if action is Action.END:
        return await finish(conn, desk, conference)
    if action is Action.REMOVE and body.site is not None:
        return await remove(conn, desk, conference, SiteId(body.site))
    if action in ONLY_INSIDE:
        about, to = str(body.site or ""), body.stream or ""
        return await order(conn, desk, conference, action, about=about, stream=to, seal=seal)
    if body.site is not None:
        return await call_system(conn, desk, conference, SiteId(body.site))
    return await dial(conn, desk, conference, body.phone or "")


def action_of(request: web.Request) -> Action:
    """Return the action of the address.

    Raises:
        PageNotFound: there is none of that name.
    """
    try:
        return Action(request.match_info["action"])
    except ValueError as error:
        raise PageNotFound from error


def check_body(action: Action, body: ActionBody) -> None:
    """Raise BadForm with what an action lacks, or what it has no use for."""
    needed = {"site"} if action in ABOUT_SITE else set()
    needed |= {"end"} if action is Action.EXTEND else set()
    called = "phone" if body.site is None else "site"
    needed |= {called} if action is Action.DIAL_OUT else set()
    useful = needed | ({"stream"} if action is Action.STREAM_START else set())
    names = ("end", "site", "phone", "stream")
    given = {name for name in names if getattr(body, name) is not None}
    missing = dict.fromkeys(needed - given, "required")
    unknown = dict.fromkeys(given - useful, "unknown-field")
    if missing or unknown:
        raise BadForm({**missing, **unknown})
