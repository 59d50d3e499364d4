"""Who may enter with which token: Prosody's rules, without leeway.

Source: jitsi-meet, token/util.lib.lua, luajwtjitsi.lib.lua and mod_token_verification.lua
(0e53bd87ce16), mod_token_affiliation.lua.  Signature, times, issuer and audience are checked when
somebody connects; room and `sub` only at the door of the room, after the reservation.  Prosody
hangs on a token without `room` or `sub`; here it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws

from bridges.jitsi.keys import credential
from bridges.jitsi.tokens import UNREADABLE
from bridges.trial.config import TrialConfig
from bridges.trial.errors import TokenRefused
from bridges.trial.model import Affiliation, Entrant, RoomName

REPORTED = ("id", "name", "email")
OWNERS = frozenset({"owner", "moderator", "teacher"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token that passed at the connection says."""

    room: str
    sub: str
    entrant: Entrant


def verify(token: str, config: TrialConfig, now: datetime) -> Claims:
    """Return the claims of a token that this bridge accepts at the connection.

    Raises:
        TokenRefused: with a code for the page and Prosody's own words.
    """
    if not token:
        raise TokenRefused("token-missing", "token required")
    claims = read_signed(token, config.jwt_secrets)
    check_times(claims, now.timestamp())
    check_parties(claims, config)
    return Claims(
        room=required_text(claims, "room"),
        sub=required_text(claims, "sub"),
        entrant=read_entrant(claims.get("context")),
    )


def check_door(claims: Claims, room: RoomName, config: TrialConfig) -> None:
    """Check that the token is for this room of this domain; letters' case is ignored.

    Raises:
        TokenRefused: it is for another one.
    """
    fits_room = claims.room == "*" or claims.room.lower() == room
    fits_domain = claims.sub == "*" or claims.sub.lower() == config.xmpp_domain
    if not (fits_room and fits_domain):
        raise TokenRefused("token-room", "Room and token mismatched")


def read_signed(token: str, secrets: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the payload of a token signed with one of the secrets."""
    signed = first_signed(token, secrets)
    try:
        payload = json.loads(signed.payload)
    except (ValueError, RecursionError) as error:
        raise TokenRefused("token-invalid", "Invalid signature") from error
    if signed.headers().get("typ") != "JWT" or not isinstance(payload, dict):
        raise TokenRefused("token-invalid", "Invalid typ")
    return payload


def first_signed(token: str, secrets: tuple[str, ...]) -> jws.CompactSignature:
    """Return what the token holds, if any of the secrets signed it; a private key is RS256's."""
    refused: Exception | None = None
    for known in map(credential, secrets):
        try:
            return jws.deserialize_compact(
                token.encode(), known.key, algorithms=[known.algorithm.value]
            )
        except UNREADABLE as error:
            refused = error
    raise TokenRefused("token-invalid", "Invalid signature") from refused


def check_times(claims: Mapping[str, Any], now: float) -> None:
    """Check `exp` and `nbf` to the second; both may be missing, `iat` does not matter."""
    exp, nbf = optional_number(claims, "exp"), optional_number(claims, "nbf")
    if exp is not None and now >= exp:
        raise TokenRefused("token-expired", "Not acceptable by exp")
    if nbf is not None and now < nbf:
        raise TokenRefused("token-early", "Not acceptable by nbf")


def check_parties(claims: Mapping[str, Any], config: TrialConfig) -> None:
    """Check issuer and audience by equality of texts."""
    if claims.get("iss") != config.app_id:
        raise TokenRefused("token-foreign", "invalid 'iss' claim")
    if claims.get("aud") != config.audience:
        raise TokenRefused("token-foreign", "invalid 'aud' claim")


def optional_number(claims: Mapping[str, Any], name: str) -> float | None:
    """Return a claim that must be a number when it is there."""
    value = claims.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise TokenRefused("token-invalid", f"{name} must be number")
    return value


def required_text(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that must be there as text."""
    value = claims.get(name)
    if not isinstance(value, str):
        raise TokenRefused("token-invalid", f"'{name}' claim is missing")
    return value


def read_entrant(context: Any) -> Entrant:
    """Return who the context speaks of; an odd context is nobody in particular."""
    user = context.get("user") if isinstance(context, dict) else None
    user = user if isinstance(user, dict) else {}
    known = {key: as_reported(user[key]) for key in REPORTED if is_reported(user.get(key))}
    return Entrant(user=known, affiliation=read_affiliation(user))


def is_reported(value: Any) -> bool:
    """Tell whether a value of the user reaches the events; `null` does not."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def as_reported(value: Any) -> str | float:
    """Return a value as events carry it: the number 7 arrives as 7.0."""
    return value if isinstance(value, str) else float(value)


def read_affiliation(user: Mapping[str, Any]) -> Affiliation:
    """Return what the token makes of its user, as mod_token_affiliation does."""
    moderator = user.get("moderator")
    chairs = moderator is True or moderator == "true" or str(user.get("affiliation")) in OWNERS
    return Affiliation.OWNER if chairs else Affiliation.MEMBER
