"""The settings for Jitsi in deploy/jitsi, held against the routes and claims of the product."""

import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from bridges.jitsi import events
from bridges.jitsi.reservations import NO_HALLS
from bridges.jitsi.tokens import AUDIENCE, SERVICE_USER
from bridges.receiving.callers import Caller, Digest
from bridges.receiving.heads import parse_head
from bridges.receiving.posts import Keep, Known, decide
from web.app import OWN_ROUTES
from web.input.forms import MOST_SITES
from web.pages.bridges.bridges import FIRST_APP_ID

JITSI = Path(__file__).parents[2] / "deploy" / "jitsi"
DOCS = Path(__file__).parents[2] / "docs" / "jitsi.md"
HOST = "https://hop.example.gov.vn"
LUA = sorted({*JITSI.glob("*.lua"), *JITSI.glob("conf.d/*.lua")})
MODULES = sorted(JITSI.glob("modules/*.lua"))


def environment(name: str) -> dict[str, str]:
    """Return an .env file; a name that is given twice would hide the first."""
    lines = [
        line
        for line in (JITSI / name).read_text().splitlines()
        if line and not line.startswith("#")
    ]
    pairs = [line.split("=", 1) for line in lines]
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)


def option(path: Path, name: str) -> list[str]:
    """Return every quoted text that an option of a Lua file is set to; a list has several lines."""
    found = re.findall(rf"^\s*(?:-- )?{name} = (\{{[^}}]*\}}|.+)$", path.read_text(), re.MULTILINE)
    return [text for value in found for text in re.findall(r'"([^"]*)"', value)]


def templates() -> set[str]:
    """Return the addresses that the program answers, with tinh as the bridge."""
    return {
        definition.path.replace("{bridge}", "tinh")
        for table in OWN_ROUTES
        for definition in table.definitions
    }


def test_reservations_are_asked_where_the_program_answers_them():
    prefixes = {
        environment("docker.env")["PROSODY_RESERVATION_REST_BASE_URL"],
        *option(JITSI / "debian.cfg.lua", "reservations_api_prefix"),
    }

    (prefix,) = {prefix.removeprefix(HOST) for prefix in prefixes}
    assert not prefix.endswith("/")
    answered = {template.replace("{slashes:/+}", "/") for template in templates()}
    assert {f"{prefix}/conference", f"{prefix}/conference/{{id}}"} <= answered


def test_keys_are_asked_where_the_program_shows_them():
    prefixes = {
        environment("docker.env")["JWT_ASAP_KEYSERVER"],
        *option(JITSI / "debian.cfg.lua", "asap_key_server"),
    }

    (prefix,) = {prefix.removeprefix(HOST) for prefix in prefixes}
    assert f"{prefix}/{{hash:[0-9a-f]{{64}}}}.pem" in templates()


@pytest.mark.parametrize("path", LUA, ids=lambda path: path.name)
def test_events_go_where_the_receiver_takes_them(path):
    (prefix,) = {prefix.removeprefix(HOST) for prefix in option(path, "api_prefix")}
    (secret,) = {value for value in option(path, "api_headers") if value.startswith("Bearer ")}
    known = Known(callers={"tinh": Caller(digests=(Digest(value=sha(secret.split()[1])),))})

    for kind in events.PATHS:
        head = f"POST {prefix}/events/{kind} HTTP/1.1\r\nAuthorization: {secret}"
        verdict = decide(parse_head(head.encode()), b"{", known, peer="", now=0)
        assert (verdict.status, verdict.keep, verdict.path) == (400, Keep.UNREADABLE, kind)


