"""Who and what a wish wants, as the grid of free times names them: officials, halls, lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meetings.model import OfficialId, Period, Site, SiteId
from meetings.scheduling.resources import Hall, Line, Official, Subject, SubjectKind
from web.wording.speech import Speech

MOST_HALLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A hall, an official or a line that is wanted, for how long, and as what.

    `halls` are those of the wish that a line carries.
    """

    subject: Subject
    label: str
    wish: Period
    part: str = ""
    halls: frozenset[SiteId] = frozenset()


def officials_wanted(
    officials: Iterable[Official], chair: OfficialId | None, wish: Period, speech: Speech
) -> list[Wanted]:
    """Return who is wanted, the chair first."""
    found = [
        Wanted(
            subject=Subject(SubjectKind.OFFICIAL, one.id),
            label=one.label,
            wish=wish,
            part=speech.tell("chairs") if one.id == chair else speech.tell("delegate"),
        )
        for one in officials
    ]
    return sorted(found, key=lambda one: one.subject.id != chair)


def halls_wanted(sites: Iterable[Site], halls: Mapping[SiteId, Hall], wish: Period) -> list[Wanted]:
    """Return the halls that are wanted, each with the time around a conference that it needs."""
    return [
        Wanted(
            subject=Subject(SubjectKind.SITE, one.id),
            label=one.label,
            wish=halls.get(one.id, Hall(site=one.id)).reach(wish),
        )
        for one in sites
    ]


def lines_wanted(
    lines: Iterable[Line], sites: Mapping[SiteId, Site], wish: Period, speech: Speech
) -> list[Wanted]:
    """Return the shared lines that halls of the wish are on, each with the names of its halls."""
    return [
        Wanted(
            subject=Subject(SubjectKind.LINE, one.id),
            label=one.name,
            wish=wish,
            part=speech.tell(
                "shared line of %(names)s",
                names=speech.listing(
                    (site.label for key, site in sites.items() if key in one.sites),
                    most=MOST_HALLS,
                ),
            ),
            halls=one.sites & sites.keys(),
        )
        for one in lines
    ]
