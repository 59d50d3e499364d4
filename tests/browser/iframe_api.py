"""A Jitsi of which there is only its IFrame API: strict as jitsi-meet is, and tests speak for it.

Its inside judges commands as jitsi-meet does and tells only what jitsi-meet tells.  Its outside is
a script of ours, or where DIEMCAU_JITSI_IFRAME_API names such files (with `:` between them)
jitsi-meet's own external_api.js.  DIEMCAU_JITSI_INSIDE may name another inside, as one that is
built around jitsi-meet's own API.js; it gives what inside.js gives.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Frame, Page, Route

ORIGIN = "https://meet.lab"
HERE = Path(__file__).with_name("jitsi")
COMMANDS = {
    "muteRemoteParticipant": "mute-remote-participant",
    "startRecording": "start-recording",
    "stopRecording": "stop-recording",
    "toggleLobby": "toggle-lobby",
}
SINCE_2026 = frozenset({"muteRemoteParticipant"})
"""What a Jitsi of 2024, and of most of 2025, cannot be asked for yet."""
EVENTS: Mapping[str, tuple[str, frozenset[str]]] = {
    "videoConferenceJoined": (
        "video-conference-joined",
        frozenset({"roomName", "id", "displayName", "avatarURL", "breakoutRoom", "visitor"}),
    ),
    "videoConferenceLeft": ("video-conference-left", frozenset({"roomName"})),
    "readyToClose": ("video-ready-to-close", frozenset()),
    "participantJoined": (
        "participant-joined",
        frozenset({"id", "displayName", "formattedDisplayName"}),
    ),
    "participantLeft": ("participant-left", frozenset({"id"})),
    "participantMuted": ("participant-muted", frozenset({"id", "isMuted", "mediaType"})),
    "participantKickedOut": ("participant-kicked-out", frozenset({"kicked", "kicker"})),
    "recordingStatusChanged": (
        "recording-status-changed",
        frozenset({"on", "mode", "error", "transcription"}),
    ),
    "errorOccurred": ("error-occurred", frozenset({"error"})),
    "suspendDetected": ("suspend-detected", frozenset()),
}
"""Each event: its name inside, and what it tells, nothing else."""
SETTINGS = (
    "subject",
    "startWithAudioMuted",
    "startWithVideoMuted",
    "prejoinConfig",
    "readOnlyName",
    "disableDeepLinking",
)
"""What may be set from outside, of what we set."""
NAMED_INSIDE = os.environ.get("DIEMCAU_JITSI_INSIDE", "")
INSIDE = Path(NAMED_INSIDE) if NAMED_INSIDE else HERE / "inside.js"
PAGE = f"<!doctype html><title>Jitsi</title><script>{INSIDE.read_text()}</script>"


def outside(*, without: frozenset[str] = frozenset()) -> str:
    """Return our script in place of external_api.js; of before 2026 it knows less."""
    names = {
        "settings": SETTINGS,
        "commands": {name: wire for name, wire in COMMANDS.items() if name not in without},
        "events": {wire: name for name, (wire, _) in EVENTS.items()},
    }
    return f"{{{(HERE / 'outside.js').read_text().replace('NAMES', json.dumps(names))}}}"


MUTES = "participant-muted"
NEITHER = pytest.param(
    "",
    id="jitsis",
    marks=pytest.mark.skip(reason="jitsi-meet's script is not here: set DIEMCAU_JITSI_IFRAME_API"),
)


def theirs(*, mutes: bool | None = None) -> list[Any]:
    """Return jitsi-meet's own scripts, only those that tell of microphones or only the others."""
    named = os.environ.get("DIEMCAU_JITSI_IFRAME_API", "").split(":")
    found = {Path(name).stem: Path(name).read_text() for name in named if name}
    return [
        pytest.param(text, id=name, marks=pytest.mark.thorough)
        for name, text in found.items()
        if mutes is None or (MUTES in text) is mutes
    ] or [NEITHER]


BOTH = pytest.mark.parametrize("script", [pytest.param(outside(), id="alike"), *theirs()])
OF_TODAY = pytest.mark.parametrize(
    "script", [pytest.param(outside(), id="alike"), *theirs(mutes=True)]
)
OF_BEFORE = pytest.mark.parametrize(
    "script", [pytest.param(outside(without=SINCE_2026), id="alike"), *theirs(mutes=False)]
)


async def serve(context: BrowserContext, script: str) -> None:
    """Let a window meet that Jitsi at its address."""

    async def tell(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/external_api.js":
            await route.fulfill(body=script, content_type="application/javascript")
        elif path.count("/") == 1:
            await route.fulfill(body=PAGE, content_type="text/html")
        else:
            await route.fulfill(status=404, body="")

    await context.route(f"{ORIGIN}/**", tell)


async def room(page: Page) -> Frame:
    """Return the newest room that a page has opened, as soon as it is there."""
    await page.wait_for_function("() => document.querySelector('iframe')")
    frame = await (await page.query_selector_all("iframe"))[-1].content_frame()
    assert frame is not None
    await frame.wait_for_function("() => window.say")
    return frame


async def say(page: Page, event: str, **detail: object) -> None:
    """Let the Jitsi in the frame tell the page something that a Jitsi tells."""
    wire, told = EVENTS[event]
    assert set(detail) <= told, f"{event} tells {sorted(told)}"
    await (await room(page)).evaluate("([name, detail]) => say(name, detail)", [wire, detail])


async def told(page: Page, *command: object) -> None:
    """Wait until the page has rightly commanded that."""
    await (await room(page)).wait_for_function(
        "(wanted) => told.some((one) => JSON.stringify(one) === JSON.stringify(wanted))",
        arg=command,
    )


async def wrong(page: Page) -> object:
    """Return what the page commanded that jitsi-meet would not do."""
    return await (await room(page)).evaluate("wrong")
