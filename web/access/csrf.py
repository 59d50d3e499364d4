"""Changes are asked for from our own pages only: where from, and with the page's own token."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from aiohttp import web

from web.access.sessions import cookie_name, new_secret, session_secret, set_cookie
from web.errors import CrossSite
from web.input.posted import posted
from web.keys import PRE_SESSION, SETTINGS

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
HEADER = "X-CSRF-Token"
COOKIE = "pre"
FORM_KINDS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def token_for(secret: str) -> str:
    """Return the token bound to a cookie's secret; who does not know the secret cannot make it."""
    return hmac.digest(secret.encode(errors="replace"), b"csrf", hashlib.sha256).hex()


def browser_secret(request: web.Request) -> str:
    """Return what the browser is known by: its session, else its cookie from before signing in."""
    before = request.cookies.get(cookie_name(request, COOKIE), "")
    return session_secret(request) or before or request.get(PRE_SESSION, "")


def token_of(request: web.Request) -> str:
    """Return the token for this browser's forms; a stranger gets a cookie to bind it to."""
    if not browser_secret(request):
        request[PRE_SESSION] = new_secret()
    return token_for(browser_secret(request))


def bind_form(request: web.Request, answer: web.StreamResponse) -> None:
    """Give a stranger the cookie that a form on this page is bound to, if there is a form."""
    secret = request.get(PRE_SESSION, "")
    if secret and not answer.prepared:
        set_cookie(request, answer, COOKIE, secret)


def check_origin(request: web.Request) -> None:
    """Refuse a change that another site's page asks for.

    Our pages send no referrer, which makes browsers say "null" for their origin too; then
    Sec-Fetch-Site and the page's token decide.

    Raises:
        CrossSite: the browser itself says so.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    if site and site not in {"same-origin", "none"}:
        raise CrossSite
    origin = request.headers.get("Origin", "")
    if origin not in {"", "null"} and origin not in own_origins(request):
        raise CrossSite


def own_origins(request: web.Request) -> frozenset[str]:
    """Return the origins our own pages have: as configured, and as the browser addressed us."""
    base = urlsplit(request.config_dict[SETTINGS].base_url)
    return frozenset({f"{base.scheme}://{base.netloc}", f"{base.scheme}://{request.host}"})


async def check_token(request: web.Request) -> None:
    """Refuse a change without the token of this browser.

    Raises:
        CrossSite: there is none, or it is another browser's.
    """
    check_given(request, request.headers.get(HEADER, "") or await token_in_form(request))


def check_given(request: web.Request, given: str) -> None:
    """Refuse any other token than this browser's.

    Raises:
        CrossSite: it is none, or another browser's.
    """
    expected = token_for(browser_secret(request))
    known = bool(browser_secret(request))
    if not known or not hmac.compare_digest(given.encode(errors="replace"), expected.encode()):
        raise CrossSite


async def token_in_form(request: web.Request) -> str:
    """Return the form's token; other bodies carry it in the header."""
    if request.content_type not in FORM_KINDS:
        return ""
    value = (await posted(request)).get(FIELD, "")
    return value if isinstance(value, str) else ""
