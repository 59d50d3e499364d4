"""The closed lists of the domain: roles, kinds, states; each value is what the tables hold."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """As what somebody acts, over one subtree of units."""

    SECRETARY = "secretary"
    TECHNICIAN = "technician"
    LEADER = "leader"
    HALL = "hall"
    ADMIN = "admin"


class UnitKind(StrEnum):
    """What a unit is."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    WARD = "ward"
    TOWNSHIP = "township"
    SPECIAL_ZONE = "special-zone"
    OFFICE = "office"
    DEPARTMENT = "department"


COMMUNE_KINDS = frozenset(
    {UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP, UnitKind.SPECIAL_ZONE}
)


class Kind(StrEnum):
    """What a conference is for (types of QĐ 45/2018 and what offices call them)."""

    BRIEFING = "briefing"
    REVIEW = "review"
    TRAINING = "training"
    DEPLOYMENT = "deployment"
    ADVISORY = "advisory"
    WORKING = "working"
    PROFESSIONAL = "professional"
    REHEARSAL = "rehearsal"
    URGENT = "urgent"
    OTHER = "other"


class State(StrEnum):
    """Where a conference is in its life."""

    DRAFT = "draft"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    LIVE = "live"
    ENDED = "ended"
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """What the sheet says of a site."""

    EXPECTED = "expected"
    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Means(StrEnum):
    """By what a site was in: its link or another token of ours, its room system, a telephone."""

    LINK = "link"
    SIP = "sip"
    H323 = "h323"
    PHONE = "phone"


class Urgency(StrEnum):
    """How urgent a conference is, by NĐ 30/2020: thường, khẩn, thượng khẩn, hỏa tốc."""

    NORMAL = "normal"
    URGENT = "urgent"
    VERY_URGENT = "very-urgent"
    FLASH = "flash"


class Visibility(StrEnum):
    """Who learns a conference's title: everybody signed in, or those it concerns."""

    OPEN = "open"
    INTERNAL = "internal"


class Secrecy(StrEnum):
    """Of what secrecy a conference is; nothing secret may enter this system."""

    NONE = "khong-mat"
