"""The names in deploy/jitsi, held against those that Jitsi of 2026 knows.

Recorded on 27/11/2026 from docker-jitsi-meet (00096b3), Jicofo (00e73cc) and videobridge (005d85e):
what none of them is given, or reads, would be set without a word and do nothing.
"""

import json
import re
from pathlib import Path

import pytest

from tests.deploy.test_jitsi import JITSI, environment, option

GIVEN = {
    "web": "CONFCODE_URL DIALIN_NUMBERS_URL ENABLE_AUTH ENABLE_BREAKOUT_ROOMS ENABLE_GUESTS",
    "prosody": (
        "AUTH_TYPE ENABLE_AUTH ENABLE_BREAKOUT_ROOMS ENABLE_GUESTS ENABLE_LOBBY GLOBAL_CONFIG"
        " GLOBAL_MODULES JWT_ACCEPTED_AUDIENCES JWT_ACCEPTED_ISSUERS JWT_ALLOW_EMPTY JWT_APP_ID"
        " JWT_APP_SECRET JWT_ASAP_KEYSERVER JWT_ENABLE_DOMAIN_VERIFICATION JWT_SIGN_TYPE"
        " MAX_PARTICIPANTS PROSODY_ENABLE_RATE_LIMITS PROSODY_RESERVATION_ENABLED"
        " PROSODY_RESERVATION_REST_BASE_URL WAIT_FOR_HOST_DISABLE_AUTO_OWNERS XMPP_CONFIGURATION"
        " XMPP_MODULES XMPP_MUC_MODULES"
    ),
    "jicofo": "AUTH_TYPE ENABLE_AUTH ENABLE_AUTO_OWNER JICOFO_ENABLE_REST",
    "jvb": "COLIBRI_REST_ENABLED JVB_REQUIRE_VALID_ADDRESS",
}
PORTS = {"prosody": 5280, "jicofo": 8888, "jvb": 8080}
READ = {
    "jicofo.conf": {
        "jicofo.conference.enable-auto-owner": bool,
        "jicofo.rest.host": str,
        "jicofo.rest.port": int,
        "jicofo.rest.conference-request.enabled": bool,
    },
    "custom-jicofo.conf": {"jicofo.rest.conference-request.enabled": bool},
    "jvb.conf": {
        "videobridge.apis.rest.enabled": bool,
        "videobridge.http-servers.private.host": str,
        "videobridge.http-servers.private.port": int,
        "videobridge.health.require-valid-address": bool,
    },
}
TOKEN = re.compile(r'([\w.-]+)\s*(?:=\s*("[^"]*"|[\w.-]+)|\{)|\}')


def settings(path: Path) -> dict[str, type]:
    """Return every key of a file of Jicofo's or the videobridge's, with the type of its value."""
    above: list[str] = []
    found = {}
    for key, value in TOKEN.findall(re.sub(r"#.*", "", path.read_text())):
        if value:
            found[".".join([*above, key])] = type(json.loads(value))
        elif key:
            above.append(key)
        else:
            above.pop()
    assert above == []
    return found


def test_every_variable_is_given_to_a_container():
    named = environment("docker.env").keys() | environment("docker-hs256.env").keys()

    assert named == {name for names in GIVEN.values() for name in names.split()}


@pytest.mark.parametrize("name", READ)
def test_every_key_is_read_and_of_its_type(name):
    assert settings(JITSI / name) == READ[name]


def test_no_file_of_that_kind_is_forgotten():
    assert READ.keys() == {path.name for path in JITSI.glob("*.conf")}


def test_what_is_asked_is_open_to_the_management_network_alone():
    override = (JITSI / "docker-compose.override.yml").read_text()

    published = dict(re.findall(r'(?m)^  (\w+):\n    ports:\n      - "(.*)"$', override))
    assert published == {name: f"10.1.0.4:{port}:{port}" for name, port in PORTS.items()}
    assert option(JITSI / "debian.cfg.lua", "http_interfaces") == ["127.0.0.1", "::1", "10.1.0.4"]


def test_a_container_listens_where_its_image_says():
    """An address of the machine is none of the container's: Jicofo would not start."""
    assert not {key for key in settings(JITSI / "custom-jicofo.conf") if key.endswith("host")}
    assert environment("docker.env")["JICOFO_ENABLE_REST"] == "1"
