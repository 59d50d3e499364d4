"""What each tier may see: a commune its province's part, not the centre's papers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from meetings.model import PersonId, SiteId, UnitId

TOP = 0
"""The level of who acts for the host of the whole: sees everything."""

LOWEST = MOST_TIERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A level of a conference with its own sites, host and part; 1 is the highest level.

    Its papers go down to the level `papers_down_to`.
    """

    level: int
    name: str
    sites: frozenset[SiteId]
    papers_down_to: int
    host: str = ""
    chair: str = ""
    from_minute: int | None = None
    to_minute: int | None = None


def level_of(tiers: Sequence[Tier], sites: Collection[SiteId]) -> int:
    """Return the highest tier that one of the sites stands in, else the lowest there is."""
    levels = [tier.level for tier in tiers if not tier.sites.isdisjoint(sites)]
    return min(levels, default=max((tier.level for tier in tiers), default=LOWEST))


def levels_of_readers(
    tiers: Sequence[Tier],
    host: Collection[UnitId],
    halls: Mapping[SiteId, Collection[UnitId]],
    readers: Mapping[PersonId, Collection[UnitId]],
) -> dict[PersonId, int]:
    """Return the level of each reader by the units over which they read.

    Who reads over the host, or a unit above it, stands above all tiers; anybody else as the halls
    do, of which the units above them are given too.
    """
    levels: dict[UnitId, int] = {}
    for tier in sorted(tiers, key=lambda tier: tier.level):
        for unit in {unit for hall in tier.sites for unit in halls.get(hall, ())}:
            levels.setdefault(unit, tier.level)
    levels |= dict.fromkeys(host, TOP)
    lowest = level_of(tiers, ())
    return {
        person: min((levels[unit] for unit in units if unit in levels), default=lowest)
        for person, units in readers.items()
    }


def sees_tier(level: int, of_tier: int | None) -> bool:
    """Tell whether a level sees a tier's part: its own, those below, the next above.

    A part without a tier is for all.
    """
    return of_tier is None or of_tier >= level - 1


def hidden_halls(level: int, tiers: Sequence[Tier]) -> frozenset[SiteId]:
    """Return the halls that are not named to a level: those of the tiers that it does not see.

    A hall without a tier is named to all.
    """
    return frozenset[SiteId]().union(
        *(tier.sites for tier in tiers if not sees_tier(level, tier.level))
    )


def sees_paper(level: int, tiers: Sequence[Tier], of_tier: int | None) -> bool:
    """Tell whether who stands on a level sees a paper of a tier; one without a tier is for all."""
    if of_tier is None or level == TOP:
        return True
    down_to = next((tier.papers_down_to for tier in tiers if tier.level == of_tier), of_tier)
    return level <= down_to


def fitted(tiers: Sequence[Tier], sites: Collection[SiteId], minutes: int) -> list[Tier]:
    """Return tiers as another conference of these sites and that length has them."""
    return [
        replace(
            tier,
            sites=tier.sites.intersection(sites),
            from_minute=tier.from_minute if _fits(tier, minutes) else None,
            to_minute=tier.to_minute if _fits(tier, minutes) else None,
        )
        for tier in tiers
    ]


def _fits(tier: Tier, minutes: int) -> bool:
    return tier.to_minute is not None and tier.to_minute <= minutes
