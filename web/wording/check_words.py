"""What a person reads of a bridge's check: what was found, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridges.jitsi.replies import Answer, Verdict
from web.i18n import N_

ASKED: Mapping[str, str] = MappingProxyType(
    {
        "public-url": N_("Public address"),
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
        Verdict.WELL: N_("In order"),
        Verdict.UNSEEN: N_("Cannot be seen"),
        Verdict.NOTE: N_("To look at"),
        Verdict.BAD: N_("To mend"),
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
        "tls-broken": N_("no secure connection could be opened"),
        "http-status": N_("it answers HTTP %(status)s"),
        "page-there": N_("the page is there"),
        "no-https": N_("it is not https"),
        "no-date": N_("it does not tell its time"),
        "clock-off": N_("its clock is %(seconds)s seconds from ours"),
        "clock-right": N_("its clock is ours, within %(seconds)s seconds"),
        "no-address": N_("no address is set"),
        "host-unknown": N_("it has nothing for us under %(own)s and under %(domain)s"),
        "module-missing": N_("mod_%(module)s is not loaded"),
        "module-there": N_("mod_%(module)s is loaded"),
        "nonsense": N_("it answers something else than it should"),
        "rows-unread": N_("%(count)s rooms in its count cannot be read"),
        "rooms": N_("it counts %(count)s rooms"),
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
        "port-shut": N_("%(where)s tells strangers nothing"),
        "all-moderate": N_("everybody in a room moderates it"),
        "few-moderate": N_("not everybody in a room moderates it"),
        "no-room-in-use": N_("no room with two people is in use now"),
        "no-bridge": N_("it has no videobridge that works"),
        "bridges-working": N_("%(count)s videobridges work"),
        "recorders-met": N_("it has met %(count)s recorders"),
        "no-recorder": N_("it has met no recorder: nothing can be recorded or streamed"),
        "unhealthy": N_("%(where)s says that it is not well (%(status)s)"),
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
        "news-come": N_("%(count)s came since the receiver started"),
        "news-none": N_("none came since the receiver started"),
        "nothing-held": N_("nothing is held back"),
    }
)
MEND: Mapping[str, str] = MappingProxyType(
    {
        "no-connection": N_("Is the service running, the address right, the firewall open for us?"),
        "no-answer-in-time": N_("Look at the load of that machine and at the firewall."),
        "broken-answer": N_("Another program listens there: correct the address."),
        "tls-name": N_("Give that host a certificate with its own name, or correct the address."),
        "tls-untrusted": N_(
            "Add the authority of that certificate to this machine's trusted ones."
        ),
        "tls-broken": N_("Look at the TLS settings of that host; is it an http port?"),
        "http-status": N_("Look at that server's log; is the address, with its path, right?"),
        "no-https": N_(
            "Give the bridge a certificate: browsers open camera and microphone only then."
        ),
        "clock-off": N_("Start NTP on that machine: tokens are compared to the second."),
        "no-address": N_("Set the address on the bridge's page, if this part can be reached."),
        "host-unknown": N_(
            "Correct the XMPP domain or set http_default_host, and load the modules; see "
            "deploy/jitsi."
        ),
        "module-missing": N_("Add it to the modules of Prosody; see deploy/jitsi."),
        "nonsense": N_("Another program answers there: correct the address."),
        "rows-unread": N_("Look whether another module of Prosody changes rooms or their names."),
        "roster-refused": N_(
            "Compare app_id, the XMPP domain and the token secret on both sides; the modules of "
            "sizes and of entry must know the same key."
        ),
        "cannot-remove": N_(
            "Rotate the token secret to RS256, set prosody_password_public_key_repo_url and load "
            "the module; see deploy/jitsi."
        ),
        "cannot-call": N_("Add it to the modules of Prosody if you have Jigasi; see deploy/jitsi."),
        "commands-refused": N_(
            "Rotate the token secret to RS256 and set prosody_password_public_key_repo_url; see "
            "deploy/jitsi."
        ),
        "cannot-end": N_(
            "Load the module and set prosody_password_public_key_repo_url, without which it takes "
            "itself away; with HS256 rotate the token secret to RS256 first. See deploy/jitsi."
        ),
        "entry-only": N_(
            "Rotate the token secret to RS256 and set prosody_password_public_key_repo_url; see "
            "deploy/jitsi."
        ),
        "halls-command": N_(
            "Set prosody_password_public_key_repo_url to the address that ends in /keys/commands; "
            "see deploy/jitsi."
        ),
        "door-unseen": N_("Load websocket in Prosody and set consider_websocket_secure = true."),
        "no-open-room": N_("Check again while a conference is on."),
        "token-refused": N_(
            "app_id, the token secret or the key server differ, or the clock is late: compare both "
            "sides."
        ),
        "forged-taken": N_(
            "Anybody enters: set authentication to token, and neither allow_empty_token nor "
            "another issuer."
        ),
        "domain-unseen": N_("Set enable_domain_verification = true; see deploy/jitsi."),
        "domain-open": N_("Set enable_domain_verification = true in Prosody."),
        "port-open": N_("Close it to strangers: whoever reaches it lists and ends rooms."),
        "all-moderate": N_(
            "Set ENABLE_AUTO_OWNER=0, load token_affiliation, and no muc_allowners in Prosody."
        ),
        "no-bridge": N_("Start a videobridge, and look whether it joined Jicofo's brewery."),
        "no-recorder": N_("Let Jibri join the room that jicofo.jibri.brewery-jid names."),
        "unhealthy": N_("Look at the log of that part."),
        "stress-closed": N_(
            "Open /colibri/stats (videobridge.apis.rest.enabled, docker COLIBRI_REST_ENABLED): "
            "conferences are placed by it."
        ),
        "not-us": N_("Look at the proxy in front of diemcau, and at the address in Prosody."),
        "calls-wrong": N_(
            "Compare reservations_api_headers with the secret of reservation calls, on both sides."
        ),
        "calls-foreign": N_(
            "If it is this bridge's, compare reservations_api_headers with the secret of "
            "reservation calls, and name its address among the senders."
        ),
        "calls-none": N_(
            "Enter a room once. If this stays, look at mod_reservations and its "
            "reservations_api_prefix."
        ),
        "news-none": N_(
            "Enter a room once. If this stays, look at event_sync_component, its api_prefix, and "
            "whom the proxy before /events/ lets through."
        ),
        "astray-setting": N_("Correct this setting and load it anew: until then nothing arrives."),
        "astray-proxy": N_(
            "Let the proxy send /bridges/…/events/ to the receiver and all else to the pages, or "
            "name the right port in Prosody."
        ),
        "astray-odd": N_("Compare the addresses in Prosody with those on the bridge's page."),
        "astray-nobodys": N_(
            "If it is this bridge's, compare the addresses in Prosody with those on the bridge's "
            "page, and name its address among the senders."
        ),
        "secret-wrong": N_("Mend the event secret on one side, then replay them."),
        "events-astray": N_(
            "Correct api_prefix of event_sync: this bridge's page tells it. Then replay them."
        ),
        "events-unreadable": N_(
            "Compare event_sync with docs/jitsi.md; replay them after an update, or discard them."
        ),
    }
)


def told(answer: Answer) -> tuple[str, Mapping[str, str | int]]:
    """Return the sentence of what was found, and its values."""
    return TOLD[answer.code], answer.values


def mend(answer: Answer) -> str:
    """Return how to mend it, "" where nothing is to be done."""
    return "" if answer.verdict is Verdict.WELL else MEND.get(answer.code, "")
