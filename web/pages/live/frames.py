"""The bridge in a frame of ours: how the script of a page opens it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridges.model import BridgeKind, RoomName
from web.security import origin_of

SCRIPT = "/external_api.js"
ALLOWED = "camera; microphone; display-capture; autoplay; fullscreen; clipboard-write"
"""What the frame of a bridge may use, where somebody at our page speaks too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The bridge as a page's script opens it.

    The trial bridge is a page of ours at the `url`, which takes commands by messages; a Jitsi
    brings the script of its own IFrame API, which is the only one that surely fits it.
    """

    kind: BridgeKind
    url: str = field(repr=False)
    script: str
    domain: str
    room: RoomName
    token: str = field(repr=False)
    origin: str


def frame_of(kind: BridgeKind, public_url: str, room: RoomName, token: str, *, url: str) -> Frame:
    """Return how a page opens a room with a token; `url` is where the room stands by itself."""
    public = public_url.rstrip("/")
    return Frame(
        kind=kind,
        url=url,
        script="" if kind is BridgeKind.TRIAL else f"{public}{SCRIPT}",
        domain=public.partition("://")[2],
        room=room,
        token=token,
        origin=origin_of(public),
    )
