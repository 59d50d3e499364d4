"""Whom to call: duties, contacts, and which of them comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.errors import HeaderParseError
from email.headerregistry import Address
from enum import StrEnum
from typing import NewType

from meetings.model import SiteId, UnitId
from meetings.names import sort_key

ContactId = NewType("ContactId", int)


class Duty(StrEnum):
    """What somebody is called for, the first to call first."""

    ON_CALL = "on-call"
    TECHNICIAN = "technician"
    SECRETARY = "secretary"
    LEADER = "leader"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """Somebody to call about a unit, or about one hall of it; open ends have no date."""

    unit: UnitId
    site: SiteId | None = None
    duty: Duty
    name: str
    title: str = ""
    phone: str = ""
    email: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(NewContact):
    """The same once it is written down."""

    id: ContactId
    version: int = 1

    def is_on_duty(self, on: date) -> bool:
        """Tell whether this is whom to call on that day."""
        return (self.valid_from or date.min) <= on < (self.valid_to or date.max)


def to_call(contacts: Iterable[Contact], on: date, site: SiteId | None = None) -> list[Contact]:
    """Return who can be called on that day: those of the hall first, then by duty and name."""
    able = [
        one for one in contacts if one.is_on_duty(on) and (site is None or one.site in {None, site})
    ]
    duties = list(Duty)
    return sorted(
        able,
        key=lambda one: (one.site is None, duties.index(one.duty), sort_key(one.name), one.id),
    )


def is_mail_address(text: str) -> bool:
    """Tell whether mail can be addressed to the text as it is (RFC 5322, no folding, no name)."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        return False
    return address.addr_spec == text and bool(address.username and address.domain)
