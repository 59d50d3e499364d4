"""Pages from templates: one environment for each language, strict about names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from secrets import token_urlsafe
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.ext import InternationalizationExtension
from markupsafe import Markup

from web import formats
from web.access import csrf
from web.i18n import Catalogue, locale_of
from web.keys import ACTOR, CLOCK, ENVIRONMENTS, FRAME
from web.permissions import permissions_of
from web.statics import Statics

FOLDER = Path(__file__).with_name("templates")


class SaidOnce(InternationalizationExtension):
    """Translates a sentence without values when its template is compiled, not at every page."""

    def _make_node(
        self,
        singular: str,
        plural: str | None,
        context: str | None,
        variables: dict[str, nodes.Expr],
        *how: Any,
    ) -> nodes.Output:
        if variables or plural is not None or context is not None:
            return super()._make_node(singular, plural, context, variables, *how)
        catalogue: Catalogue = self.environment.catalogue  # type: ignore[attr-defined]  # extended
        words = catalogue.gettext(singular).replace("%%", "%")
        return nodes.Output([nodes.TemplateData(words)])


def make_environments(
    catalogues: Mapping[str, Catalogue], statics: Statics, folder: Path = FOLDER
) -> Mapping[str, Environment]:
    """Return a template environment for each language."""
    return MappingProxyType(
        {
            locale: make_environment(locale, catalogue, statics, folder)
            for locale, catalogue in catalogues.items()
        }
    )


def make_environment(
    locale: str, catalogue: Catalogue, statics: Statics, folder: Path
) -> Environment:
    """Return the environment of one language."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        extensions=[SaidOnce],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.extend(catalogue=catalogue)
    install = environment.install_gettext_translations  # type: ignore[attr-defined]  # added by the extension
    install(catalogue, newstyle=True)
    environment.filters.update(formats.filters(locale))
    environment.globals.update(locale=locale, static=statics.url, url=url)
    return environment


def url(path: str, /, **query: object) -> str:
    """Return an address of ours with its query; values that are None are left out."""
    pairs = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(pairs)}" if pairs else path


def same_page(request: web.Request, **query: object) -> str:
    """Return this page's address with parts of its query changed: the language switch, sorting."""
    return url(request.path, **(dict(request.query) | query))


def csrf_field(request: web.Request) -> Markup:
    """Return the hidden field that every form that changes something carries."""
    field = Markup('<input type="hidden" name="{}" value="{}">')
    return field.format(csrf.FIELD, csrf.token_of(request))


def once_field() -> Markup:
    """Return the hidden field with the key under which a form is done once."""
    return Markup('<input type="hidden" name="key" value="{}">').format(token_urlsafe(16))


def page_names(request: web.Request) -> dict[str, Any]:
    """Return what every page may use besides its own names."""
    actor = request.get(ACTOR)
    return {
        "actor": actor,
        "can": permissions_of(actor),
        "csrf": csrf.token_of(request) if actor else "",
        "csrf_field": partial(csrf_field, request),
        "once_field": once_field,
        "path": request.path,
        "same_page": partial(same_page, request),
        "page_in": lambda locale: same_page(request, lang=locale),
        "who": actor.label if actor else "",
        "now": request.config_dict[CLOCK](),
    }


def render(
    request: web.Request, template: str, /, *, status: int = HTTPStatus.OK, **names: Any
) -> web.Response:
    """Return a page drawn with these names, `status`, and those of every page and its frame.

    Raises:
        TypeError: a name is one of every page, which the frame around it could no longer use.
    """
    environment = request.config_dict[ENVIRONMENTS][locale_of(request)]
    frame = request.config_dict[FRAME](request)
    usual = {**page_names(request), **frame, "status": int(status)}
    if taken := usual.keys() & names.keys():
        raise TypeError(f"{template} has names of every page: {sorted(taken)}")
    text = environment.get_template(template).render(usual | names)
    return page(request, text.encode(), status=status)


def page(request: web.Request, body: bytes, *, status: int = HTTPStatus.OK) -> web.Response:
    """Return what was drawn as an answer."""
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": locale_of(request),
        "Vary": "Accept-Language, Cookie",
    }
    return web.Response(body=body, status=status, headers=headers)
