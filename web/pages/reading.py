"""Who reads a page: over which units, in which language, at what time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from aiohttp import web
from multidict import MultiMapping

from meetings.model import Unit, UnitId
from web.access.actors import Actor
from web.errors import PageNotFound
from web.formats import local_day
from web.input.posted import posted
from web.input.typed import number_or_text
from web.keys import CLOCK
from web.permissions import Permission, holds, may, require, units_of
from web.wording.speech import Speech, speech_of

Id = TypeVar("Id")

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody in front of a page."""

    actor: Actor
    speech: Speech
    now: datetime

    @property
    def day(self) -> date:
        """Return today on the country's calendar."""
        return local_day(self.now)

    def units(self, permission: Permission) -> frozenset[UnitId]:
        """Return the units over whose subtrees the reader holds the permission."""
        return units_of(self.actor, permission)

    def holds(self, permission: Permission) -> bool:
        """Tell whether the reader holds the permission anywhere."""
        return holds(self.actor, permission)

    def may(self, permission: Permission, unit: Unit) -> bool:
        """Tell whether the permission reaches the unit."""
        return may(self.actor, permission, unit.path)


def reader_of(request: web.Request) -> Reader:
    """Return who reads this page."""
    return Reader(
        actor=require(request), speech=speech_of(request), now=request.config_dict[CLOCK]()
    )


class Texts:
    """A posted form or a query, of which only texts are read."""

    def __init__(self, fields: MultiMapping[Any]) -> None:
        self.fields = fields

    def __contains__(self, key: str) -> bool:
        """Tell whether there is anything of that name."""
        return key in self.fields

    def get(self, key: str, default: str = "", /) -> str:
        """Return the first text of a name."""
        value = self.fields.get(key, default)
        return value if isinstance(value, str) else default

    def getall(self, key: str, default: Sequence[str] = (), /) -> list[str]:
        """Return every text of a name."""
        return [value for value in self.fields.getall(key, default) if isinstance(value, str)]


async def form_of(request: web.Request) -> Texts:
    """Return the posted form."""
    return Texts(await posted(request))


def word_in(request: web.Request, name: str = "q") -> str:
    """Return what was looked for, as long as a title may be; PostgreSQL knows no NUL."""
    return request.query.get(name, "").replace("\0", "").strip()[:LONGEST_SEARCH]


def after_in(request: web.Request, kind: Callable[[int], Id], name: str = "after") -> Id | None:
    """Return the id after which a list goes on, if the address names one."""
    number = number_or_text(request.query.get(name, ""))
    return kind(number) if isinstance(number, int) else None


def number_in(request: web.Request, name: str) -> int:
    """Return an id from the address.

    Raises:
        PageNotFound: it is no number, or none that anything could have.
    """
    text = request.match_info[name]
    number = number_or_text(text)
    if not isinstance(number, int):
        raise PageNotFound
    return number


def key_in(form: Texts) -> str:
    """Return the form's own key; a form without one is done each time it is sent."""
    key = form.get("key")
    return key if re.fullmatch(r"[!-~]{1,255}", key) else ""


def version_in(form: Texts) -> int:
    """Return the version that a form was made from; without one it is never right."""
    text = form.get("version")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
