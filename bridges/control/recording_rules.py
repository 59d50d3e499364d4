"""Recordings as values, and who may open them where nobody said so; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meetings.model import Conference, PersonId, Visibility


class Audience(StrEnum):
    """Whose leaders and secretaries may open the recordings of a conference."""

    HOST = "host"
    INVITED = "invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecording:
    """What a recorder tells of a file."""

    folder: str
    name: str
    size: int
    sha256: bytes
    seconds: int | None
    url: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(NewRecording):
    """A file that a recorder told us of; without an address it lies with the recorder."""

    id: int
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may open the recordings; version 0 is what nobody has said yet."""

    audience: Audience
    people: frozenset[PersonId] = frozenset()
    version: int = 0


def first_access(conference: Conference, *, tiered: bool) -> Access:
    """Return who may open the recordings until somebody says otherwise.

    Those invited to an open conference, which they attended as a whole.  A tier saw a part of it
    only and an internal one is its host's to pass on, so there the host alone.
    """
    shared = conference.visibility is Visibility.OPEN and not tiered
    return Access(audience=Audience.INVITED if shared else Audience.HOST)
