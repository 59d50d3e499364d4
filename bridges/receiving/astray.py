"""Calls of a bridge's Prosody to addresses where nothing of ours is: seen, so that they are mended.

Prosody says nothing of an address that is set wrongly: no room is made, no event arrives.  Of each
bridge and setting the last such call is kept, of all whose bridge nobody can tell one together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bridges.jitsi import events

BRIDGES = "/bridges/"
EVENTS = "/events/"
RESERVATION = "/conference"
AGENT = "Prosody"
LONGEST_URL = 200


class Setting(StrEnum):
    """The setting of Prosody that a call follows."""

    RESERVATIONS = "reservations_api_prefix"
    EVENTS = "api_prefix"
    ACCESS = "diemcau_access_url"
    KEYS = "asap_key_server"
    ALL_KEYS = "cache_keys_url"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """By what a request may be a bridge's: `by_secret` and `by_address` are bridges that fit."""

    agent: str
    by_secret: Sequence[str] = ()
    by_address: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A call that went astray; `bridge` is "" where nobody can tell whose it is.

    It is `sure` where its secret or its address tells so, and not its words alone.
    """

    bridge: str
    sure: bool
    setting: Setting
    at: datetime
    method: str
    url: str
    address: str


Spot = tuple[str, Setting]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is to be written: the last calls that went astray, and when calls came right."""

    strays: Mapping[Spot, Stray]
    right: Mapping[Spot, datetime]


@dataclass(slots=True)
class Strays:
    """What is not written yet: one call that went astray a bridge and setting, however many."""

    strays: dict[Spot, Stray] = field(default_factory=dict)
    right: dict[Spot, datetime] = field(default_factory=dict)

    def note(self, stray: Stray) -> None:
        """Remember a call in the place of the one before it, unless that one was surer."""
        known = self.strays.get((stray.bridge, stray.setting))
        if known is None or stray.sure or not known.sure:
            self.strays[stray.bridge, stray.setting] = stray

    def came_right(self, bridge: str, setting: Setting, at: datetime) -> None:
        """Remember that a bridge that is known follows the right setting."""
        self.right[bridge, setting] = at

    def unwritten(self) -> Seen:
        """Return what is to be written."""
        return Seen(strays=dict(self.strays), right=dict(self.right))

    def forget(self, written: Seen) -> None:
        """Drop what was written, unless more was seen meanwhile."""
        for spot, stray in written.strays.items():
            if self.strays.get(spot) is stray:
                del self.strays[spot]
        for spot, at in written.right.items():
            if self.right.get(spot) is at:
                del self.right[spot]


def stray_of(
    method: str,
    url: str,
    marks: Marks,
    *,
    bridges: Collection[str],
    at: datetime,
    address: str,
) -> Stray | None:
    """Return the call that a request to nowhere is, None where it bears no bridge's marks.

    `url` is the host that was asked and the path, without a query, which may hold a secret.
    """
    path = "/" + url.partition("/")[2]
    setting, named = setting_of(method, path), bridge_in(path, bridges)
    alike = bool(named or marks.by_address) and setting is not Setting.NONE
    if not marks.by_secret and not marks.agent.startswith(AGENT) and not alike:
        return None
    alone = marks.by_address if len(marks.by_address) == 1 else ()
    bridge = next(iter((*marks.by_secret, *named, *alone)), "")
    return Stray(
        bridge=bridge,
        sure=bridge in (*marks.by_secret, *marks.by_address),
        setting=setting,
        at=at,
        method=plain(method),
        url=plain(url),
        address=plain(address),
    )


def setting_of(method: str, path: str) -> Setting:
    """Return which setting sends a call of a method to a path, by what Prosody appends to it."""
    asks, posts = method == "GET", method == "POST"
    if (posts and path.endswith(RESERVATION)) or (not posts and f"{RESERVATION}/" in path):
        return Setting.RESERVATIONS
    if posts and path.rpartition(EVENTS)[2] in events.PATHS:
        return Setting.EVENTS
    if asks and path.endswith("/access"):
        return Setting.ACCESS
    if asks and path.endswith(".pem"):
        return Setting.KEYS
    return Setting.ALL_KEYS if asks and path.endswith("/jwks.json") else Setting.NONE


def bridge_in(path: str, bridges: Collection[str]) -> list[str]:
    """Return the bridge that a path names, none where nobody is called so."""
    name = path.partition(BRIDGES)[2].lstrip("/").partition("/")[0]
    return [name] if name in bridges else []


def plain(text: str) -> str:
    """Return what a terminal shows as it is, of a text that anybody may have sent."""
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text[:LONGEST_URL])
