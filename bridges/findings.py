"""What a bridge's answers mean; pure.

Source: jitsi-meet mod_muc_census, mod_muc_size, mod_muc_end_meeting (6549d4723): end-meeting looks
at its parameter, then at the token, then for the room; so 401 without a token tells that it is
loaded, and 404 with a token that the token was taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from bridges.errors import BridgeSilent
from bridges.jitsi.census import read_census
from bridges.model import Bridge
from bridges.replies import Answer, Reply, bad, note, silent, unseen, well

SKEW_NOTICED = timedelta(seconds=10)
SKEW_HARMFUL = timedelta(seconds=60)
"""Tokens are back-dated by two minutes; beyond one the sheet's times and early tokens suffer."""


def judge_page(reply: Reply) -> Answer:
    """Judge the page that halls open."""
    if reply.failed:
        return silent("public-url", reply)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return bad("public-url", "http-status", status=reply.status)
    return well("public-url", "page-there", status=reply.status)


def judge_clock(date: str, now: datetime) -> Answer:
    """Judge a Date header: whole seconds, so that one second is nothing."""
    try:
        theirs = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return unseen("clock", "no-date")
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    skew = abs(theirs - now)
    seconds = round(skew.total_seconds())
    if skew >= SKEW_HARMFUL:
        return bad("clock", "clock-off", seconds=seconds)
    if skew >= SKEW_NOTICED:
        return note("clock", "clock-off", seconds=seconds)
    return well("clock", "clock-right", seconds=seconds)


def judge_census(reply: Reply) -> Answer:
    """Judge a census as those read it who count by it."""
    if reply.failed:
        return silent("room-census", reply)
    if reply.status == HTTPStatus.NOT_FOUND:
        return bad("room-census", "module-missing", module="muc_census")
    if reply.status != HTTPStatus.OK:
        return bad("room-census", "http-status", status=reply.status)
    try:
        tally = read_census(reply.body)
    except BridgeSilent:
        return bad("room-census", "nonsense")
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
        return bad("room-size", "http-status", status=reply.status)
    return well("room-size", "module-there", module="muc_size")


def judge_kick(reply: Reply) -> Answer:
    """Judge the wish to send nobody out of no room; a 200 without effect is its way to refuse.

    The module takes itself away where it has no key server to ask for our key.
    """
    if reply.failed:
        return silent("kick", reply)
    if reply.status == HTTPStatus.NOT_FOUND:
        return note("kick", "cannot-remove")
    return well("kick", "module-there", module="muc_kick_participant")


def judge_invite(without: Reply, ours: Reply) -> Answer:
    """Judge the wish to call nobody, without a token and with ours."""
    if without.failed or ours.failed:
        return silent("invite", without if without.failed else ours)
    if without.status == HTTPStatus.NOT_FOUND:
        return note("invite", "cannot-call")
    if ours.status == HTTPStatus.UNAUTHORIZED:
        return note("invite", "commands-refused")
    return well("invite", "module-there", module="muc_jigasi_invite")


def judge_token(without: Reply, ours: Reply, forged: Reply) -> Sequence[Answer]:
    """Judge end-meeting of a room that is not there: without a token, with ours, with another's."""
    failed = next((reply for reply in (without, ours, forged) if reply.failed), None)
    if failed is not None:
        return (silent("token", failed),)
    if without.status == HTTPStatus.NOT_FOUND:
        if ours.status == HTTPStatus.NOT_FOUND:
            return (bad("token", "module-missing", module="muc_end_meeting"),)
    elif without.status != HTTPStatus.UNAUTHORIZED:
        return (bad("token", "http-status", status=without.status),)
    return judge_ours(ours), judge_forged(forged)


def judge_ours(ours: Reply) -> Answer:
    """Judge the answer to our own token."""
    if ours.status == HTTPStatus.UNAUTHORIZED:
        return bad("token", "token-refused")
    if ours.status != HTTPStatus.NOT_FOUND:
        return bad("token", "http-status", status=ours.status)
    return well("token", "token-taken")


def judge_forged(forged: Reply) -> Answer:
    """Judge the answer to a token that somebody else signed."""
    if forged.status == HTTPStatus.UNAUTHORIZED:
        return well("forged-token", "forged-refused")
    return bad("forged-token", "forged-taken")