def sha(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def test_each_secret_has_its_own_place():
    docker = environment("docker.env")

    assert environment("docker-hs256.env") == {"JWT_APP_SECRET": "TOKEN_SECRET"}
    assert '"Bearer RESERVATION_SECRET"' in docker["XMPP_CONFIGURATION"]
    for name in ("TOKEN_SECRET", "RESERVATION_SECRET", "EVENT_SECRET"):
        assert (JITSI / "debian.cfg.lua").read_text().count(f'{name}"') == 1
    assert "Bearer EVENT_SECRET" in (JITSI / "conf.d" / "diemcau.cfg.lua").read_text()


def test_who_signs_and_for_whom_is_what_our_tokens_say():
    docker, debian = environment("docker.env"), JITSI / "debian.cfg.lua"

    assert docker["JWT_APP_ID"] == docker["JWT_ACCEPTED_ISSUERS"] == FIRST_APP_ID
    assert docker["JWT_ACCEPTED_AUDIENCES"] == AUDIENCE
    assert option(debian, "app_id") == option(debian, "asap_accepted_issuers") == [FIRST_APP_ID]
    assert option(debian, "asap_accepted_audiences") == [AUDIENCE]
    assert SERVICE_USER == "diemcau"


def test_the_doors_that_the_check_looks_for_are_shut():
    docker, debian = environment("docker.env"), (JITSI / "debian.cfg.lua").read_text()

    for name, value in {
        "ENABLE_AUTO_OWNER": "0",
        "JWT_ALLOW_EMPTY": "0",
        "ENABLE_GUESTS": "0",
        "JWT_ENABLE_DOMAIN_VERIFICATION": "true",
        "WAIT_FOR_HOST_DISABLE_AUTO_OWNERS": "1",
    }.items():
        assert docker[name] == value
    assert "enable_domain_verification = true" in debian
    assert "allow_empty_token = false" in debian
    assert "enable-auto-owner = false" in (JITSI / "jicofo.conf").read_text()
    assert "conference-request { enabled = false }" in (JITSI / "jicofo.conf").read_text()


def test_the_modules_that_the_check_asks_for_are_loaded():
    docker = environment("docker.env")
    loaded = {*docker["XMPP_MODULES"].split(","), docker["GLOBAL_MODULES"]}
    debian = set(option(JITSI / "debian.cfg.lua", "modules_enabled"))

    assert loaded == {
        "muc_size",
        "muc_census",
        "muc_end_meeting",
        "muc_kick_participant",
        "muc_jigasi_invite",
        "diemcau_access",
        "frozen_nick",
    }
    of_rooms = {"token_affiliation", "token_lobby_bypass", "muc_resource_validate"}
    more = {"reservations", "token_verification", "muc_max_occupants"}
    assert set(docker["XMPP_MUC_MODULES"].split(",")) == of_rooms
    assert loaded | of_rooms | more <= debian


def test_the_lobby_is_there_to_be_turned_on():
    assert environment("docker.env")["ENABLE_LOBBY"] == "1"
    assert "muc_lobby_rooms" in option(JITSI / "debian.cfg.lua", "modules_enabled")


def test_no_hall_waits_for_others_to_come_in():
    debian = option(JITSI / "debian.cfg.lua", "modules_enabled")

    assert not {"rate_limit", "muc_rate_limit"} & set(debian)
    assert environment("docker.env")["PROSODY_ENABLE_RATE_LIMITS"] == "0"


def test_a_room_takes_no_more_than_its_grant_says():
    docker, debian = environment("docker.env"), JITSI / "debian.cfg.lua"
    enabled = "reservations_enable_max_occupants = true"

    # Without a number for all rooms the module counts nobody; one above any grant refuses nobody.
    [most] = {docker["MAX_PARTICIPANTS"], *option(debian, "muc_max_occupants")}
    assert int(most) > 2 * MOST_SITES + NO_HALLS
    assert enabled in docker["XMPP_CONFIGURATION"]
    assert enabled in debian.read_text()


def test_commas_split_what_docker_writes_into_prosodys_file():
    lines = environment("docker.env")["XMPP_CONFIGURATION"].split(",")

    assert lines == [
        'reservations_api_headers = { ["Authorization"] = "Bearer RESERVATION_SECRET"; }',
        "reservations_api_retry_count = 9",
        "enable_roomsize_token_verification = true",
        "reservations_enable_max_occupants = true",
        f'diemcau_access_url = "{HOST}/bridges/tinh/access"',
    ]


def test_who_is_kept_out_is_asked_where_the_program_answers_it():
    addresses = option(JITSI / "debian.cfg.lua", "diemcau_access_url")

    assert addresses == [f"{HOST}/bridges/tinh/access"]
    assert "/bridges/tinh/access" in templates()


def test_commands_are_signed_by_the_key_that_the_program_shows():
    docker = environment("docker.env")
    (told,) = option(JITSI / "debian.cfg.lua", "prosody_password_public_key_repo_url")

    assert told == f"{docker['JWT_ASAP_KEYSERVER']}/commands"
    assert f"{told.removeprefix(HOST)}/{{hash:[0-9a-f]{{64}}}}.pem" in templates()
    assert docker["GLOBAL_CONFIG"] == f'prosody_password_public_key_repo_url = "{told}"'


@pytest.mark.parametrize("path", LUA, ids=lambda path: path.name)
def test_no_list_of_modules_takes_the_place_of_prosodys_own(path):
    above, *_ = re.split(r"(?m)^(?:VirtualHost|Component) ", path.read_text())

    # Without the modules of Debian's own list, saslauth among them, nobody signs in.
    assert not re.search(r"(?m)^\s*modules_enabled", above)


@pytest.mark.parametrize("path", [*LUA, *MODULES], ids=lambda path: path.name)
def test_lua_reads_the_files(path):
    compiler = shutil.which("luac") or shutil.which("luac5.4")
    if compiler is None:
        pytest.skip("luac is not installed: the syntax of the Lua files was not checked")
    subprocess.run([compiler, "-p", path], check=True)


@pytest.mark.parametrize(
    "path", [*LUA, *MODULES, *JITSI.glob("*.conf")], ids=lambda path: path.name
)
def test_brackets_are_closed(path):
    text = re.sub(r'"[^"]*"|(--|#).*', "", path.read_text())

    assert text.count("{") == text.count("}")
    assert text.count("[") == text.count("]")


def test_the_guide_names_every_file():
    guide = DOCS.read_text()

    for path in JITSI.rglob("*"):
        if path.is_file():
            assert f"deploy/jitsi/{path.relative_to(JITSI)}" in guide, path
