"""Ways out: a wish changed so that it was free when it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from meetings.ids import SiteId
from meetings.period import Period
from meetings.scheduling.reasons import Reason


class WayKind(StrEnum):
    """In which way it differs from the wish."""

    OTHER_TIME = "other-time"
    OTHER_HALLS = "other-halls"
    FEWER_SITES = "fewer-sites"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A wish changed so that it was free when asked; ready to be posted.

    `left_out` are the wished halls that are not in it, `added` those that nobody wished for;
    `warnings` are the soft reasons that speak against it.
    """

    main_site: SiteId
    sites: frozenset[SiteId]
    period: Period
    kind: WayKind = WayKind.OTHER_TIME
    left_out: frozenset[SiteId] = frozenset()
    added: frozenset[SiteId] = frozenset()
    warnings: tuple[Reason, ...] = ()
