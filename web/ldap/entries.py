"""What an entry of a directory service says, as we read it; decided without I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from ldap3.core.exceptions import LDAPInvalidDnError
from ldap3.utils.dn import parse_dn

from web.ldap.model import Found, Service

GUID_BYTES = 16
PARTS = re.compile(r"(?:\\.|[^,\\])+", re.DOTALL)

Attributes = Mapping[str, Sequence[bytes]]


class Circle(Protocol):
    """A group with everything inside it."""

    def holds(self, dn: str, held: frozenset[str], /) -> bool:
        """Tell whether an entry of that name, which says to be in these, is inside."""


def lowered(attributes: Mapping[str, Any]) -> Attributes:
    """Return attributes under small names, as servers are free to write them."""
    return {name.lower(): values for name, values in attributes.items()}


def person_of(
    dn: str, attributes: Attributes, service: Service, circles: Mapping[str, Circle]
) -> Found | None:
    """Return an entry as a person; without login or id it is none of ours."""
    names = service.attributes
    login = unicodedata.normalize("NFC", first(attributes, names.login)).strip().lower()
    key = key_text(attributes.get(names.id.lower(), ()))
    if not login or not key:
        return None
    held = frozenset(plain_dn(text(value)) for value in attributes.get("memberof", ()))
    own = plain_dn(dn)
    return Found(
        key=key,
        login=login,
        name=unicodedata.normalize("NFC", first(attributes, names.name)).strip() or login,
        email=first(attributes, names.mail).strip(),
        groups=frozenset(group for group, one in circles.items() if one.holds(own, held)),
    )


def first(attributes: Attributes, name: str) -> str:
    """Return the first value of an attribute, "" where it has none."""
    return next(map(text, attributes.get(name.lower(), ())), "")


def text(value: bytes | str) -> str:
    """Return a value as text; what is no UTF-8 is replaced."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def key_text(values: Sequence[bytes]) -> str:
    """Return an entry's id: a text, or the 16 bytes of an objectGUID."""
    value = next(iter(values), b"")
    if len(value) == GUID_BYTES and not (value.isascii() and text(value).isprintable()):
        return str(UUID(bytes_le=value))
    try:
        return value.decode("ascii").strip()
    except UnicodeDecodeError:
        return ""


def tidy(dn: str) -> str:
    """Return a name of an entry without blanks between its parts."""
    return ",".join(part.strip() for part in PARTS.findall(dn))


def plain_dn(dn: str) -> str:
    """Return a name of an entry as it is compared: tidy, in small letters, escaped one way."""
    try:
        parts = parse_dn(tidy(dn), escape=True, strip=True)
    except LDAPInvalidDnError:
        return tidy(dn).lower()
    return "".join(f"{name}={value}{comma}" for name, value, comma in parts).lower()
