"""What a person is to do about what the check of a bridge found."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridges.jitsi.replies import Answer, Verdict
from web.i18n import N_

SET_CLOCK = N_("Start NTP there, and look whether it runs here: tokens go by the second.")
LATER = N_("Check again while a conference is on.")
MEND: Mapping[str, str] = MappingProxyType(
    {
        "no-connection": N_(
            "Is the service running, the address right, the firewall open for us? By themselves "
            "Jitsi's parts listen to their own machine alone; see deploy/jitsi."
        ),
        "no-answer-in-time": N_("Look at the load of that machine and at the firewall."),
        "broken-answer": N_("Another program listens there: correct the address."),
        "tls-name": N_("Give that host a certificate with its own name, or correct the address."),
        "tls-untrusted": N_(
            "Add the authority of that certificate to this machine's trusted ones."
        ),
        "tls-over": N_(
            "Renew the certificate of that host; if it is good, set the clock of this machine."
        ),
        "tls-broken": N_("Look at the TLS settings of that host; is it an http port?"),
        "http-status": N_("Look at that server's log; is the address, with its path, right?"),
        "page-leads-on": N_("Register the address it leads to: our frame opens no other."),
        "no-script": N_(
            "Is this the public address of a Jitsi Meet? Let its proxy pass /external_api.js: "
            "without it no control page leads a room, and halls' pages do not tell who is in."
        ),
        "no-https": N_(
            "Give the bridge a certificate: browsers open camera and microphone only then."
        ),
        "no-date": N_("Compare the clocks by hand: type date -u on both machines."),
        "clock-ahead": SET_CLOCK,
        "clock-behind": SET_CLOCK,
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
        "no-open-room": LATER,
        "no-room-in-use": LATER,
        "token-refused": N_(
            "app_id, the token secret or the key server differ, or the clock is late: compare both "
            "sides."
        ),
        "forged-taken": N_(
            "Anybody enters: set authentication to token, and neither allow_empty_token nor "
            "another issuer."
        ),
        "domain-unseen": N_(
            "Set enable_roomsize_token_verification = true, so that it shows, and "
            "enable_domain_verification = true; see deploy/jitsi."
        ),
        "domain-open": N_("Set enable_domain_verification = true in Prosody."),
        "port-open": N_("Close it to strangers: whoever reaches it lists and ends rooms."),
        "port-public": N_(
            "Let Prosody listen to an address of a management network and register that, or see "
            "that the firewall opens this port to us alone: whoever reaches it lists and ends "
            "rooms."
        ),
        "all-moderate": N_(
            "Set ENABLE_AUTO_OWNER=0, load token_affiliation, and no muc_allowners in Prosody."
        ),
        "no-bridge": N_("Start a videobridge, and look whether it joined Jicofo's brewery."),
        "no-recorder": N_("Let Jibri join the room that jicofo.jibri.brewery-jid names."),
        "unhealthy": N_("Look at the log of that part."),
        "no-health": N_(
            "Correct the address, or open its REST interface (videobridge: docker "
            "COLIBRI_REST_ENABLED=1)."
        ),
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
        "events-large": N_(
            "Look for a room that is never empty, and compare event_sync with docs/jitsi.md; then "
            "discard them."
        ),
    }
)


def mend(answer: Answer) -> str:
    """Return how to mend it, "" where nothing is to be done."""
    return "" if answer.verdict is Verdict.WELL else MEND.get(answer.code, "")
