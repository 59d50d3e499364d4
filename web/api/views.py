"""What the API answers: models that are filled from values and stand in the OpenAPI document."""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from bridges.model import RoomState
from meetings.model import (
    Kind,
    Role,
    Secrecy,
    State,
    UnitKind,
    Urgency,
    Visibility,
)
from monitoring.model import DeviceKind, Health, ProbeKind
from web.input.moments import Moment

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
    """A conference; `version` is its ETag.

    `halls` counts all that take part.  Of several tiers `sites` and `main_site` name those of the
    reader's own tier, of those below and of the next above.
    """

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
    main_site: int | None
    sites: list[int]
    halls: int
    start: Moment
    end: Moment
    note: str
    version: int
    cancel_reason: str
    ended_at: Moment | None
    created_by: str
    demo: bool
    urgency: Urgency
    waiver: str
    call_systems: bool


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
