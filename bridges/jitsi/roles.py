"""Who somebody is in a room, and what Jitsi makes of it.

Source: jitsi-meet mod_token_affiliation.lua (affiliation from the token) and util.lib.lua
`is_feature_allowed` (6549d4723): where a token names features at all, one that it does not name is
denied, to moderators too.  So every feature is named, for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class EntryRole(StrEnum):
    """As what a token lets somebody in."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    SITE = "site"
    OBSERVER = "observer"


OWNERS = frozenset({EntryRole.CHAIR, EntryRole.SECRETARY})
"""Who leads the room: mutes, lets in, sends out."""

STREAMING = "livestreaming"
EVERY_FEATURE = (
    "recording",
    STREAMING,
    "transcription",
    "outbound-call",
    "sip-outbound-call",
    "moderation",
    "lobby",
    "room",
    "screen-sharing",
    "send-groupchat",
    "create-polls",
    "file-upload",
)
FEATURES: Mapping[EntryRole, frozenset[str]] = MappingProxyType(
    {
        EntryRole.CHAIR: frozenset(EVERY_FEATURE),
        EntryRole.SECRETARY: frozenset(EVERY_FEATURE),
        EntryRole.SITE: frozenset({"screen-sharing", "send-groupchat"}),
        EntryRole.OBSERVER: frozenset(),
    }
)


def affiliation(role: EntryRole) -> dict[str, str]:
    """Return what the token says of its user; an observer is no visitor, whom nothing counts."""
    owns = role in OWNERS
    return {
        "affiliation": "owner" if owns else "member",
        "moderator": "true" if owns else "false",
    }


def features(role: EntryRole, *, public: bool) -> dict[str, str]:
    """Return every feature with whether this role has it, as texts.

    What is not public is streamed by nobody.
    """
    has = FEATURES[role] if public else FEATURES[role] - {STREAMING}
    return {name: "true" if name in has else "false" for name in EVERY_FEATURE}
