"""Pages of signing in and out, and of the one-time link."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web

from web.access import accounts
from web.access.csrf import COOKIE
from web.access.proxies import address_of
from web.access.sessions import drop_cookie, set_cookie
from web.answers import redirect, retry_seconds
from web.errors import BadCredentials, DirectoryDown, TooBusy, TooManyTries, WeakPassword, WebError
from web.input.posted import posted
from web.keys import CLOCK, PASSWORDS, POOL, PROVER
from web.permissions import LINK, PUBLIC, Permission, require
from web.render import render
from web.routes import Routes
from web.statuses import STATUS
from web.transactions import connection, transaction
from web.wording.sentences import say

routes = Routes()

WRONG_HERE = (BadCredentials, DirectoryDown, TooManyTries, TooBusy)
"""Facts that are told on the sign-in page itself, with the login still in its field."""


@routes.get("/sign-in", allow=PUBLIC)
async def show(request: web.Request) -> web.Response:
    """Ask for login and password."""
    target = safe_target(request.query.get("next", ""))
    return render(request, "sign-in.html", problem="", next=target, login="")


@routes.post("/sign-in", allow=PUBLIC)
async def sign_in(request: web.Request) -> web.StreamResponse:
    """Open a session, or say on the same page why not."""
    form = await posted(request)
    login, password = str(form.get("login", "")), str(form.get("password", ""))
    target = safe_target(str(form.get("next", "")))
    try:
        secret = await accounts.sign_in(
            request.config_dict[POOL],
            request.config_dict[PASSWORDS],
            login,
            password,
            prover=request.config_dict[PROVER],
            address=address_of(request),
            now=request.config_dict[CLOCK](),
        )
    except WRONG_HERE as error:
        return ask_again(request, error, login=login, target=target)
    return enter(request, secret, target)


def ask_again(request: web.Request, error: WebError, *, login: str, target: str) -> web.Response:
    """Show the sign-in page with what was wrong."""
    answer = render(
        request,
        "sign-in.html",
        status=STATUS[type(error)],
        problem=say(request, error.code),
        next=target,
        login=login,
    )
    if not isinstance(error, BadCredentials):
        answer.headers["Retry-After"] = str(retry_seconds(error))
    return answer


def enter(request: web.Request, secret: str, target: str) -> web.StreamResponse:
    """Lead a browser on with its new session."""
    answer = redirect(target)
    set_cookie(request, answer, "sid", secret)
    drop_cookie(request, answer, COOKIE)
    return answer


def safe_target(address: str) -> str:
    """Return an address on this site, whatever was asked for."""
    parts = urlsplit(address) if address.isprintable() else None
    if parts is None or parts.scheme or parts.netloc or not address.startswith("/"):
        return "/"
    return "/" if address.startswith(("//", "/\\")) or "\\" in address else address


@routes.post("/sign-out", allow=Permission.SIGNED_IN)
async def sign_out(request: web.Request) -> web.StreamResponse:
    """Close the session; what the browser kept of our pages goes too."""
    async with transaction(request) as conn:
        await accounts.sign_out(conn, require(request).session)
    answer = redirect("/sign-in")
    drop_cookie(request, answer, "sid")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@routes.get("/welcome/{secret}", allow=LINK)
async def welcome(request: web.Request) -> web.Response:
    """Greet the person a one-time link is for, and ask for a password."""
    async with connection(request) as conn:
        invited = await accounts.see_link(
            conn, request.match_info["secret"], request.config_dict[CLOCK]()
        )
    return render(request, "welcome.html", name=invited.name, login=invited.login, problem="")


@routes.post("/welcome/{secret}", allow=LINK)
async def choose(request: web.Request) -> web.StreamResponse:
    """Take the password, use the link up, and let the person in."""
    form = await posted(request)
    password = str(form.get("password", ""))
    if password != form.get("again", ""):
        return await welcome_again(request, "passwords-differ")
    try:
        secret = await accounts.choose_password(
            request.config_dict[POOL],
            request.config_dict[PASSWORDS],
            request.match_info["secret"],
            password,
            now=request.config_dict[CLOCK](),
        )
    except WeakPassword as error:
        return await welcome_again(request, error.code)
    return enter(request, secret, "/")


async def welcome_again(request: web.Request, code: str) -> web.Response:
    """Show the page of the link with what was wrong.

    Raises:
        LinkUsed: meanwhile it is no longer good.
    """
    async with connection(request) as conn:
        invited = await accounts.see_link(
            conn, request.match_info["secret"], request.config_dict[CLOCK]()
        )
    return render(
        request,
        "welcome.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        name=invited.name,
        login=invited.login,
        problem=say(request, code),
    )
