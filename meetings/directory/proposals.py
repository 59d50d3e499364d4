"""Corrections as values: which fields of which records, and what became of a proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from meetings.model import UnitId

CorrectionId = NewType("CorrectionId", int)


class Corrected(StrEnum):
    """Of what a correction is."""

    UNIT = "unit"
    SITE = "site"
    CONTACT = "contact"


FIELDS: Mapping[Corrected, tuple[str, ...]] = {
    Corrected.UNIT: ("full_name", "name_en"),
    Corrected.SITE: ("name", "phone"),
    Corrected.CONTACT: ("name", "title", "phone", "email"),
}
"""What may be corrected; names and codes by law change by a reform only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A record with its fields as seen and as they should be."""

    kind: Corrected
    record: int
    unit: UnitId
    before: Mapping[str, str]
    after: Mapping[str, str]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Proposal):
    """A proposal on the table, or decided."""

    id: CorrectionId
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    remark: str
