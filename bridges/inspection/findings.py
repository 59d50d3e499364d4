"""What the answers of a bridge's other parts mean, and those of our own addresses; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from bridges.jitsi.replies import Answer, Reply, bad, note, odd, silent, unseen, well

SKEW_NOTICED = timedelta(seconds=10)
SKEW_HARMFUL = timedelta(seconds=60)
"""Tokens are back-dated by two minutes; beyond one the sheet's times and early tokens suffer."""
AT_WORK = frozenset({"HEALTHY", "IDLE", "BUSY"})
"""What a recorder says that can be used, now or after what it records; EXPIRED it is no more."""
LONGEST_REASON = 200
SCRIPT_SIGN = b"JitsiMeetExternalAPI"


def judge_page(reply: Reply) -> Answer:
    """Judge the page that halls open."""
    if reply.failed:
        return silent("public-url", reply)
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return odd("public-url", reply)
    if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
        return note("public-url", "page-leads-on", where=reply.where, status=reply.status)
    return well("public-url", "page-there", status=reply.status)


def judge_script(reply: Reply) -> Answer:
    """Judge the script of the IFrame API, which any Jitsi Meet has and no other server."""
    if reply.failed:
        return silent("script", reply)
    if reply.status != HTTPStatus.OK or SCRIPT_SIGN not in reply.body:
        return bad("script", "no-script", where=reply.where, status=reply.status)
    return well("script", "script-there")


def judge_clock(date: str, now: datetime) -> Answer:
    """Judge a Date header: whole seconds, so that one second is nothing."""
    try:
        theirs = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return unseen("clock", "no-date")
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    skew = abs(theirs - now)
    seconds = round(skew.total_seconds())
    code = "clock-ahead" if theirs > now else "clock-behind"
    if skew >= SKEW_HARMFUL:
        return bad("clock", code, seconds=seconds)
    if skew >= SKEW_NOTICED:
        return note("clock", code, seconds=seconds)
    return well("clock", "clock-right", seconds=seconds)


def judge_exposed(asked: str, reply: Reply, where: str) -> Answer:
    """Judge a census asked for where strangers stand: nobody may answer it."""
    if asked == "web" and reply.failed:
        # A port may be shut; of a page that should be there this says nothing.
        return unseen(asked, reply.failed)
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


def judge_focus(reply: Reply, where: str) -> Answer:
    """Judge Jicofo's statistics: it must have a bridge that works, and be well itself.

    By what its own check of itself says conferences go elsewhere.
    """
    if reply.failed:
        return silent("jicofo", reply)
    if reply.status != HTTPStatus.OK:
        return odd("jicofo", reply)
    told = reply.json
    try:
        working = int(told["bridge_selector"]["operational_bridge_count"])
        why = "" if told.get("healthy", True) else reason_of(told.get("health"))
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        return bad("jicofo", "nonsense", where=reply.where)
    if not working:
        return bad("jicofo", "no-bridge", count=working)
    if why:
        return bad("jicofo", "unhealthy", where=where, status=why)
    return well("jicofo", "bridges-working", count=working)


def reason_of(health: Any) -> str:
    """Return why Jicofo calls itself unwell; an older one does not say."""
    told = health.get("message") if isinstance(health, dict) else None
    return str(told or "healthy: false")[:LONGEST_REASON]


def judge_brewery(told: Mapping[str, Any]) -> Answer:
    """Judge by Jicofo's statistics whether it, who orders recordings, has met a recorder."""
    try:
        met = int(told["jibri_detector"]["count"])
    except (KeyError, TypeError, ValueError, OverflowError):
        # Where no brewery is set there is no such number.
        met = 0
    return well("brewery", "recorders-met", count=met) if met else bad("brewery", "no-recorder")


def judge_health(asked: str, reply: Reply, where: str) -> Answer:
    """Judge a health page."""
    if reply.failed:
        return silent(asked, reply)
    if reply.status == HTTPStatus.NOT_FOUND:
        return bad(asked, "no-health", where=reply.where)
    if reply.status != HTTPStatus.OK:
        return bad(asked, "unhealthy", where=where, status=reply.status)
    return odd(asked, reply) if reply.is_page else well(asked, "healthy", where=where)


def judge_stress(reply: Reply, where: str) -> Answer:
    """Judge a videobridge's statistics, by whose stress conferences are placed; closed by default.

    Whether it lives is another question.
    """
    told = reply.json if reply.status == HTTPStatus.OK else None
    if isinstance(told, dict) and isinstance(told.get("stress_level"), int | float):
        return well("stress", "stress-told", where=where)
    return note("stress", "stress-closed", where=where)


def judge_recorder(reply: Reply, where: str) -> Answer:
    """Judge a Jibri's health page, which answers 200 also when it is not well, or worn out."""
    first = judge_health("jibri", reply, where)
    try:
        told = reply.json["status"]
        words = {told["health"]["healthStatus"], told.get("busyStatus", "IDLE")}
    except (KeyError, TypeError, AttributeError):
        return first if not first.well else bad("jibri", "nonsense", where=reply.where)
    wrong = ", ".join(sorted(str(word) for word in words - AT_WORK))
    return bad("jibri", "unhealthy", where=where, status=wrong) if wrong else first


def judge_reservation(right: Reply, wrong: Reply) -> Answer:
    """Judge our own reservation address as a bridge finds it, for a room that is not booked."""
    if right.failed:
        return silent("reservation", right)
    refused = isinstance(right.json, dict) and isinstance(right.json.get("message"), str)
    if right.status != HTTPStatus.FORBIDDEN or not refused:
        return bad("reservation", "not-us", where=right.where, status=right.status)
    if wrong.status != HTTPStatus.UNAUTHORIZED:
        return bad("reservation", "not-us", where=wrong.where, status=wrong.status)
    return well("reservation", "reservation-there")


def judge_access(reply: Reply) -> Answer:
    """Judge our own address that a bridge asks whom to keep out, for nobody in particular."""
    if reply.failed:
        return silent("access", reply)
    if reply.status != HTTPStatus.OK or reply.json != {"access": True}:
        return bad("access", "not-us", where=reply.where, status=reply.status)
    return well("access", "access-there")


def judge_receiver(reply: Reply) -> Answer:
    """Judge our own address of events: the receiver takes nothing but POST."""
    if reply.failed:
        return silent("events", reply)
    if reply.status != HTTPStatus.METHOD_NOT_ALLOWED:
        return bad("events", "not-us", where=reply.where, status=reply.status)
    return well("events", "receiver-there")
