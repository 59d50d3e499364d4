"""The forms of a bridge on pages: texts in lines become lists, and back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bridges.jitsi.keys import new_private_key
from bridges.model import Bridge, BridgeSecrets, SecretKind
from bridges.registered.registry import SECRET_BYTES
from web.errors import BadForm, Problem
from web.i18n import N_
from web.input.typed import number_or_text
from web.pages.booking.wishing import Typed
from web.pages.reading import Texts
from web.wording.speech import Speech

TEXTS = (
    "public_url",
    "xmpp_domain",
    "muc_domain",
    "app_id",
    "prosody_url",
    "jicofo_url",
    "jigasi_url",
    "region",
)
LISTS = ("jvb_urls", "jibri_urls", "tags", "senders")
NUMBERS = ("seats",)
FIRST = ("name", "public_url", "xmpp_domain", "muc_domain", "app_id", "prosody_url")
HOUR = 3600

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "name": N_("Name of the bridge"),
        "public_url": N_("Public address"),
        "xmpp_domain": N_("XMPP domain"),
        "muc_domain": N_("MUC domain"),
        "app_id": N_("Application id (app_id)"),
        "prosody_url": N_("Address of Prosody"),
        "seats": N_("Seats"),
        "jicofo_url": N_("Address of Jicofo"),
        "jvb_urls": N_("Addresses of videobridges"),
        "jibri_urls": N_("Addresses of Jibris"),
        "jigasi_url": N_("Address of Jigasi"),
        "senders": N_("Networks its events come from"),
        "region": N_("Region of the bridge"),
        "tags": N_("Tags of the bridge"),
        "draining": N_("Takes no new conferences"),
    }
)
SECRETS: Mapping[SecretKind, str] = MappingProxyType(
    {
        SecretKind.JWT: N_("Token secret"),
        SecretKind.RESERVATION: N_("Secret of reservation calls"),
        SecretKind.EVENT: N_("Secret of events"),
    }
)

RISKS: Mapping[SecretKind, str] = MappingProxyType(
    {
        SecretKind.JWT: N_(
            "Once the old one has ended, no hall enters until the bridge takes the new one."
        ),
        SecretKind.RESERVATION: N_(
            "Once the old one has ended, no room opens until Prosody has the new one."
        ),
        SecretKind.EVENT: N_(
            "Once the old one has ended, events are held back until Prosody has the new one."
        ),
    }
)
FIRST_TURN: Mapping[str, str] = MappingProxyType({"kind": "", "secret": "", "grace_hours": "24"})


def told(form: Texts) -> dict[str, Any]:
    """Return the changes that a form tells, as the API would be told."""
    fields: dict[str, Any] = {name: form.get(name).strip() for name in TEXTS}
    fields |= {name: form.get(name).split() for name in LISTS}
    fields |= {name: number_or_text(form.get(name).strip()) for name in NUMBERS}
    return fields | {"draining": "draining" in form}


def first(form: Texts) -> dict[str, Any]:
    """Return what a new bridge is told at once; the rest is typed on its own page."""
    fields: dict[str, Any] = {name: form.get(name).strip() for name in FIRST}
    return fields | {"seats": number_or_text(form.get("seats").strip())}


def rotation(form: Texts) -> dict[str, Any]:
    """Return which secret is to be replaced; the grace is typed in hours."""
    hours = number_or_text(form.get("grace_hours").strip())
    fields = {name: form.get(name) for name in ("kind", "algorithm", "secret") if form.get(name)}
    grace = hours * HOUR if isinstance(hours, int) else hours
    return {**fields, "grace_seconds": grace}


def values_of(bridge: Bridge) -> dict[str, Any]:
    """Return a bridge as its form shows it."""
    values: dict[str, Any] = {name: getattr(bridge, name) for name in (*TEXTS, *NUMBERS)}
    values |= {name: "\n".join(getattr(bridge, name)) for name in LISTS}
    return values | {"draining": bridge.draining, "version": bridge.version}


def typed(form: Texts, errors: Mapping[str, str]) -> Typed:
    """Return a form as it was typed; an entry of a list is wrong at its list."""
    values: dict[str, Any] = {name: form.get(name) for name in ("name", *TEXTS, *NUMBERS, *LISTS)}
    values |= {"draining": "draining" in form, "version": form.get("version")}
    return Typed(
        values=values,
        errors={field.partition(".")[0]: words for field, words in errors.items()},
    )


def overtaken(form: Texts, now: Bridge) -> Typed:
    """Return a form that somebody overtook as it was typed, of the version that is now.

    Saved again, it takes the place of what the other person changed.
    """
    here = typed(form, {})
    return replace(here, values={**here.values, "version": now.version})


def differing(here: Typed, now: Bridge, speech: Speech) -> Mapping[str, str]:
    """Return what a bridge has now in each field where something else was typed."""
    return {
        name: speech.tell("Somebody else just set: %(value)s", value=as_words(value, speech))
        for name, value in values_of(now).items()
        if same(value) != same(here.values[name])
    }


def same(value: object) -> list[str]:
    """Return a value of a field so that what means the same is equal."""
    return str(value).split()


def as_words(value: object, speech: Speech) -> str:
    """Return a value of a field in a sentence."""
    if isinstance(value, bool):
        return speech.tell("Yes") if value else speech.tell("No")
    return ", ".join(same(value)) or speech.tell("empty")


def typed_rotation(form: Texts, errors: Mapping[str, str]) -> Typed:
    """Return the form of a rotation as it was typed."""
    values = {name: form.get(name) for name in ("kind", "algorithm", "secret", "grace_hours")}
    return Typed(values=values, errors=errors)


def in_hours(error: BadForm) -> BadForm:
    """Return what is wrong with a rotation as its form has it: the grace is told in hours."""
    problems = dict(error.problems)
    if (wrong := problems.pop("grace_seconds", None)) is not None:
        bounds = ((name, value // HOUR) for name, value in wrong.values if isinstance(value, int))
        problems["grace_hours"] = Problem(wrong.code, tuple(bounds))
    return BadForm(problems)


def new_secrets() -> BridgeSecrets:
    """Return three fresh secrets; without a key of our own Prosody takes no command of us."""
    return BridgeSecrets(
        jwt=new_private_key(),
        reservation=secrets.token_urlsafe(SECRET_BYTES),
        event=secrets.token_urlsafe(SECRET_BYTES),
    )


def as_fields(made: BridgeSecrets) -> dict[str, str]:
    """Return secrets as the form of a new bridge names them."""
    return {f"{kind.value}_secret": made.present(kind) for kind in SecretKind}
