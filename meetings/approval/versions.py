"""Versions of a conference, and what is different between two of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from meetings.model import (
    Conference,
    ConferenceId,
    OfficialId,
    Period,
    PersonId,
    SiteId,
    State,
    UnitId,
)
from meetings.rules import as_kept


class Telling(StrEnum):
    """What somebody was sent."""

    INVITATION = "invitation"
    UPDATE = "update"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a conference was; `by` made it so.

    Secretary, visibility, delegates, waiver and `call_systems` are None in versions of which they
    were not kept.
    """

    conference: ConferenceId
    version: int
    at: datetime
    by: str
    state: State
    title: str
    kind: str
    chair: str
    note: str
    urgency: str
    host: UnitId
    main_site: SiteId | None
    sites: tuple[SiteId, ...]
    period: Period
    owner: PersonId | None = None
    secretary: str | None = None
    visibility: str | None = None
    delegates: tuple[OfficialId, ...] | None = None
    waiver: str | None = None
    call_systems: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who was sent what about a version, and when it left."""

    version: int
    person: PersonId
    name: str
    what: Telling
    at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that changed; of sites and delegates, which ids went and came."""

    field: str
    before: str
    after: str


def version_of(conference: Conference) -> Version:
    """Return a conference as it is, or would be, as a version."""
    return Version(
        conference=conference.id,
        version=conference.version,
        at=conference.changed_at or conference.period.start,
        by=conference.created_by,
        state=conference.state,
        title=conference.title,
        kind=conference.kind.value,
        chair=conference.chair,
        note=conference.note,
        urgency=conference.urgency.value,
        host=conference.host,
        main_site=conference.main_site,
        sites=conference.sites,
        period=conference.period,
        owner=conference.owner,
        secretary=conference.secretary,
        visibility=conference.visibility.value,
        delegates=conference.delegates,
        waiver=conference.waiver,
        call_systems=conference.call_systems,
    )


def without(version: Version, sites: Collection[SiteId]) -> Version:
    """Return a version as who may not know of these halls is told of it."""
    return replace(
        version,
        main_site=None if version.main_site in sites else version.main_site,
        sites=tuple(one for one in version.sites if one not in sites),
    )


SHOWN = (
    "title",
    "kind",
    "chair",
    "secretary",
    "note",
    "urgency",
    "waiver",
    "call_systems",
    "visibility",
    "host",
    "owner",
    "main_site",
)
NOT_ALWAYS_KEPT = frozenset({"secretary", "visibility", "delegates", "waiver", "call_systems"})
MATTERS = frozenset({"title", "chair", "note", "main_site", "period", "sites"})
"""What the invited are told of."""


def differences(before: Version, after: Version) -> tuple[Difference, ...]:
    """Return what is different, in a fixed order."""
    found = [
        Difference(field=name, before=text(before, name), after=text(after, name))
        for name in ("state", *SHOWN)
        if differ(before, after, name)
    ]
    if before.period != after.period:
        found.append(Difference(field="period", before=iso(before.period), after=iso(after.period)))
    for name in ("sites", "delegates"):
        if differ(before, after, name):
            was, now = set(getattr(before, name)), set(getattr(after, name))
            found.append(
                Difference(field=name, before=numbers(was - now), after=numbers(now - was))
            )
    return tuple(found)


def differ(before: Version, after: Version, name: str) -> bool:
    """Tell whether one field is different; what was not kept of a version never is."""
    was, now = getattr(before, name), getattr(after, name)
    return was != now and not (name in NOT_ALWAYS_KEPT and None in {was, now})


def text(version: Version, name: str) -> str:
    """Write one field; nobody in particular is nothing."""
    value = getattr(version, name)
    return "" if value is None else as_kept(value)


def iso(period: Period) -> str:
    """Write a period as two moments."""
    return f"{period.start.isoformat()}/{period.end.isoformat()}"


def numbers(ids: set[int]) -> str:
    """Write ids."""
    return " ".join(map(str, sorted(ids)))


def matters(before: Version, after: Version) -> bool:
    """Tell whether the invited must hear of the change."""
    held = {State.CONFIRMED, State.LIVE}
    return (before.state in held) != (after.state in held) or any(
        one.field in MATTERS for one in differences(before, after)
    )


def what_to_tell(told: Version | None, now: Version) -> Telling | None:
    """Return what the invited are sent about a version, after the one they know."""
    held = now.state in {State.CONFIRMED, State.LIVE}
    if told is None:
        return Telling.INVITATION if held else None
    if not matters(told, now):
        return None
    return Telling.UPDATE if held else Telling.CANCEL
