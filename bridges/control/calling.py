"""Calling a number into a room by Jigasi: a bridge is told once, whatever it answers.

Everything else that is asked of a bridge can be asked again without harm; a call that is asked
again rings again.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

import aiohttp

from bridges.control.actions import ActionState, Asked, Outcome
from bridges.entry.passes import KnownBridge
from bridges.entry.snapshot import Lend
from bridges.errors import BridgeSilent
from bridges.jitsi import prosody
from bridges.jitsi.rosters import command_token
from bridges.model import Room
from bridges.store import actions as store


async def call(
    lend: Lend,
    http: aiohttp.ClientSession,
    known: KnownBridge,
    room: Room,
    one: Asked,
    *,
    now: datetime,
) -> Outcome | None:
    """Let Jigasi call a number; its 200 only says that the invitation was sent.

    None is to look again at the next turn: the bridge was not reached, or told before by somebody
    who has not said yet what came of it, and perhaps never will.
    """
    async with lend() as conn:
        if not await store.note_order(conn, one.id, now):
            return None
    token = command_token(known, room.name, now)
    try:
        status = await prosody.invite_jigasi(http, known.bridge, room.name, one.subject, token)
    except BridgeSilent as error:
        if error.reached:
            return ActionState.UNCONFIRMED, "no-answer"
        async with lend() as conn:
            await store.forget_order(conn, one.id)
        raise
    return outcome_of(status)


def outcome_of(status: int) -> Outcome:
    """Return what an answer means."""
    if status == HTTPStatus.OK:
        return ActionState.UNCONFIRMED, "invited"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ActionState.UNCONFIRMED, "no-answer"
    return ActionState.REFUSED, f"HTTP {status}"
