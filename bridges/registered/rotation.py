"""Which of two secrets is good when: both while a new one spreads, then only the new one.

A bridge presents the secrets of reservation calls and events, so both are taken.  With tokens it
is we who present: they are signed with the former secret until the bridge is seen to take the
present one, at the latest until the former one's end.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta

from bridges.jitsi.keys import PEM
from bridges.model import BridgeSecrets, FormerSecret, SecretKind

# A key that no longer signs is still shown for a while: a token made with it may be on its way.
LINGER = timedelta(minutes=15)


def former(secrets: BridgeSecrets, kind: SecretKind, now: datetime) -> FormerSecret | None:
    """Return the former secret of a kind while it is good."""
    found = (one for one in secrets.former if one.kind is kind and now < one.ends_at)
    return next(found, None)


def taken(secrets: BridgeSecrets, kind: SecretKind, now: datetime) -> Iterator[str]:
    """Give the secrets of a kind that are good now, the present one first."""
    yield secrets.present(kind)
    if before := former(secrets, kind, now):
        yield before.secret


def is_bearer(presented: str, secrets: BridgeSecrets, kind: SecretKind, now: datetime) -> bool:
    """Tell whether a header carries a good secret; takes as long whichever letter is wrong."""
    scheme, _, secret = presented.partition(" ")
    given = secret.strip().encode("utf-8", "surrogateescape") if scheme.lower() == "bearer" else b""
    good = [secret.encode() for secret in taken(secrets, kind, now)]
    return sum(hmac.compare_digest(given, one) for one in good) > 0


def signing(secrets: BridgeSecrets, now: datetime) -> str:
    """Return what tokens are signed with now."""
    before = former(secrets, SecretKind.JWT, now)
    if before is None or before.left_at is not None:
        return secrets.jwt
    return before.secret


def is_spreading(secrets: BridgeSecrets, now: datetime) -> bool:
    """Tell whether tokens are still signed with the former secret."""
    return signing(secrets, now) != secrets.jwt


def is_rotating(secrets: BridgeSecrets, now: datetime) -> bool:
    """Tell whether the token secret was another a moment ago."""
    return any(one.kind is SecretKind.JWT and now < one.ends_at + LINGER for one in secrets.former)


def shown_keys(secrets: BridgeSecrets, now: datetime) -> list[str]:
    """Return the private keys whose public halves a bridge may ask for, the present one first."""
    before = (
        one.secret
        for one in secrets.former
        if one.kind is SecretKind.JWT and now < one.ends_at + LINGER
    )
    return [key for key in (secrets.jwt, *before) if key.startswith(PEM)]
