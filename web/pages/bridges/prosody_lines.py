"""What goes into Prosody's settings: our addresses, and secrets, which are shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aiohttp import web

from bridges.jitsi.keys import credential, public_pem
from bridges.model import Algorithm, Bridge, BridgeKind, BridgeSecrets, SecretKind
from bridges.receiving.astray import Setting
from web.keys import SETTINGS
from web.pages.bridges import bridge_form as forms
from web.pages.reading import reader_of
from web.rooms.bridge_checks import ourselves_to

PLACES: Mapping[SecretKind, str] = MappingProxyType(
    {
        SecretKind.JWT: "app_secret",
        SecretKind.RESERVATION: "reservations_api_headers",
        SecretKind.EVENT: "event_sync: api_headers",
    }
)
"""In which settings of Prosody secrets stand."""


def every_secret(request: web.Request, secrets: BridgeSecrets) -> list[tuple[str, str]]:
    """Return all secrets that a new bridge's Prosody is to be told, what is public last."""
    return [
        line
        for kind in sorted(forms.SECRETS, key=lambda one: one is SecretKind.JWT)
        for line in shown_secret(request, kind, secrets.present(kind))
    ]


def shown_secret(request: web.Request, kind: SecretKind, secret: str) -> Sequence[tuple[str, str]]:
    """Return what to put into Prosody, and into which setting; a private key's public half."""
    speech = reader_of(request).speech
    if kind is not SecretKind.JWT or credential(secret).algorithm is Algorithm.HS256:
        return [(f"{speech.word(forms.SECRETS[kind])} ({PLACES[kind]})", secret)]
    return [
        ("kid", credential(secret).kid),
        (speech.tell("Public key"), public_pem(secret).decode()),
    ]


def addresses(request: web.Request, name: str) -> list[tuple[str, str]]:
    """Return where Prosody asks and tells us, by the names of its settings."""
    right = ourselves_to(request.config_dict[SETTINGS], name).settings
    return [
        ("reservations_api_prefix", right[Setting.RESERVATIONS]),
        ("event_sync: api_prefix", right[Setting.EVENTS]),
        ("diemcau_access_url", right[Setting.ACCESS]),
    ]


def key_addresses(request: web.Request, name: str) -> list[tuple[str, str]]:
    """Return where Prosody finds the public halves of keys."""
    right = ourselves_to(request.config_dict[SETTINGS], name).settings
    return [
        ("asap_key_server", right[Setting.KEYS]),
        ("prosody_password_public_key_repo_url", f"{right[Setting.KEYS]}/commands"),
        ("cache_keys_url", right[Setting.ALL_KEYS]),
    ]


def lasting(request: web.Request, bridge: Bridge) -> list[tuple[str, str]]:
    """Return the addresses in Prosody's settings that stay as they are; none of the built-in."""
    if bridge.kind is BridgeKind.TRIAL:
        return []
    signed = bridge.algorithm is Algorithm.RS256
    return addresses(request, bridge.name) + (key_addresses(request, bridge.name) if signed else [])