def judge_roster(ours: Reply) -> Answer:
    """Judge the answer to our own token for a room that is not there: so we ask who is in one."""
    if ours.failed:
        return silent("roster", ours)
    if ours.status == HTTPStatus.FORBIDDEN:
        return bad("roster", "roster-refused")
    if ours.status != HTTPStatus.NOT_FOUND:
        return bad("roster", "http-status", status=ours.status)
    return well("roster", "roster-told")


def judge_domain(garbage: Reply, ours: Reply, foreign: Reply) -> Answer:
    """Judge room-size with a token of another domain; without its option no token is looked at."""
    if garbage.failed or ours.failed or foreign.failed:
        return unseen("domain", "domain-unseen")
    if garbage.status != HTTPStatus.FORBIDDEN or ours.status == HTTPStatus.FORBIDDEN:
        return unseen("domain", "domain-unseen")
    if foreign.status == HTTPStatus.FORBIDDEN:
        return well("domain", "domain-verified")
    return bad("domain", "domain-open")


def judge_exposed(asked: str, reply: Reply, where: str) -> Answer:
    """Judge a census asked for where strangers stand: nobody may answer it."""
    told = reply.json if reply.status == HTTPStatus.OK else None
    if isinstance(told, dict) and "room_census" in told:
        return bad(asked, "port-open", where=where)
    return well(asked, "port-shut", where=where)


def judge_moderators(conferences: Sequence[Any]) -> Answer:
    """Judge who moderates in rooms that are in use: never everybody."""
    seen = False
    for conference in conferences:
        roles = roles_of(conference)
        if len(roles) > 1:
            seen = True
            if all(role in {"moderator", "owner"} for role in roles):
                return bad("moderators", "all-moderate")
    return well("moderators", "few-moderate") if seen else unseen("moderators", "no-room-in-use")


def roles_of(conference: Any) -> list[str]:
    """Return the roles of people in a conference as Jicofo's debug page tells them."""
    try:
        members = conference["chat_room"]["members"].values()
        robots = ("is_jibri", "is_jigasi", "is_transcriber")
        return [
            str(one["role"]).lower()
            for one in members
            if not any(one.get(robot) for robot in robots)
        ]
    except (KeyError, TypeError, AttributeError):
        return []


def judge_focus(reply: Reply) -> Answer:
    """Judge Jicofo's statistics: it must have a bridge that works."""
    if reply.failed:
        return silent("jicofo", reply)
    told = reply.json
    try:
        working = int(told["bridge_selector"]["operational_bridge_count"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return bad("jicofo", "nonsense")
    code = "bridges-working"
    return (well if working else bad)("jicofo", code if working else "no-bridge", count=working)


def judge_health(asked: str, reply: Reply, where: str) -> Answer:
    """Judge a health page."""
    if reply.failed:
        return bad(asked, reply.failed, where=where)
    if reply.status != HTTPStatus.OK:
        return bad(asked, "unhealthy", where=where, status=reply.status)
    return well(asked, "healthy", where=where)


def judge_recorder(reply: Reply, where: str) -> Answer:
    """Judge a Jibri's health page, which answers 200 also when it is not well."""
    first = judge_health("jibri", reply, where)
    try:
        word = reply.json["status"]["health"]["healthStatus"]
    except (KeyError, TypeError):
        return first if not first.well else bad("jibri", "nonsense")
    return first if word == "HEALTHY" else bad("jibri", "unhealthy", where=where, status=str(word))


def judge_reservation(right: Reply, wrong: Reply) -> Answer:
    """Judge our own reservation address as a bridge finds it, for a room that is not booked."""
    if right.failed:
        return silent("reservation", right)
    refused = isinstance(right.json, dict) and isinstance(right.json.get("message"), str)
    if right.status != HTTPStatus.FORBIDDEN or not refused:
        return bad("reservation", "not-us", status=right.status)
    if wrong.status != HTTPStatus.UNAUTHORIZED:
        return bad("reservation", "not-us", status=wrong.status)
    return well("reservation", "reservation-there")


def judge_access(reply: Reply) -> Answer:
    """Judge our own address that a bridge asks whom to keep out, for nobody in particular."""
    if reply.failed:
        return silent("access", reply)
    if reply.status != HTTPStatus.OK or reply.json != {"access": True}:
        return bad("access", "not-us", status=reply.status)
    return well("access", "access-there")


def judge_receiver(reply: Reply) -> Answer:
    """Judge our own address of events: the receiver takes nothing but POST."""
    if reply.failed:
        return silent("events", reply)
    if reply.status != HTTPStatus.METHOD_NOT_ALLOWED:
        return bad("events", "not-us", status=reply.status)
    return well("events", "receiver-there")
