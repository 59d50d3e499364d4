"""What the image of docker-jitsi-meet writes for its Prosody, from deploy/jitsi/docker.env.

The image is not run: its template is followed line by line, as far as rooms and their ways in go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.jitsi_package import write_roster
from tests.faults.jitsi_server import DOMAIN, SETTINGS
from tests.service import Service

ROOMS = f"muc.{DOMAIN}"
SERVER = """
run_as_root = true
data_path = "{folder}/data"
certificates = "{folder}"
pidfile = "{folder}/prosody.pid"
modules_enabled = {{ "roster"; "saslauth"; "tls"; "disco"; "limits"; "ping"; {GLOBAL_MODULES} }}
component_ports = {{}}; https_ports = {{}}; s2s_ports = {{}}; c2s_ports = {{}}
http_interfaces = {{ "127.0.0.1" }}; http_ports = {{ {port} }}
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{folder}/log" }} }}
{GLOBAL_CONFIG}
smacks_hibernation_time = 2
Include "{folder}/conf.d/*.cfg.lua"
"""
HOSTS = """
admins = {{ "focus@auth.{domain}" }}
component_admins_as_room_owners = true
plugin_paths = {{ {places} }}
muc_mapper_domain_base = "{domain}"
muc_mapper_domain_prefix = "muc"
http_default_host = "{domain}"
asap_accepted_issuers = {{ {JWT_ACCEPTED_ISSUERS} }}
asap_accepted_audiences = {{ {JWT_ACCEPTED_AUDIENCES} }}
consider_bosh_secure = true
consider_websocket_secure = true
VirtualHost "{domain}"
    signature_algorithm = {JWT_SIGN_TYPE}
    authentication = "token"
    app_id = {JWT_APP_ID}
    app_secret = ""
    allow_empty_token = false
    asap_key_server = {JWT_ASAP_KEYSERVER}
    enable_domain_verification = true
    modules_enabled = {{
        "bosh"; "features_identity"; "websocket"; "smacks"; "conference_duration";
        "muc_lobby_rooms"; {XMPP_MODULES}; "reservations";
    }}
    main_muc = "{rooms}"
    lobby_muc = "lobby.{domain}"
    reservations_api_prefix = {PROSODY_RESERVATION_REST_BASE_URL}
    {XMPP_CONFIGURATION}
VirtualHost "auth.{domain}"
    authentication = "insecure"
    insecure_open_authentication = "Yes please, I know what I'm doing!"
Component "{rooms}" "muc"
    restrict_room_creation = true
    storage = "memory"
    modules_enabled = {{
        "muc_hide_all"; "muc_meeting_id"; {XMPP_MUC_MODULES}; "token_verification";
        "muc_domain_mapper"; "muc_max_occupants"; "muc_password_whitelist";
    }}
    muc_room_locking = false
    muc_room_default_public_jids = true
    muc_access_whitelist = {{ "focus@auth.{domain}" }}
    muc_max_occupants = {MAX_PARTICIPANTS}
Component "lobby.{domain}" "muc"
    restrict_room_creation = true
    storage = "memory"
    muc_room_locking = false
    muc_room_default_public_jids = true
Component "focus.{domain}" "client_proxy"
    target_address = "focus@auth.{domain}"
"""
LISTS = frozenset(
    {
        "GLOBAL_MODULES",
        "XMPP_MODULES",
        "XMPP_MUC_MODULES",
        "JWT_ACCEPTED_ISSUERS",
        "JWT_ACCEPTED_AUDIENCES",
    }
)
LINES = frozenset({"GLOBAL_CONFIG", "XMPP_CONFIGURATION"})


def write_image(folder: Path, service: Service, port: int, places: Sequence[str]) -> None:
    """Write what the image writes, and our own file beside it."""
    values: dict[str, object] = {"folder": folder, "port": port, "domain": DOMAIN, "rooms": ROOMS}
    values |= environment(service)
    listed = [f'"{place}"' for place in (*places, SETTINGS / "modules")]
    conf = folder / "conf.d"
    conf.mkdir(parents=True)
    write_roster(folder)
    (folder / "prosody.cfg.lua").write_text(SERVER.format(**values))
    (conf / "jitsi-meet.cfg.lua").write_text(HOSTS.format(**values, places=", ".join(listed)))
    events = (SETTINGS / "conf.d" / "diemcau.cfg.lua").read_text()
    receiver = f"http://127.0.0.1:{service.receiver_port}"
    (conf / "diemcau.cfg.lua").write_text(filled(events, receiver))


def environment(service: Service) -> Mapping[str, str]:
    """Return the variables as the image writes them: lists quoted, lines split at commas."""
    told = {}
    for line in filled((SETTINGS / "docker.env").read_text(), service.url).splitlines():
        name, is_one, value = line.partition("=")
        if not is_one or line.startswith("#"):
            continue
        if name in LISTS:
            told[name] = "; ".join(f'"{one}"' for one in value.split(","))
        elif name in LINES:
            told[name] = "\n    ".join(value.split(","))
        else:
            told[name] = f'"{value}"'
    return told


def filled(text: str, ours: str) -> str:
    """Return one of our files as an administrator fills it in."""
    changes = {
        "https://hop.example.gov.vn": ours,
        "/bridges/tinh": "/bridges/lab",
        "RESERVATION_SECRET": "lab-reservation",
        "EVENT_SECRET": "lab-events",
        "meet.jitsi": DOMAIN,
    }
    return re.sub("|".join(map(re.escape, changes)), lambda found: changes[found[0]], text)
