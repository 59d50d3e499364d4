"""Ids: numbers of the store that cannot be taken for one another."""

from __future__ import annotations

from typing import NewType

UnitId = NewType("UnitId", int)
SiteId = NewType("SiteId", int)
PersonId = NewType("PersonId", int)
ConferenceId = NewType("ConferenceId", int)
PoolId = NewType("PoolId", int)
OfficialId = NewType("OfficialId", int)
LineId = NewType("LineId", int)
BlackOutId = NewType("BlackOutId", int)
