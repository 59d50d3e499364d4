"""What stands in the way of a wish on its days: its halls, their lines, and who holds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from meetings.conflicts import lines_of
from meetings.directory.officials import lines_by_ids
from meetings.model import ConferenceId, OfficialId, Period, SiteId
from meetings.office.workdays import day_period, local_day
from meetings.scheduling.resources import Hall, Line, SubjectKind
from meetings.store import Connection
from meetings.store.grounds import list_halls
from meetings.store.held import Held, list_held
from web.access.actors import Actor
from web.access.visibility import hidden_in
from web.permissions import Permission, units_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When, where and with whom somebody would like to meet, as far as it was said.

    `conference` is the one that is being changed, which is no clash with itself; 0 is none.
    """

    period: Period
    sites: frozenset[SiteId]
    groups: frozenset[str]
    chair: OfficialId | None
    delegates: frozenset[OfficialId]
    conference: ConferenceId

    @property
    def officials(self) -> frozenset[OfficialId]:
        """Return all who have to be there."""
        return self.delegates | ({self.chair} if self.chair is not None else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How halls in use then are booked, the lines they share, and who holds what on those days."""

    halls: Mapping[SiteId, Hall]
    lines: Sequence[Line]
    held: Sequence[Held]


async def find_taken(
    conn: Connection, actor: Actor, asked: Asked, sites: Collection[SiteId]
) -> Taken:
    """Return what stands in the way; of others' conferences who asks learns holder and period."""
    first, last = local_day(asked.period.start), local_day(asked.period.end)
    halls = await list_halls(conn, sites, on=first)
    lines = await lines_by_ids(conn, lines_of(halls))
    held = await list_held(
        conn,
        units_of(actor, Permission.READ_CONFERENCES),
        sites,
        asked.officials,
        day_period(first, last),
        lines=lines.keys(),
        besides=asked.conference,
    )
    hidden = await hidden_in(conn, actor, {one.conference for one in held if one.conference})
    told = [untitled(one) if is_hidden(one, hidden) else one for one in held]
    return Taken(halls=halls, lines=list(lines.values()), held=told)


def is_hidden(one: Held, hidden: Mapping[ConferenceId, Collection[SiteId]]) -> bool:
    """Tell whether it is a hall that is not named in the conference that holds it."""
    at_site = one.conference is not None and one.subject.kind is SubjectKind.SITE
    return at_site and one.subject.id in hidden.get(one.conference or ConferenceId(0), ())


def untitled(one: Held) -> Held:
    """Return what is held without saying what for."""
    return replace(one, title="")
