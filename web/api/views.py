"""What the API answers: models that are filled from values and stand in the OpenAPI document."""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bridges.model import RoomState
from meetings.model import (
    Attendance,
    Kind,
    Role,
    Secrecy,
    State,
    UnitKind,
    Urgency,
    Visibility,
)
from monitoring.model import DeviceKind, Health, ProbeKind
from web.moments import Moment

Item = TypeVar("Item")


class View(BaseModel):
    """Something that is shown; nothing else is ever in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(View, Generic[Item]):
    """A part of a list; `next` asks for the part after it and is null on the last one."""

    items: list[Item]
    next: str | None = None


class UnitName(View):
    """A unit as others name it."""

    code: str
    name: str


class UnitView(View):
    """An office or commune."""

    id: int
    code: str
    name: str
    full_name: str
    name_en: str
    kind: UnitKind
    parent_id: int | None
    valid_from: date | None
    valid_to: date | None


class SiteView(View):
    """One hall; `label` is what pages show."""

    id: int
    label: str
    name: str
    phone: str
    unit: UnitName
    unit_kind: UnitKind


class GroupView(View):
    """Sites that are invited by one word."""

    code: str
    name: str
    name_en: str
    size: int


class ConferenceView(View):
    """A conference; `version` is its ETag."""

    id: int
    title: str
    kind: Kind
    state: State
    host: UnitName
    chair: str
    secretary: str
    visibility: Visibility
    secrecy: Secrecy
    chair_id: int | None
    delegates: list[int]
    main_site: int
    sites: list[int]
    start: Moment
    end: Moment
    note: str
    version: int
    cancel_reason: str
    ended_at: Moment | None
    created_by: str
    demo: bool
    urgency: Urgency


class LinkView(View):
    """The address by which one site enters one conference; a revoked one lets nobody in."""

    site: int
    label: str
    url: str
    generation: int
    revoked: bool


class LinksView(Page[LinkView]):
    """Every site's link."""


class RevokedView(View):
    """A link that opens nothing any more."""

    site: int
    generation: int
    revoked: bool


class RoomView(View):
    """A conference's place on a bridge."""

    bridge: str
    name: str
    opens: Moment
    closes: Moment
    state: RoomState


class AdmissionView(View):
    """With what a site enters a room."""

    room: str
    token: str


class IntervalView(View):
    """A stretch in which a site was in; `to` is null while it still is.

    `evidence` is all that tells of it, the other two what tells of each end; they are empty where
    nobody told, or the record is older than they are.
    """

    from_: Moment = Field(alias="from")
    to: Moment | None
    evidence: str
    from_evidence: str
    to_evidence: str

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SheetRowView(View):
    """What the record says of one site; seconds count inside the conference's period only."""

    site: int
    label: str
    state: Attendance
    present_seconds: int
    intervals: list[IntervalView]
    first_in: Moment | None
    last_out: Moment | None
    late_minutes: int
    left_early_minutes: int
    headcount: int | None


class BlindSpotView(View):
    """A stretch in which nobody could have been seen, or somebody was of whom nobody told."""

    from_: Moment = Field(alias="from")
    to: Moment
    reason: str

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SheetView(View):
    """Who was there; `complete` says whether every invited site is in it."""

    conference: int
    state: State
    complete: bool
    rows: list[SheetRowView]
    blind_spots: list[BlindSpotView]


class TargetView(View):
    """An address that is looked at, and what was last seen."""

    id: int
    site: int
    device: str
    device_kind: DeviceKind
    spare: bool
    probe: ProbeKind
    host: str
    port: int | None
    path: str
    tls: bool
    interval_seconds: int
    timeout_seconds: float
    enabled: bool
    state: Health
    since: Moment
    reason: str


class GrantView(View):
    """A role over a unit's subtree."""

    role: Role
    unit: UnitName


class PersonView(View):
    """Somebody who can sign in."""

    id: int
    login: str
    name: str
    unit: UnitName
    email: str
    locale: str
    active: bool
    grants: list[GrantView]


class AuditView(View):
    """One change: who did what to which."""

    id: int
    at: Moment
    actor: str
    action: str
    subject: str
    unit: int | None
    detail: dict[str, Any]
    on_behalf: list[int]
