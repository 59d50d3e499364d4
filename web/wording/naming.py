"""Naming: what the ids in reasons are called, and which conferences the asker may know.

Of others' conferences one learns the host and the period; the title only where one may know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.directory.officials import lines_by_ids, officials_by_ids
from meetings.model import ConferenceId, LineId, OfficialId, Rival, Site, SiteId, Unit, UnitId
from meetings.office.days import NewDay
from meetings.office.workdays import local_day
from meetings.scheduling.reasons import HolderKind, Reason, Rule
from meetings.scheduling.resources import Line, Official, Subject, SubjectKind
from meetings.store import Connection
from meetings.store.office import list_days_named
from web.access.actors import Actor
from web.access.visibility import known_among

NOBODYS = SiteId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the ids of reasons are called, and which conferences the asker may know."""

    sites: Mapping[SiteId, Site]
    officials: Mapping[OfficialId, Official]
    lines: Mapping[LineId, Line]
    units: Mapping[UnitId, Unit]
    known: frozenset[ConferenceId]
    days: Mapping[date, NewDay] = field(default_factory=dict)

    def of(self, subject: Subject, locale: str = "vi") -> str:
        """Return what a subject is called; units go by their English name where they have one."""
        if subject.kind is SubjectKind.SITE:
            return self.sites[SiteId(subject.id)].label
        if subject.kind is SubjectKind.OFFICIAL:
            return self.officials[OfficialId(subject.id)].label
        if subject.kind is SubjectKind.LINE:
            return self.lines[LineId(subject.id)].name
        return self.unit(UnitId(subject.id), locale)

    def unit(self, unit_id: UnitId, locale: str) -> str:
        """Return the unit's short name in the reader's language."""
        unit = self.units[unit_id]
        return unit.name_en if locale == "en" and unit.name_en else unit.name


async def read_names(conn: Connection, actor: Actor | None, reasons: Iterable[Reason]) -> Names:
    """Return the names behind the ids of the reasons, and what the actor may know of them."""
    said = list(reasons)
    subjects = [subject for reason in said for subject in reason.subjects]
    by_kind: dict[SubjectKind, set[int]] = {kind: set() for kind in SubjectKind}
    for subject in subjects:
        by_kind[subject.kind].add(subject.id)
    off = {local_day(one.until or one.period.start) for one in said if one.rule is Rule.DAY_OFF}
    days = await list_days_named(conn, off) if off else {}
    rivals = list(map(rival_in, (reason for reason in said if is_conference(reason))))
    if not subjects and not rivals:
        return Names(sites={}, officials={}, lines={}, units={}, known=frozenset(), days=days)
    units = by_kind[SubjectKind.HOST] | {rival.host for rival in rivals}
    return Names(
        sites=await sites_by_ids(conn, [SiteId(one) for one in by_kind[SubjectKind.SITE]]),
        officials=await officials_by_ids(
            conn, [OfficialId(one) for one in by_kind[SubjectKind.OFFICIAL]]
        ),
        lines=await lines_by_ids(conn, [LineId(one) for one in by_kind[SubjectKind.LINE]]),
        units=await units_by_ids(conn, [UnitId(one) for one in units]),
        known=await known_among(conn, actor, rivals) if actor and rivals else frozenset(),
        days=days,
    )


def is_conference(reason: Reason) -> bool:
    """Tell whether another conference stands in the way."""
    return reason.holder is not None and reason.holder.kind is HolderKind.CONFERENCE


def rival_in(reason: Reason) -> Rival:
    """Return the other conference as a rival."""
    if reason.holder is None or reason.holder.host is None:
        raise ValueError("no conference stands in the way")
    return Rival(
        site=NOBODYS,
        conference=ConferenceId(reason.holder.id),
        host=reason.holder.host,
        period=reason.period,
        title=reason.holder.words,
    )
