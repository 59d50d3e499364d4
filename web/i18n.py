"""Languages: the catalogues, and which of them a request wants."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from aiohttp import web
from babel.messages.catalog import Catalog as Messages
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from web.keys import ACTOR, CATALOGUES, LOCALE, SETTINGS

Catalogue = gettext.NullTranslations

LOCALES = ("vi", "en")
DEFAULT_LOCALE = "vi"
COOKIE = "lang"
HEADERS_REMEMBERED = 256
LONGEST_HEADER = 500
YEAR_SECONDS = 365 * 24 * 3600
FOLDER = Path(__file__).with_name("locale")

N_ = str
"""Marks a sentence for the catalogue where it is only written down, not yet shown."""


def load_catalogues(folder: Path = FOLDER) -> Mapping[str, Catalogue]:
    """Return a catalogue for each language; English is what the msgids say themselves."""
    return MappingProxyType({name: load_catalogue(folder, name) for name in LOCALES})


def load_catalogue(folder: Path, locale: str) -> Catalogue:
    """Read a language's .po files, one for each area; one without files speaks in msgids.

    They become one catalogue, so that a sentence is looked up once and not area by area.
    """
    paths = sorted((folder / locale / "LC_MESSAGES").glob("*.po"))
    if not paths:
        return gettext.NullTranslations()
    first, *others = (read_file(path, locale) for path in paths)
    for other in others:
        for message in other:
            if message.id:
                first[message.id] = message
    return compiled(first)


def read_file(path: Path, locale: str) -> Messages:
    """Read one .po file."""
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def compiled(messages: Messages) -> gettext.GNUTranslations:
    """Return messages as gettext looks them up."""
    machine = io.BytesIO()
    write_mo(machine, messages)
    machine.seek(0)
    return gettext.GNUTranslations(machine)


@lru_cache(maxsize=HEADERS_REMEMBERED)
def preferred(header: str) -> str:
    """Return our best language for an Accept-Language header, or "" when it names none."""
    wishes = [quality_of(part) for part in header.split(",")]
    ranked = sorted(wishes, key=lambda wish: -wish[1])
    names = (name.split("-")[0].lower() for name, quality in ranked if quality > 0)
    return next((name for name in names if name in LOCALES), "")


def quality_of(part: str) -> tuple[str, float]:
    """Split one wish of an Accept-Language header into name and weight."""
    name, _, weight = part.strip().partition(";q=")
    try:
        return name, float(weight) if weight else 1.0
    except ValueError:
        return name, 0.0


def choose(request: web.Request) -> str:
    """Return the language: asked for in the address, chosen before, the person's, the browser's."""
    actor = request.get(ACTOR)
    wishes = (
        request.query.get(COOKIE, ""),
        request.cookies.get(COOKIE, "") if "Cookie" in request.headers else "",
        actor.locale if actor else "",
        preferred(request.headers.get("Accept-Language", "")[:LONGEST_HEADER]),
    )
    return next((wish for wish in wishes if wish in LOCALES), DEFAULT_LOCALE)


def locale_of(request: web.Request) -> str:
    """Return the request's language, chosen once."""
    if LOCALE not in request:
        request[LOCALE] = choose(request)
    return request[LOCALE]


def remember_language(request: web.Request, answer: web.StreamResponse) -> None:
    """Keep the language that was asked for in the address for the pages to come."""
    wish = request.query.get(COOKIE, "")
    if wish in LOCALES and not answer.prepared:
        secure = request.config_dict[SETTINGS].base_url.startswith("https:")
        answer.set_cookie(
            COOKIE,
            wish,
            path="/",
            max_age=YEAR_SECONDS,
            secure=secure,
            httponly=True,
            samesite="Lax",
        )


def translate(request: web.Request, sentence: str) -> str:
    """Return the sentence in the request's language."""
    return request.config_dict[CATALOGUES][locale_of(request)].gettext(sentence)
