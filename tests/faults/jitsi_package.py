"""What lies in /etc/prosody where Debian's packages and then an administrator have been."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridges.jitsi.keys import PEM
from tests.faults.jitsi_server import AROUND, DOMAIN, settings, with_shared_secret
from tests.service import Service

OURS = Path(__file__).parent / "prosody" / "alike"
# What Debian's package jitsi-meet-prosody writes, as far as rooms and their ways in go.
PACKAGE = """
component_admins_as_room_owners = true
muc_mapper_domain_base = "{domain}"
smacks_hibernation_time = 2
VirtualHost "{domain}"
    authentication = "jitsi-anonymous"
    modules_enabled = {{ "bosh"; "websocket"; "smacks"; "muc_lobby_rooms"; "muc_breakout_rooms" }}
    c2s_require_encryption = false
    lobby_muc = "lobby.{domain}"
    breakout_rooms_muc = "breakout.{domain}"
    main_muc = "conference.{domain}"
    admins = {{ "focus@auth.{domain}" }}
Component "conference.{domain}" "muc"
    restrict_room_creation = true
    storage = "memory"
    modules_enabled = {{ "muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_rate_limit" }}
    admins = {{ "focus@auth.{domain}" }}
    muc_room_locking = false
    muc_room_default_public_jids = true
Component "breakout.{domain}" "muc"
    restrict_room_creation = true
    storage = "memory"
    modules_enabled = {{ "muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_rate_limit" }}
    admins = {{ "focus@auth.{domain}" }}
    muc_room_locking = false
    muc_room_default_public_jids = true
Component "lobby.{domain}" "muc"
    storage = "memory"
    restrict_room_creation = true
    muc_room_locking = false
    muc_room_default_public_jids = true
VirtualHost "recorder.{domain}"
    authentication = "insecure"
    insecure_open_authentication = "Yes please, I know what I'm doing!"
Component "focus.{domain}" "client_proxy"
    target_address = "focus@auth.{domain}"
Include "{folder}/diemcau.cfg.lua"
"""
# As Jitsi's `prosodyctl mod_roster_command subscribe` leaves it.
SEEN_BY_PROXY = f'return {{ ["focus.{DOMAIN}"] = {{ subscription = "from"; groups = {{}} }} }};\n'


def write_settings(
    folder: Path, service: Service, port: int, secret: str, places: Sequence[str], name: str
) -> None:
    """Write what Debian's packages write, and our file as docs/jitsi.md asks.

    Without places of Jitsi's modules they are ours, which know HS256 alone.
    """
    text = settings(service.url, name, places or [str(OURS)])
    receiver = f'api_prefix = "http://127.0.0.1:{service.receiver_port}/bridges/{name}"'
    text = text.replace(f'api_prefix = "{service.url}/bridges/{name}"', receiver)
    if not secret.startswith(PEM):
        text = with_shared_secret(text, secret)
    write_roster(folder)
    files = {
        "prosody": AROUND.format(folder=folder, port=port),
        "meet.lab": PACKAGE.format(folder=folder, domain=DOMAIN),
        "diemcau": text,
    }
    for file, lines in files.items():
        (folder / f"{file}.cfg.lua").write_text(lines)


def write_roster(folder: Path) -> None:
    """Let the focus be seen by the proxy that hands it the questions."""
    roster = folder / "data" / "auth%2emeet%2elab" / "roster"
    roster.mkdir(parents=True)
    (roster / "focus.dat").write_text(SEEN_BY_PROXY)
