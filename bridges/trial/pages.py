"""The room's page: what a browser sees of the trial bridge."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jinja2
from aiohttp import web

from bridges.trial.keys import CONFIG, TEMPLATES
from bridges.trial.sockets import room_of
from bridges.trial.words import WORDS, Language

HERE = Path(str(files("bridges.trial")))
STATIC = HERE / "static"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:; "
    "img-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def make_templates() -> jinja2.Environment:
    """Return the environment that draws the one page; a missing name is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def show_room(request: web.Request) -> web.Response:
    """Draw the room's page; the token stays in the fragment and never comes here."""
    config, room = request.app[CONFIG], room_of(request)
    language = Language.EN if request.query.get("lang") == "en" else Language.VI
    words = {**WORDS[language], "limit": str(config.media_limit)}
    page = request.app[TEMPLATES].get_template("room.html")
    text = page.render(
        base=config.base_path,
        language=language,
        room=room,
        words=words,
        script_words=json.dumps(words, ensure_ascii=False),
    )
    return web.Response(text=text, content_type="text/html", headers=HEADERS)
