"""Words that several pages use, by the value they stand for; English is the msgid."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from meetings.model import Attendance, Kind, Role, State, UnitKind
from web.i18n import N_
from web.wording import (
    approval_words,
    content_phrases,
    directory_phrases,
    policy_phrases,
    serieswords,
)
from web.wording.room_phrases import BRIDGE_SAID, ROOM_ACTIONS

YES_OR_NO: Mapping[str, str] = MappingProxyType({"yes": N_("yes"), "no": N_("no")})
KINDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.BRIEFING: N_("Briefing"),
        Kind.REVIEW: N_("Review"),
        Kind.TRAINING: N_("Training"),
        Kind.DEPLOYMENT: N_("Deployment of a decision"),
        Kind.ADVISORY: N_("Advisory conference"),
        Kind.WORKING: N_("Working conference"),
        Kind.PROFESSIONAL: N_("Professional conference"),
        Kind.REHEARSAL: N_("Line test"),
        Kind.URGENT: N_("Urgent conference"),
        Kind.OTHER: N_("Other conference"),
    }
)

STATES: Mapping[State, str] = MappingProxyType(
    {
        State.DRAFT: N_("Draft"),
        State.REQUESTED: N_("Asked for"),
        State.CONFIRMED: N_("Booked"),
        State.LIVE: N_("In session"),
        State.ENDED: N_("Ended"),
        State.CLOSED: N_("Signed off"),
        State.REFUSED: N_("Refused"),
        State.CANCELLED: N_("Cancelled"),
    }
)


ATTENDANCES: Mapping[Attendance, str] = MappingProxyType(
    {
        Attendance.EXPECTED: N_("Not in yet"),
        Attendance.PRESENT: N_("Present"),
        Attendance.LATE: N_("Came late"),
        Attendance.ABSENT: N_("Absent"),
        Attendance.UNKNOWN: N_("Not known"),
    }
)

ATTENDANCE_LOOKS: Mapping[Attendance, str] = MappingProxyType(
    {
        Attendance.EXPECTED: "dim",
        Attendance.PRESENT: "ok",
        Attendance.LATE: "warn",
        Attendance.ABSENT: "bad",
        Attendance.UNKNOWN: "dim",
    }
)
"""How each attendance looks; unknown is grey, never green, never red."""

ROLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.SECRETARY: N_("Secretary"),
        Role.TECHNICIAN: N_("Technician"),
        Role.LEADER: N_("Leader"),
        Role.HALL: N_("Hall"),
        Role.ADMIN: N_("Administrator"),
    }
)

UNIT_KINDS: Mapping[UnitKind, str] = MappingProxyType(
    {
        UnitKind.PROVINCE: N_("Province"),
        UnitKind.DISTRICT: N_("District"),
        UnitKind.COMMUNE: N_("Commune"),
        UnitKind.WARD: N_("Ward"),
        UnitKind.TOWNSHIP: N_("Township"),
        UnitKind.SPECIAL_ZONE: N_("Special zone"),
        UnitKind.OFFICE: N_("Office"),
        UnitKind.DEPARTMENT: N_("Department"),
    }
)

HEALTH: Mapping[str, str] = MappingProxyType(
    {"up": N_("Up"), "down": N_("Down"), "unknown": N_("Not known"), "": N_("Not watched")}
)

HEALTH_LOOKS: Mapping[str, str] = MappingProxyType(
    {"up": "ok", "down": "bad", "unknown": "dim", "": "dim"}
)

DEVICES: Mapping[str, str] = MappingProxyType(
    {
        "codec": N_("Conference terminal"),
        "pc": N_("Computer"),
        "router": N_("Router"),
        "camera": N_("Camera"),
        "other": N_("Other device"),
    }
)

PROBES: Mapping[str, str] = MappingProxyType(
    {"icmp": N_("Ping"), "tcp": N_("TCP port"), "http": N_("Web page")}
)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "refused": N_("the device refuses the connection"),
        **content_phrases.SAID,
        "reset": N_("the connection is cut off"),
        "unreachable": N_("there is no way to the device"),
        "timeout": N_("the device does not answer"),
        "network": N_("network error"),
        "tls": N_("no secure connection can be made"),
        "no-http": N_("the answer is no web page"),
        "too-long": N_("the answer is too long"),
        "no-such-name": N_("there is no machine of that name"),
        "no-data": N_("nothing was heard for too long"),
        "names-busy": N_("names cannot be looked up now"),
        "names-unavailable": N_("names cannot be looked up now"),
        "not-permitted": N_("this machine may not send ping"),
        "forbidden-address": N_("this address may not be looked at"),
    }
)
"""What a probe found, by its code."""

# What the audit calls an action, and what people call it.
ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        **serieswords.ACTIONS,
        **approval_words.ACTIONS,
        "conference.book": N_("Booked a conference"),
        "conference.amend": N_("Changed a conference"),
        "deputy.lend": N_("Named a deputy"),
        "deputy.end": N_("Ended a deputy's time"),
        "chain.add": N_("Added a chain of approval"),
        "chain.change": N_("Changed a chain of approval"),
        "chain.remove": N_("Removed a chain of approval"),
        "conference.draft": N_("Kept a draft"),
        "conference.request": N_("Asked for a conference"),
        "conference.approve": N_("Approved a step"),
        "conference.confirm": N_("Approved a conference"),
        "conference.refuse": N_("Refused a conference"),
        "conference.displace": N_("Made a conference give way"),
        "conference.wait": N_("Put a draft on the waiting list"),
        "conference.leave": N_("Took a draft off the waiting list"),
        "conference.offer": N_("Offered halls that became free"),
        "conference.withdraw": N_("Took a request back"),
        "conference.expire": N_("Nobody answered a request in time"),
        "conference.clash": N_("Found halls taken at an approval"),
        "conference.cancel": N_("Cancelled a conference"),
        "conference.begin": N_("Conference began"),
        "conference.end": N_("Conference ended"),
        "conference.close": N_("Signed a sheet off"),
        "official.add": N_("Added an official"),
        "official.change": N_("Changed an official"),
        "official.remove": N_("Removed an official"),
        "black-out.add": N_("Blacked out a time"),
        "black-out.remove": N_("Lifted a black-out"),
        **content_phrases.ACTIONS,
        **policy_phrases.ACTIONS,
        "links.show": N_("Looked at the links"),
        "links.reset": N_("Made a new link"),
        "links.revoke": N_("Revoked a link"),
        "headcount.declare": N_("Declared the people in a hall"),
        "person.add": N_("Added a person"),
        "person.change": N_("Changed a person"),
        "person.invite": N_("Made a sign-in link"),
        "person.void-link": N_("Tried a sign-in link from before a change of roles"),
        "person.grant": N_("Granted a role"),
        "person.withdraw": N_("Took a role away"),
        "person.allow": N_("Made a person active"),
        "person.disallow": N_("Deactivated a person"),
        "person.password": N_("Chose a password"),
        "person.renew-feed": N_("Renewed a calendar address"),
        "device.add": N_("Added a device"),
        "device.remove": N_("Removed a device"),
        "target.add": N_("Added a target"),
        "target.remove": N_("Removed a target"),
        "bridge.add": N_("Added a bridge"),
        **ROOM_ACTIONS,
        "bridge.change": N_("Changed a bridge"),
        "bridge.remove": N_("Removed a bridge"),
        "bridge.rotate": N_("Rotated a bridge's secret"),
        "bridge.replay": N_("Replayed a bridge's events that were held back"),
        "bridge.discard": N_("Discarded a bridge's events that were held back"),
        "bridge.rotated": N_("A bridge takes its new secret"),
        "token.make": N_("Made an access token"),
        "token.revoke": N_("Revoked an access token"),
        "directory.import": N_("Imported the directory"),
        "unit.close": N_("Closed a unit"),
        "unit.rename": N_("Renamed a unit"),
        "unit.merge": N_("Merged units"),
    }
    | directory_phrases.ACTIONS
)

SAID: Mapping[str, str] = MappingProxyType(
    {
        **serieswords.SAID,
        **policy_phrases.SAID,
        **approval_words.SAID,
        **BRIDGE_SAID,
        "booked": N_("The conference is booked. Give out the links when you are ready."),
        "drafted": N_("The draft is kept; no hall is held yet."),
        "asked": N_("The request is sent. The halls are yours when it is approved."),
        "approved": N_("Your approval is written down."),
        "refused": N_("The request is refused, and the one who asked is told why."),
        "lent": N_("Your deputy may act for you on these days."),
        "gateway-saved": N_("The address of the room system is saved."),
        "call-asked": N_("The call is asked for. Below you see what becomes of it."),
        "lending-ended": N_("The deputy no longer acts for you."),
        "chain-added": N_("The chain stands; new requests go by it."),
        "chain-removed": N_("The chain is removed."),
        "look-again": N_("Others hold the halls now. Look at who would give way."),
        "waiting": N_("The draft waits; you are told when its halls become free."),
        "too-slow": N_("Somebody else was quicker; the draft waits on."),
        "left": N_("The draft no longer waits."),
        "reason-needed": N_("Please say why, so that the one who asked can do better."),
        "withdrawn": N_("The request is a draft again."),
        "changed": N_("The change is saved. The links stay the same."),
        "cancelled": N_("The conference is cancelled and its halls are free."),
        "ended": N_("The conference has ended."),
        "reset": N_("The hall has a new link; the old one no longer works."),
        "revoked": N_("The link no longer works."),
        "device-added": N_("The device is looked at from now on."),
        "device-removed": N_("The device is no longer looked at."),
        "activated": N_("The person can sign in again."),
        "directory-person": N_("This person signs in with the password of the directory service."),
        "deactivated": N_("The person can no longer sign in."),
    }
    | directory_phrases.SAID
)
"""What a page says after something was done."""
