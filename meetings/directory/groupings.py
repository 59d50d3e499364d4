"""Groups of halls as values: a rule over kinds, place and tags, a list, or both together."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.model import SiteId, UnitId, UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Halls invited by one word: those that the rule takes, and those listed one by one."""

    code: str
    name: str
    name_en: str = ""
    kinds: frozenset[UnitKind] = frozenset()
    below: UnitId | None = None
    tags: frozenset[str] = frozenset()
    sites: frozenset[SiteId] = frozenset()
    version: int = 1
