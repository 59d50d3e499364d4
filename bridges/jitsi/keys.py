"""Keys that sign tokens: a secret that both know (HS256), or a private key of ours (RS256).

Source: jitsi-meet token/util.lib.lua (0e53bd87): with a key server Prosody asks for
`<sha256 of kid>.pem` and remembers the answer until it restarts; of a JWKS it reads only RSA keys.

One key has two names: halls' tokens bear one, commands the other.  What takes commands is told to
ask where only the second is known, so that no hall's token commands anything.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any

from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import json_b64encode

from bridges.model import Algorithm

PEM = "-----BEGIN "
COMMANDS = "commands-"
RSA_BITS = 2048
RSA_LARGEST_BITS = 8192
KEYS_REMEMBERED = 128
ALGORITHMS = JWSRegistry(algorithms=[algorithm.value for algorithm in Algorithm])


@dataclass(frozen=True, kw_only=True)
class Credential:
    """With what a token is signed; a shared secret has no `kid`."""

    algorithm: Algorithm
    key: OctKey | RSAKey = field(repr=False)
    kid: str = ""

    @property
    def command_kid(self) -> str:
        """By which name a command names the key."""
        return f"{COMMANDS}{self.kid}" if self.kid else ""

    def header(self, kid: str) -> dict[str, str]:
        """Return the header of a token; Prosody wants `typ` to be exactly JWT."""
        told = {"alg": self.algorithm.value, "typ": "JWT"}
        return told | ({"kid": kid} if kid else {})

    @cached_property
    def head(self) -> bytes:
        """The header as it stands in every token of halls."""
        return json_b64encode(self.header(self.kid))

    @cached_property
    def command_head(self) -> bytes:
        """The header as it stands in every command."""
        return json_b64encode(self.header(self.command_kid))

    def sign(self, told: bytes) -> bytes:
        """Return the signature of what a token says."""
        if isinstance(self.key, OctKey):
            # As joserfc does, but in one call of C: a third of the time.
            return hmac.digest(self.key.raw_value, told, "sha256")
        return ALGORITHMS.get_alg(self.algorithm.value).sign(told, self.key)


@lru_cache(maxsize=KEYS_REMEMBERED)
def credential(secret: str) -> Credential:
    """Return what a stored secret signs with; reading a private key is too slow for each token."""
    if not secret.startswith(PEM):
        return Credential(algorithm=Algorithm.HS256, key=OctKey.import_key(secret))
    key = RSAKey.import_key(secret)
    return Credential(algorithm=Algorithm.RS256, key=key, kid=key.thumbprint())


def new_private_key() -> str:
    """Return a fresh RSA key as PEM."""
    return RSAKey.generate_key(RSA_BITS, private=True).as_pem(private=True).decode()


def is_private_key(text: str) -> bool:
    """Tell whether a text is a private RSA key that Prosody's side can live with."""
    try:
        key = RSAKey.import_key(text)
    except (ValueError, TypeError):
        return False
    private = key.private_key
    return private is not None and RSA_BITS <= private.key_size <= RSA_LARGEST_BITS


def public_pem(secret: str) -> bytes:
    """Return the public half of a private key."""
    return RSAKey.import_key(secret).as_pem(private=False)


def pem_name(kid: str) -> str:
    """Return under which name Prosody asks for a key."""
    return sha256(kid.encode()).hexdigest()


def jwk(secret: str) -> Mapping[str, Any]:
    """Return the public half of a private key as an entry of a JWKS."""
    found = credential(secret)
    told = RSAKey.import_key(secret).as_dict(private=False)
    return {**told, "kid": found.kid, "alg": found.algorithm.value, "use": "sig"}
