"""Forms about bridges: to add one, to change it, to rotate a secret; pages and API share them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from bridges.jitsi.keys import PEM, credential, is_private_key, new_private_key
from bridges.model import Algorithm, BridgeFacts, BridgeSecrets, NewBridge, SecretKind
from bridges.registered.rotating import GRACE, Rotation
from web.input.forms import Body
from web.input.words import LINE, BridgeName, Name

SHORTEST_KEY = 32
"""HS256 wants a key of at least 256 bits (RFC 7518, 3.2)."""
SHORTEST_SECRET = 8
"""Header secrets are whatever a province's Prosody already sends; short ones are their risk."""
LONGEST_SECRET = 500
LONGEST_PEM = 8000
MOST_SEATS = 10_000
MOST_PARTS = 50
MOST_TAGS = 20
LONGEST_GRACE = timedelta(days=30)
LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
DOMAIN = rf"^{LABEL}(\.{LABEL})*$"
PART = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
"""Docker names hosts with an underscore."""


def web_address(value: str) -> str:
    """Return an http address without its last slash; it becomes a frame's origin and a link."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        good = parts.scheme in {"http", "https"} and is_host(host) and parts.port != 0
    except ValueError:
        good = False
    if not good or not value.isascii() or set(value) & set(" '\"<>;,\\?#@"):
        raise PydanticCustomError("bad-address", "no address of a web server")
    return value.rstrip("/")


def is_host(host: str) -> bool:
    """Tell whether an address can lead to a host: a name without empty parts, or a number."""
    return ":" in host or bool(re.fullmatch(rf"{PART}(\.{PART})*\.?", host))


def domain(value: str) -> str:
    """Return the name of a domain of Prosody."""
    if not re.fullmatch(DOMAIN, value):
        raise PydanticCustomError("bad-domain", "no name of a domain")
    return value


def maybe_address(value: str) -> str:
    """Return an http address, or "" where there is none."""
    return web_address(value) if value else ""


def network(value: str) -> str:
    """Return a network, or the network of one address."""
    try:
        return str(ip_network(value, strict=False))
    except ValueError as error:
        raise PydanticCustomError("bad-network", "no network") from error


def key_or_secret(value: str) -> str:
    """Return a shared secret, or a private RSA key of 2048 bits and more."""
    if value.startswith(PEM):
        if not is_private_key(value):
            raise PydanticCustomError("bad-secret", "no private RSA key")
        return value
    if not SHORTEST_KEY <= len(value) <= LONGEST_SECRET or not is_visible(value):
        raise PydanticCustomError("bad-secret", "no secret for HS256")
    return value


def is_visible(value: str) -> bool:
    """Tell whether a secret can stand in a header and in a line of settings."""
    return all("!" <= letter <= "~" for letter in value)


Address = Annotated[
    str, Field(strict=True, min_length=1, max_length=300), LINE, AfterValidator(web_address)
]
MaybeAddress = Annotated[
    str, Field(strict=True, max_length=300), LINE, AfterValidator(maybe_address)
]
Addresses = Annotated[list[Address], Field(max_length=MOST_PARTS)]
Domain = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=252, json_schema_extra={"pattern": DOMAIN}),
    AfterValidator(domain),
]
Key = Annotated[
    str,
    Field(strict=True, min_length=SHORTEST_KEY, max_length=LONGEST_PEM, repr=False),
    AfterValidator(key_or_secret),
]
Secret = Annotated[
    str,
    Field(
        strict=True,
        min_length=SHORTEST_SECRET,
        max_length=LONGEST_SECRET,
        pattern=r"^[!-~]+$",
        repr=False,
    ),
]
Seats = Annotated[int, Field(strict=True, ge=1, le=MOST_SEATS)]
Region = Annotated[str, Field(strict=True, max_length=40), LINE]
Tag = Annotated[str, Field(strict=True, min_length=1, max_length=40), LINE]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]
Network = Annotated[str, Field(strict=True, max_length=60), LINE, AfterValidator(network)]
Networks = Annotated[list[Network], Field(max_length=MOST_PARTS)]
Grace = Annotated[int, Field(strict=True, ge=0, le=int(LONGEST_GRACE.total_seconds()))]


class BridgeBody(Body):
    """A Jitsi deployment; the secrets are the ones its Prosody is given.

    Without a token secret a private key is made here, whose public half Prosody asks for (RS256).
    """

    name: BridgeName
    public_url: Address
    xmpp_domain: Domain
    muc_domain: Domain
    app_id: Name
    jwt_secret: Key = ""
    reservation_secret: Secret
    event_secret: Secret
    prosody_url: MaybeAddress = ""
    jicofo_url: MaybeAddress = ""
    jigasi_url: MaybeAddress = ""
    jvb_urls: Addresses = Field(default=[])
    jibri_urls: Addresses = Field(default=[])
    region: Region = ""
    tags: Tags = Field(default=[])
    senders: Networks = Field(default=[])
    seats: Seats = 300
    draining: Annotated[bool, Field(strict=True)] = False

    def bridge(self) -> NewBridge:
        """Return the bridge to add."""
        secrets = BridgeSecrets(
            jwt=self.jwt_secret or new_private_key(),
            reservation=self.reservation_secret,
            event=self.event_secret,
        )
        return NewBridge(
            name=self.name,
            secrets=secrets,
            public_url=self.public_url,
            xmpp_domain=self.xmpp_domain,
            muc_domain=self.muc_domain,
            app_id=self.app_id,
            prosody_url=self.prosody_url,
            jicofo_url=self.jicofo_url,
            jigasi_url=self.jigasi_url,
            jvb_urls=tuple(self.jvb_urls),
            jibri_urls=tuple(self.jibri_urls),
            region=self.region,
            tags=tuple(self.tags),
            senders=tuple(self.senders),
            seats=self.seats,
            draining=self.draining,
        )


class BridgeChangesBody(Body):
    """What is to be different of a bridge; a field left out stays.  Secrets are rotated instead."""

    public_url: Address | None = None
    xmpp_domain: Domain | None = None
    muc_domain: Domain | None = None
    app_id: Name | None = None
    prosody_url: MaybeAddress | None = None
    jicofo_url: MaybeAddress | None = None
    jigasi_url: MaybeAddress | None = None
    jvb_urls: Addresses | None = None
    jibri_urls: Addresses | None = None
    region: Region | None = None
    tags: Tags | None = None
    senders: Networks | None = None
    seats: Seats | None = None
    draining: Annotated[bool, Field(strict=True)] | None = None

    def facts(self, before: BridgeFacts) -> BridgeFacts:
        """Return the bridge as it is to be."""
        told = {name: value for name, value in self if value is not None}
        lists = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
        return replace(before, **told | lists)


class RotateBody(Body):
    """Which secret is replaced, and how long the old one stays good; without one we make it."""

    kind: SecretKind
    algorithm: Algorithm | None = None
    secret: Annotated[str, Field(strict=True, max_length=LONGEST_PEM, repr=False)] = ""
    grace_seconds: Grace = int(GRACE.total_seconds())

    @field_validator("secret")
    @classmethod
    def use(cls, value: str, told: ValidationInfo) -> str:
        """Return a secret that its kind can use; without a kind nobody knows."""
        kind = told.data.get("kind")
        if not value or kind is None:
            return value
        if kind is SecretKind.JWT:
            return key_or_secret(value)
        if not SHORTEST_SECRET <= len(value) <= LONGEST_SECRET or not is_visible(value):
            raise PydanticCustomError("bad-secret", "no secret for a header")
        return value

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse an algorithm by which nothing that is told can sign."""
        if self.algorithm is not None and not self.fits(self.algorithm):
            raise PydanticCustomError("bad-algorithm", "another one", {"field": "algorithm"})
        return self

    def fits(self, algorithm: Algorithm) -> bool:
        """Tell whether what is told can sign by the algorithm; only a token secret signs."""
        if self.kind is not SecretKind.JWT:
            return False
        return not self.secret or credential(self.secret).algorithm is algorithm

    def rotation(self) -> Rotation:
        """Return what to do."""
        return Rotation(
            kind=self.kind,
            algorithm=self.algorithm,
            secret=self.secret,
            grace=timedelta(seconds=self.grace_seconds),
        )
