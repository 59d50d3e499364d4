"""What the answers of a bridge's Prosody mean; pure.

Source: jitsi-meet mod_muc_census, mod_muc_size, mod_muc_end_meeting (6549d4723, 10f7c81):
end-meeting looks at its parameter, then at the token, then for the room; so 401 without a token
tells that it is loaded, and 404 with a token that the token was taken.  Without a key server it
takes itself away since 2026, and before took no token of a shared secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from bridges.errors import BridgeSilent
from bridges.jitsi.census import read_census
from bridges.jitsi.replies import Answer, Reply, bad, note, odd, silent, unseen, well
from bridges.model import Bridge


def judge_census(reply: Reply) -> Answer:
    """Judge a census as those read it who count by it."""
    if reply.failed:
        return silent("room-census", reply)
    if reply.status == HTTPStatus.NOT_FOUND:
        return bad("room-census", "module-missing", module="muc_census")
    if reply.status != HTTPStatus.OK:
        return odd("room-census", reply)
    try:
        tally = read_census(reply.body)
    except BridgeSilent:
        return bad("room-census", "nonsense", where=reply.where)
    if tally.unread:
        return bad("room-census", "rows-unread", count=tally.unread)
    return well("room-census", "rooms", count=len(tally.rooms))


def judge_nameless(bridge: Bridge) -> Answer:
    """Tell that Prosody has nothing under any name we know."""
    own = urlsplit(bridge.prosody_url).hostname or ""
    return bad("prosody", "host-unknown", own=own, domain=bridge.xmpp_domain)


def judge_size(reply: Reply) -> Answer:
    """Judge a question for a room's size that names no room."""
    if reply.failed:
        return silent("room-size", reply)
    if reply.status == HTTPStatus.NOT_FOUND:
        return note("room-size", "module-missing", module="muc_size")
    if reply.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}:
        return odd("room-size", reply)
    return well("room-size", "module-there", module="muc_size")


def judge_kick(reply: Reply) -> Answer:
    """Judge the wish to send nobody out of no room; a 200 without effect is its way to refuse.

    The module takes itself away where it has no key server to ask for our key.
    """
    if reply.failed:
        return silent("kick", reply)
    if reply.status == HTTPStatus.NOT_FOUND:
        return note("kick", "cannot-remove")
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.is_page:
        return odd("kick", reply)
    return well("kick", "module-there", module="muc_kick_participant")


def judge_invite(without: Reply, ours: Reply) -> Answer:
    """Judge the wish to call nobody, without a token and with ours."""
    if without.failed or ours.failed:
        return silent("invite", without if without.failed else ours)
    if without.status == HTTPStatus.NOT_FOUND:
        return note("invite", "cannot-call")
    if ours.status == HTTPStatus.UNAUTHORIZED:
        return note("invite", "commands-refused")
    if ours.status >= HTTPStatus.INTERNAL_SERVER_ERROR or ours.is_page:
        return odd("invite", ours)
    return well("invite", "module-there", module="muc_jigasi_invite")


def judge_door(*, ours: bool | None, forged: bool | None) -> Answer:
    """Judge whom the door of the bridge lets in: who has our token, or another's."""
    if forged:
        return bad("door", "forged-taken")
    if ours is None:
        return unseen("door", "door-unseen")
    return well("door", "door-open") if ours else bad("door", "token-refused")


def judge_token(
    without: Reply, ours: Reply, forged: Reply, *, enters: bool = False
) -> Sequence[Answer]:
    """Judge end-meeting of a room that is not there: without a token, with ours, with another's.

    `enters` tells that halls come in by our token, so that it is right as such.
    """
    failed = next((reply for reply in (without, ours, forged) if reply.failed), None)
    if failed is not None:
        return (silent("token", failed),)
    if without.status == HTTPStatus.NOT_FOUND:
        if ours.status == HTTPStatus.NOT_FOUND:
            return (bad("token", "cannot-end"),)
    elif without.status != HTTPStatus.UNAUTHORIZED:
        return (odd("token", without),)
    return judge_ours(ours, enters=enters), judge_forged(forged)


def judge_ours(ours: Reply, *, enters: bool) -> Answer:
    """Judge the answer to our own token."""
    if ours.status == HTTPStatus.UNAUTHORIZED:
        return bad("token", "entry-only" if enters else "token-refused")
    if ours.status != HTTPStatus.NOT_FOUND:
        return odd("token", ours)
    return well("token", "token-taken")


def judge_halls(ours: Reply, by_hall: Reply) -> Sequence[Answer]:
    """Judge whether a hall's own token commands, where our command was taken."""
    if by_hall.failed or ours.status != HTTPStatus.NOT_FOUND:
        return ()
    if by_hall.status == HTTPStatus.UNAUTHORIZED:
        return (well("commands", "halls-obey"),)
    taken = by_hall.status == HTTPStatus.NOT_FOUND
    return (note("commands", "halls-command"),) if taken else ()


def judge_forged(forged: Reply) -> Answer:
    """Judge the answer to a token that somebody else signed."""
    if forged.status == HTTPStatus.UNAUTHORIZED:
        return well("forged-token", "forged-refused")
    if forged.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return odd("forged-token", forged)
    return bad("forged-token", "forged-taken")


def judge_roster(ours: Reply, *, tried: bool) -> Answer:
    """Judge the answer to our own token for a room: so we ask who is in one.

    Of a room that is not there (`tried` is false) Jitsi of 2026 refuses every token.
    """
    if ours.failed:
        return silent("roster", ours)
    if ours.status == HTTPStatus.FORBIDDEN:
        return bad("roster", "roster-refused") if tried else unseen("roster", "no-open-room")
    told = ours.status == HTTPStatus.OK and isinstance(ours.json, dict)
    if not told and ours.status != HTTPStatus.NOT_FOUND:
        return odd("roster", ours)
    return well("roster", "roster-told")


def judge_domain(garbage: Reply, ours: Reply, foreign: Reply) -> Answer:
    """Judge room-size with a token of another domain; without its option no token is looked at."""
    if garbage.failed or ours.failed or foreign.failed or garbage.status != HTTPStatus.FORBIDDEN:
        return unseen("domain", "domain-unseen")
    if ours.status == HTTPStatus.FORBIDDEN:
        return unseen("domain", "no-open-room")
    if foreign.status == HTTPStatus.FORBIDDEN:
        return well("domain", "domain-verified")
    return bad("domain", "domain-open")
