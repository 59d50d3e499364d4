"""The grid of free times: whom a wish wants, and who holds them on the days of the wish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from aiohttp import web
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.directory.finding import resolve_groups, sites_by_ids
from meetings.directory.officials import officials_by_ids
from meetings.errors import OfficialsNotFound, SitesNotFound
from meetings.model import ConferenceId, OfficialId, Period, Site, SiteId
from meetings.office.workdays import local_day
from meetings.scheduling.resources import Line, Official, Subject, SubjectKind
from meetings.store import Connection
from meetings.store.held import Held
from web.api import views
from web.api.answering import shown
from web.api.endpoints import Endpoints, Tells
from web.api.reading import read_body
from web.input.forms import Body, End, GroupCodes, Id, OfficialIds, SiteIds, with_all
from web.input.moments import Moment
from web.permissions import Permission, require
from web.scheduling.freeday import Asked, Taken, find_taken
from web.transactions import connection

routes = Endpoints("free-times")


class FreeTimesBody(Body):
    """When, where and with whom one would like to meet; `conference` is one's own to be changed."""

    start: Moment
    end: End
    sites: SiteIds = Field(default=[])
    groups: GroupCodes = Field(default=[])
    chair_id: Id | None = None
    delegates: OfficialIds = Field(default=[])
    conference: Id | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse a wish for nobody."""
        if not (self.sites or self.groups or self.delegates or self.chair_id):
            raise PydanticCustomError("required", "nobody is wanted", {"field": "sites"})
        return self

    def asked(self) -> Asked:
        """Return what is asked for."""
        return Asked(
            period=Period(self.start, self.end),
            sites=frozenset(map(SiteId, self.sites)),
            groups=frozenset(self.groups),
            chair=None if self.chair_id is None else OfficialId(self.chair_id),
            delegates=frozenset(map(OfficialId, self.delegates)),
            conference=ConferenceId(self.conference or 0),
        )


class HeldView(views.View):
    """A stretch that is taken, set-up and tear-down included; `clash`: the wish would meet it.

    Without `holder` it is a black-out and `title` its reason; the title of a conference that one
    may not know is empty.
    """

    start: Moment
    end: Moment
    holder: str
    title: str
    clash: bool


class WantedView(views.View):
    """A hall, an official or a line that halls share, wanted from `start` to `end`.

    Set-up and tear-down are included.

    `free` says that nothing held stands in the way; `in_use` is false for a hall that is closed on
    that day and an official who is not in office.  A hall is wanted alone: the line it is on is an
    item of its own, with the same `free`.
    """

    kind: SubjectKind
    id: int
    label: str
    start: Moment
    end: Moment
    free: bool
    in_use: bool
    held: list[HeldView]


class FreeTimesView(views.View):
    """All who are wanted: halls, officials, shared lines; `clashes` counts who is not free."""

    items: list[WantedView]
    clashes: int


@routes.endpoint(
    "POST",
    "/free-times",
    allow=Permission.BOOK,
    tells=Tells(answer=FreeTimesView, body=FreeTimesBody),
)
async def show(request: web.Request) -> web.Response:
    """Tell who holds the halls and officials of a wish on its days; nothing is changed."""
    asked = (await read_body(request, FreeTimesBody)).asked()
    async with connection(request) as conn:
        sites = await sites_of(conn, asked)
        officials = await officials_of(conn, asked)
        taken = await find_taken(conn, require(request), asked, sites)
    return shown(grid(asked.period, sites.values(), officials.values(), taken))


async def sites_of(conn: Connection, asked: Asked) -> dict[SiteId, Site]:
    """Return the halls asked for, those of groups too, or raise SitesNotFound."""
    grouped = frozenset[SiteId]()
    if asked.groups:
        grouped = await resolve_groups(conn, asked.groups, local_day(asked.period.start))
    wanted = with_all(list(asked.sites), None, grouped)
    found = await sites_by_ids(conn, wanted)
    if missing := wanted - found.keys():
        raise SitesNotFound(missing)
    return found


async def officials_of(conn: Connection, asked: Asked) -> dict[OfficialId, Official]:
    """Return the officials asked for, or raise OfficialsNotFound."""
    found = await officials_by_ids(conn, asked.officials)
    if missing := asked.officials - found.keys():
        raise OfficialsNotFound(missing)
    return found


def grid(
    wish: Period, sites: Iterable[Site], officials: Iterable[Official], taken: Taken
) -> FreeTimesView:
    """Return everybody who is wanted with what is held of them."""
    held: dict[Subject, list[Held]] = {}
    for one in taken.held:
        held.setdefault(one.subject, []).append(one)
    items = [hall_view(site, wish, taken, held) for site in sites]
    items += [official_view(official, wish, held) for official in officials]
    items += [line_view(line, wish, held) for line in taken.lines]
    return FreeTimesView(items=items, clashes=sum(not one.free for one in items))


def hall_view(
    site: Site, wish: Period, taken: Taken, held: Mapping[Subject, Sequence[Held]]
) -> WantedView:
    """Return a hall, wanted for as long as it needs around a conference."""
    subject, hall = Subject(SubjectKind.SITE, site.id), taken.halls.get(site.id)
    reach = wish if hall is None else hall.reach(wish)
    stretches = held.get(subject, ())
    return wanted_view(subject, site.label, reach, stretches, in_use=hall is not None)


def official_view(
    official: Official, wish: Period, held: Mapping[Subject, Sequence[Held]]
) -> WantedView:
    """Return an official, wanted for no longer than the conference."""
    subject, day = Subject(SubjectKind.OFFICIAL, official.id), local_day(wish.start)
    begun = official.valid_from is None or official.valid_from <= day
    there = begun and (official.valid_to is None or day < official.valid_to)
    return wanted_view(subject, official.label, wish, held.get(subject, ()), in_use=there)


def line_view(line: Line, wish: Period, held: Mapping[Subject, Sequence[Held]]) -> WantedView:
    """Return a line that halls of the wish are on, wanted for no longer than the conference."""
    subject = Subject(SubjectKind.LINE, line.id)
    return wanted_view(subject, line.name, wish, held.get(subject, ()), in_use=True)


def wanted_view(
    subject: Subject, label: str, wish: Period, held: Sequence[Held], *, in_use: bool
) -> WantedView:
    """Return one that is wanted with what stands in the way."""
    told = [
        HeldView(
            start=one.period.start,
            end=one.period.end,
            holder=one.holder,
            title=one.title,
            clash=one.period.overlaps(wish),
        )
        for one in held
    ]
    return WantedView(
        kind=subject.kind,
        id=subject.id,
        label=label,
        start=wish.start,
        end=wish.end,
        free=in_use and not any(one.clash for one in told),
        in_use=in_use,
        held=told,
    )
