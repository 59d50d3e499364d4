"""How the environment names a directory service."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_settings import BaseSettings

from meetings.model import Role
from web.ldap.model import Attributes, GroupRole, Place, Service, place_of

ARROW = "=>"


def read_places(value: object) -> object:
    """Return the servers of addresses written with commas."""
    if not isinstance(value, str):
        return value
    return tuple(place_of(part.strip()) for part in value.split(",") if part.strip())


def read_groups(value: object) -> object:
    """Return the map of groups, written `cn=…,dc=… => role@unit; …`."""
    if not isinstance(value, str):
        return value
    return tuple(read_group(part) for part in value.split(";") if part.strip())


def read_group(part: str) -> GroupRole:
    """Return one line of the map."""
    group, arrow, right = part.rpartition(ARROW)
    role, at, unit = right.strip().partition("@")
    if not arrow or not at or not group.strip() or not unit or role not in set(Role):
        raise ValueError("is not written GROUP => ROLE@UNIT; …")
    return GroupRole(group=group.strip(), role=Role(role), unit=unit.strip())


def read_attributes(value: object) -> object:
    """Return what the service calls things, written `login=uid, name=cn, …`."""
    if not isinstance(value, str):
        return value
    pairs = dict(part.strip().partition("=")[::2] for part in value.split(",") if part.strip())
    if not all(pairs.values()) or not set(pairs) <= {one.name for one in fields(Attributes)}:
        raise ValueError("is not written login=…, name=…, mail=…, id=…")
    return Attributes(**pairs)


def private(places: tuple[Place, ...], info: ValidationInfo) -> tuple[Place, ...]:
    """Return servers to which no password travels unencrypted, unless that was allowed."""
    open_ones = ", ".join(place.host for place in places if not place.is_private)
    if open_ones and not info.data.get("ldap_plain"):
        raise ValueError(
            f"sends passwords unencrypted to {open_ones}; write ldaps:// or ldap+starttls://, "
            "or allow it by DIEMCAU_LDAP_PLAIN=1"
        )
    return places


def needed(value: str, info: ValidationInfo) -> str:
    """Return the base, which a service needs."""
    if info.data.get("ldap_url") and not value:
        raise ValueError("is not set, and it is needed")
    return value


def bracketed(value: str) -> str:
    """Return a filter unless it is none."""
    if not (value.startswith("(") and value.endswith(")")):
        raise ValueError("is no filter such as (objectClass=person)")
    return value


class LdapSettings(BaseSettings):
    """The part of the settings that is about a directory service."""

    ldap_plain: bool = False
    ldap_url: Annotated[
        tuple[Place, ...], BeforeValidator(read_places), AfterValidator(private)
    ] = ()
    ldap_bind_dn: str = ""
    ldap_password: str = Field(default="", repr=False)
    ldap_base: Annotated[str, AfterValidator(needed)] = Field(default="", validate_default=True)
    ldap_filter: Annotated[str, AfterValidator(bracketed)] = "(objectClass=inetOrgPerson)"
    ldap_attributes: Annotated[Attributes, BeforeValidator(read_attributes)] = Attributes()
    ldap_groups: Annotated[tuple[GroupRole, ...], BeforeValidator(read_groups)] = ()
    ldap_ca_file: Path | None = None

    @property
    def ldap(self) -> Service | None:
        """Return the directory service, or None where there is none."""
        if not self.ldap_url:
            return None
        return Service(
            places=self.ldap_url,
            base=self.ldap_base,
            filter=self.ldap_filter,
            bind_dn=self.ldap_bind_dn,
            password=self.ldap_password,
            attributes=self.ldap_attributes,
            groups=self.ldap_groups,
            ca_file=self.ldap_ca_file,
        )
