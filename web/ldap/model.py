"""How to reach a directory service, and what is read from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from meetings.model import Role

SCHEMES = frozenset({"ldap", "ldaps", "ldap+starttls"})
PORTS = {"ldap": 389, "ldaps": 636, "ldap+starttls": 389}


class LdapError(Exception):
    """Nothing is known from the directory service; `reason` says why, without secrets."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ServiceDown(LdapError):
    """No server of the service answers."""


class ServiceRefuses(LdapError):
    """A server answers and does not give what was asked for: account, base, filter, group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One server."""

    host: str
    port: int
    scheme: str

    @property
    def is_private(self) -> bool:
        """Tell whether nobody on the way can read a password."""
        return self.scheme != "ldap" or is_here(self.host)


def is_here(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def place_of(url: str) -> Place:
    """Return the server at an address.

    Raises:
        ValueError: it is no address of one.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname or parts.path.strip("/"):
        raise ValueError("is no ldap://, ldaps:// or ldap+starttls:// address")
    return Place(host=parts.hostname, port=parts.port or PORTS[parts.scheme], scheme=parts.scheme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What the service calls the things we read."""

    login: str = "uid"
    name: str = "cn"
    mail: str = "mail"
    id: str = "entryUUID"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRole:
    """Who is in the group holds the role over the unit of that code."""

    group: str
    role: Role
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A directory service; its servers are asked in their order until one answers."""

    places: tuple[Place, ...]
    base: str
    filter: str
    bind_dn: str = ""
    password: str = field(default="", repr=False)
    attributes: Attributes = Attributes()
    groups: tuple[GroupRole, ...] = ()
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Somebody in the service; `groups` are those of the map, as the map writes them."""

    key: str
    login: str
    name: str
    email: str
    groups: frozenset[str] = frozenset()
