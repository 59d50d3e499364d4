"""How parts of one machine reach each other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from web.settings import Settings

EVERYWHERE: Mapping[str, str] = MappingProxyType({"0.0.0.0": "127.0.0.1", "::": "::1"})  # noqa: S104  # compared, not bound


def local_url(host: str, port: int) -> str:
    """Return the address under which this machine itself reaches a listening part."""
    name = EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def web_url(settings: Settings) -> str:
    """Return where pages, API and the built-in bridge answer on this machine."""
    return local_url(settings.host, settings.port)


def receiver_url(settings: Settings) -> str:
    """Return where the receiver of this machine answers."""
    return local_url(settings.receiver_host, settings.receiver_port)
