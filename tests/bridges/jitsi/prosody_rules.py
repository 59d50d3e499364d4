"""Prosody's own rules for tokens, said again without any of our code or libraries.

Source: jitsi-meet luajwtjitsi.lib.lua, token/util.lib.lua, mod_token_verification.lua (0e53bd87).
At the connection: three parts, `typ` JWT, the configured algorithm, the signature, `exp` and `nbf`
as numbers without leeway, `iss`, `aud` by equality, `room` present.  At the door of the room: the
room without regard to case, and with domain verification `sub`.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key


@dataclass(frozen=True, kw_only=True)
class Prosody:
    """How a Prosody is set; with a key server `pems` has public keys by sha256 of their kid."""

    issuer: str = "diemcau"
    audience: str = "jitsi"
    domain: str = "meet.lab"
    secret: str = ""
    pems: Mapping[str, bytes] = field(default_factory=dict)

    def refuses(self, token: str, *, room: str, now: float) -> str:
        """Return why the token does not let into the room, or ""."""
        try:
            claims = self.connect(token, now)
        except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature) as error:
            return f"{type(error).__name__}: {error}"
        if str(claims["room"]).lower() != room:
            return "room"
        return "" if str(claims.get("sub")).lower() == self.domain else "sub"

    def connect(self, token: str, now: float) -> dict[str, Any]:
        head, payload, signature = token.split(".")
        header, claims = decoded(head), decoded(payload)
        need(header["typ"] == "JWT", "typ")
        need(header["alg"] == ("RS256" if self.pems else "HS256"), "alg")
        self.verify(header, f"{head}.{payload}".encode(), unpadded(signature))
        for name, fits in (("exp", lambda at: now < at), ("nbf", lambda at: now >= at)):
            if name in claims:
                need(is_number(claims[name]), f"{name} must be number")
                need(fits(claims[name]), f"Not acceptable by {name}")
        need(claims["iss"] == self.issuer, "iss")
        need(claims["aud"] == self.audience, "aud")
        need(isinstance(claims["room"], str), "room")
        return claims

    def verify(self, header: Mapping[str, Any], signed: bytes, signature: bytes) -> None:
        if not self.pems:
            expected = hmac.digest(self.secret.encode(), signed, hashlib.sha256)
            need(hmac.compare_digest(expected, signature), "Invalid signature")
            return
        pem = self.pems[hashlib.sha256(header["kid"].encode()).hexdigest()]
        key = load_pem_public_key(pem)
        assert isinstance(key, RSAPublicKey)
        key.verify(signature, signed, PKCS1v15(), SHA256())


def decoded(part: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(unpadded(part))
    return value


def unpadded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def need(fits: object, what: str) -> None:
    if fits is not True:
        raise ValueError(what)
