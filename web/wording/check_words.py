"""What a person reads of a bridge's check: what was found, where, and how much of it is bad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from bridges.jitsi.replies import Answer, Verdict
from web.i18n import N_

ASKED: Mapping[str, str] = MappingProxyType(
    {
        "public-url": N_("Public address"),
        "script": N_("Jitsi's script for our pages"),
        "https": N_("Secure address"),
        "clock": N_("Clock"),
        "prosody": N_("Prosody"),
        "room-census": N_("Census"),
        "room-size": N_("Room size"),
        "door": N_("A hall's way in"),
        "token": N_("Our token"),
        "commands": N_("Who commands"),
        "roster": N_("Who is in a room"),
        "kick": N_("Sending out"),
        "invite": N_("Calling numbers"),
        "access": N_("Our address for keeping out"),
        "forged-token": N_("Forged token"),
        "domain": N_("Domain verification"),
        "web": N_("Prosody behind the public address"),
        "port": N_("Port 5280 of the public address"),
        "jicofo": N_("Jicofo"),
        "moderators": N_("Moderators"),
        "videobridge": N_("Videobridge"),
        "stress": N_("Stress"),
        "jibri": N_("Jibri"),
        "brewery": N_("Jicofo's recorders"),
        "jigasi": N_("Jigasi"),
        "reservation": N_("Our reservation address"),
        "events": N_("Our address for events"),
        "calls": N_("Its reservation calls"),
        "news": N_("Its events"),
        "astray": N_("Calls to a wrong address"),
        "quarantine": N_("Events held back"),
    }
)
VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.BAD: N_("To mend"),
        Verdict.NOTE: N_("To look at"),
        Verdict.UNSEEN: N_("Cannot be seen"),
        Verdict.WELL: N_("In order"),
    }
)
LOOKS: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.WELL: "ok", Verdict.UNSEEN: "dim", Verdict.NOTE: "warn", Verdict.BAD: "bad"}
)
TOLD: Mapping[str, str] = MappingProxyType(
    {
        "no-connection": N_("nobody answers there"),
        "no-answer-in-time": N_("no answer within 5 seconds"),
        "broken-answer": N_("the answer is no HTTP"),
        "tls-name": N_("the certificate is another machine's"),
        "tls-untrusted": N_("the certificate is not trusted here"),
        "tls-over": N_("the certificate is no longer valid, or not yet"),
        "tls-broken": N_("no secure connection could be opened"),
        "http-status": N_("it answers HTTP %(status)s"),
        "page-there": N_("the page is there"),
        "page-leads-on": N_("it leads elsewhere (HTTP %(status)s)"),
        "script-there": N_("it is there"),
        "no-script": N_("no Jitsi Meet answers there (HTTP %(status)s)"),
        "no-https": N_("it is not https"),
        "no-date": N_("it does not tell its time"),
        "clock-ahead": N_("its clock is %(seconds)s seconds ahead of ours"),
        "clock-behind": N_("its clock is %(seconds)s seconds behind ours"),
        "clock-right": N_("its clock is ours, within %(seconds)s s"),
        "no-address": N_("no address is set"),
        "host-unknown": N_("it has nothing for us under %(own)s and under %(domain)s"),
        "module-missing": N_("mod_%(module)s is not loaded"),
        "module-there": N_("mod_%(module)s is loaded"),
        "nonsense": N_("it answers something else than it should"),
        "rows-unread": N_("rows of its count that cannot be read: %(count)s"),
        "rooms": N_("rooms in use: %(count)s"),
        "roster-told": N_("it takes our token when asked who is in a room"),
        "roster-refused": N_("it refuses our token when asked who is in a room"),
        "cannot-remove": N_("a hall cannot be sent out: mod_muc_kick_participant does not answer"),
        "cannot-call": N_("no number can be called: mod_muc_jigasi_invite is not loaded"),
        "commands-refused": N_("it takes our token for nothing but the end of a room"),
        "cannot-end": N_("no room can be ended: mod_muc_end_meeting does not answer"),
        "entry-only": N_("it lets halls in by our token, but ends no room by it"),
        "halls-obey": N_("a hall's own token commands nothing"),
        "halls-command": N_("a hall's own token ends rooms, for whoever reaches Prosody's port"),
        "door-open": N_("our token lets in, a forged one does not"),
        "door-unseen": N_("the door of the bridge cannot be tried from here"),
        "no-open-room": N_("no room is open in which this could be tried"),
        "access-there": N_("it answers whom to keep out"),
        "token-refused": N_("our token is refused"),
        "token-taken": N_("our token is taken"),
        "forged-refused": N_("a token with another signature is refused"),
        "forged-taken": N_("a token with another signature is taken"),
        "domain-unseen": N_("the bridge does not show whether it compares domains"),
        "domain-verified": N_("a token for another domain is refused"),
        "domain-open": N_("a token for another domain is taken"),
        "port-open": N_("%(where)s answers strangers"),
        "port-public": N_("%(where)s is an address that everybody knows"),
        "port-shut": N_("%(where)s tells strangers nothing"),
        "all-moderate": N_("everybody in a room moderates it"),
        "few-moderate": N_("not everybody in a room moderates it"),
        "no-room-in-use": N_("no room with two people is in use now"),
        "no-bridge": N_("it has no videobridge that works"),
        "bridges-working": N_("videobridges that work: %(count)s"),
        "recorders-met": N_("recorders it has met: %(count)s"),
        "no-recorder": N_("it has met no recorder: nothing can be recorded or streamed"),
        "unhealthy": N_("%(where)s says that it is not well (%(status)s)"),
        "no-health": N_("nothing there says how it is (HTTP 404)"),
        "stress-told": N_("%(where)s tells how hard it works"),
        "stress-closed": N_("%(where)s does not tell how hard it works"),
        "healthy": N_("%(where)s is well"),
        "not-us": N_("it is not ours that answers there (HTTP %(status)s)"),
        "reservation-there": N_("it refuses an unknown room, and a wrong secret"),
        "receiver-there": N_("the receiver answers"),
        "secret-wrong": N_("Events are held back (%(count)s): they came with a wrong secret"),
        "events-unreadable": N_("Events are held back (%(count)s): they cannot be read"),
        "events-astray": N_(
            "Events are held back (%(count)s): they were posted to another address"
        ),
        "events-large": N_("Events were too large to be taken (%(count)s)"),
        "calls-right": N_("it asks with the right secret, last at %(at)s"),
        "calls-wrong": N_("its last call, at %(at)s, came with a wrong secret: no room is made"),
        "calls-foreign": N_("a call from %(where)s, at %(at)s, came with a wrong secret"),
        "calls-none": N_("it has not asked for a room yet"),
        "astray-setting": N_("at %(at)s it asked for %(call)s; %(setting)s should be %(right)s"),
        "astray-proxy": N_("at %(at)s its %(call)s came to a part of ours that does not hear it"),
        "astray-odd": N_("at %(at)s it asked for %(call)s, where nothing of ours is"),
        "astray-nobodys": N_(
            "at %(at)s a Prosody at %(where)s asked for %(call)s, where nothing of ours is"
        ),
        "news-come": N_("since the receiver started: %(count)s"),
        "news-none": N_("none came since the receiver started"),
        "nothing-held": N_("nothing is held back"),
    }
)


def told(answer: Answer) -> tuple[str, Mapping[str, str | int]]:
    """Return the sentence of what was found, and its values."""
    return TOLD[answer.code], answer.values


def place(answer: Answer) -> str:
    """Return the address that an answer is about, "" where its sentence names it, or none."""
    named = "%(where)s" in TOLD[answer.code]
    return "" if named else str(answer.values.get("where", ""))


def tally(answers: Iterable[Answer]) -> Sequence[tuple[str, int]]:
    """Return how many answers there are of each verdict, in words, the worst first."""
    counted = Counter(answer.verdict for answer in answers)
    return [(words, counted[verdict]) for verdict, words in VERDICTS.items() if counted[verdict]]
