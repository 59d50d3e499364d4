"""What `diemcau bridge check` asks, against the trial bridge on a real socket."""

import asyncio
import json
import ssl
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bridges.entry.passes import KnownBridge
from bridges.inspection.brought import judge_calls
from bridges.inspection.checking import Ourselves, check, shares_public_name
from bridges.inspection.findings import judge_exposed
from bridges.jitsi import fetching
from bridges.jitsi.keys import credential, new_private_key
from bridges.jitsi.replies import Answer, Reply, Verdict
from bridges.jitsi.tokens import read as read_token
from bridges.model import Bridge, BridgeId, BridgeKind, BridgeSecrets
from bridges.receiving.calls import Heard, News
from bridges.receiving.held import Pile, Why
from bridges.trial.app import trial_app
from bridges.trial.config import TrialConfig
from meetings.model import PoolId
from web.wording.check_words import place, told
from web.wording.mend_words import mend

SECRET = "j" * 40
KEY = new_private_key()
PAGE = b"<!doctype html><title>Welcome</title>"
IN_USE = b"""{"room_census":[{"room_name":"[x]mot@conference.meet.lab","participants":2},
 {"room_name":"hai@conference.meet.lab","participants":2}]}"""


def trial() -> web.Application:
    app = web.Application()
    app.add_subapp(
        "/trial",
        trial_app(
            TrialConfig(
                public_url="http://127.0.0.1/trial",
                reservation_prefix="http://127.0.0.1:9",
                event_prefix="http://127.0.0.1:9",
                app_id="diemcau",
                reservation_secret="r",
                event_secret="e",
                jwt_secret=SECRET,
            )
        ),
    )
    return app


def known(url: str, *, secret: str = SECRET, prosody: bool = True) -> KnownBridge:
    return KnownBridge(
        bridge=Bridge(
            id=BridgeId(1),
            name="trial",
            kind=BridgeKind.TRIAL,
            public_url=url,
            xmpp_domain="trial.diemcau",
            muc_domain="conference.trial.diemcau",
            app_id="diemcau",
            prosody_url=url if prosody else "",
            pool=PoolId(1),
            seats=500,
        ),
        secrets=BridgeSecrets(jwt=secret, reservation="r", event="e"),
    )


def codes(answers: Sequence[Answer]) -> dict[str, str]:
    return {answer.asked: answer.code for answer in answers}


def to_mend(answers: Sequence[Answer]) -> dict[str, str]:
    return {answer.asked: answer.code for answer in answers if answer.verdict is Verdict.BAD}


async def test_the_built_in_bridge_has_nothing_to_mend():
    async with TestServer(trial()) as server, aiohttp.ClientSession() as http:
        answers = await check(http, known(str(server.make_url("/trial"))), datetime.now(UTC))

    assert codes(answers) == {
        "public-url": "page-there",
        "clock": "clock-right",
        "room-census": "rooms",
        "room-size": "module-there",
        "token": "token-taken",
        "forged-token": "forged-refused",
        "kick": "module-there",
        "domain": "domain-unseen",
        "roster": "roster-told",
        "jicofo": "no-address",
        "calls": "calls-none",
        "news": "news-none",
        "quarantine": "nothing-held",
    }
    assert all(answer.well for answer in answers)


async def test_another_secret_is_named():
    async with TestServer(trial()) as server, aiohttp.ClientSession() as http:
        url = str(server.make_url("/trial"))
        answers = await check(http, known(url, secret="x" * 40), datetime.now(UTC))

    assert to_mend(answers) == {"token": "token-refused"}


async def test_what_is_wrong_comes_first_and_says_where():
    jitsi = Jitsi(healthy=503, stats_status=404, door="mute")
    async with TestServer(jitsi.app()) as server, aiohttp.ClientSession() as http:
        known = jitsi_at(str(server.make_url("")).rstrip("/"))
        urls = ("http://127.0.0.1:9", *known.bridge.jvb_urls)
        several = replace(known, bridge=replace(known.bridge, jvb_urls=urls))
        answers = await check(http, several, datetime.now(UTC))

    verdicts = [one.verdict for one in answers]
    assert verdicts == sorted(verdicts, key=list(Verdict).index)
    bad = [one for one in answers if one.asked == "videobridge"]
    assert [(one.code, place(one)) for one in bad] == [
        ("no-connection", "http://127.0.0.1:9/about/health"),
        ("unhealthy", ""),
    ]
    assert bad[1].values["where"] == urls[1]


async def test_of_a_focus_that_answers_nonsense_no_recorders_are_told():
    assert to_mend(await checked(Jitsi(focus_status=502))) == {"jicofo": "http-status"}


async def test_a_page_that_leads_elsewhere_is_noted():
    answers = await checked(Jitsi(page_status=301))

    assert (codes(answers)["public-url"], to_mend(answers)) == ("page-leads-on", {})


async def test_nobody_there_is_said_of_each_part():
    async with aiohttp.ClientSession() as http:
        answers = await check(http, known("http://127.0.0.1:9"), datetime.now(UTC))
        unset = await check(http, known("http://127.0.0.1:9", prosody=False), datetime.now(UTC))

    assert to_mend(answers) == {"public-url": "no-connection", "room-census": "no-connection"}
    assert to_mend(unset) == {"public-url": "no-connection", "prosody": "no-address"}


@dataclass(kw_only=True)
class Jitsi:
    """A bridge that is set as it should be, but for what a test says."""

    public: str = ""
    host: str = ""
    missing: frozenset[str] = frozenset()
    takes_commands: bool = True
    ends_by_token: bool = True
    obeys_halls: bool = False
    takes_sizes: bool = True
    size_status: int = 400
    checks_tokens: bool = True
    checks_domain: bool = True
    sees_domain: bool = True
    tells_of_no_room: bool = True
    door: str = "by token"
    census: bytes = b'{"room_census":{}}'
    census_behind_page: bool = False
    late: timedelta = timedelta(0)
    late_page: timedelta = timedelta(0)
    roles: tuple[str, ...] = ("OWNER", "PARTICIPANT")
    working: float = 1
    focus_said: str = ""
    tells_why: bool = True
    recorders: int | None = 1
    healthy: int = 200
    stats_status: int = 200
    recorder: str = "HEALTHY"
    busy: str = "IDLE"
    page_status: int = 200
    script: bytes = b"window.JitsiMeetExternalAPI = function () {};"
    sizes: bytes = b'{"participants":2}'
    kick_status: int = 200
    invite_status: int = 400
    focus_status: int = 200
    health: bytes = b""

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self.known_by])
        app.on_response_prepare.append(self.date)
        app.router.add_get("/prosody/room-census", self.show_census)
        app.router.add_get("/prosody/room-size", self.show_size)
        app.router.add_get("/prosody/xmpp-websocket", self.let_in)
        app.router.add_post("/prosody/end-meeting", self.end)
        app.router.add_put("/prosody/kick-participant", self.kick)
        app.router.add_post("/prosody/invite-jigasi", self.invite)
        app.router.add_get("/jicofo/stats", self.show_stats)
        app.router.add_get("/jicofo/debug/conferences", self.list_rooms)
        app.router.add_get("/jicofo/debug/conference/{jid}", self.show_room)
        app.router.add_get("/jvb/about/health", self.show_health)
        app.router.add_get("/jvb/colibri/stats", self.show_load)
        app.router.add_get("/jigasi/about/health", self.show_health)
        app.router.add_get("/jibri/jibri/api/v1.0/health", self.show_recorder)
        app.router.add_get("/{page}", self.show_page)
        return app

    @web.middleware
    async def known_by(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let Prosody answer under one name only, as Debian's does."""
        asked = request.headers["Host"].partition(":")[0]
        if self.host and request.path.startswith("/prosody/") and asked != self.host:
            raise web.HTTPNotFound
        return await handler(request)

    async def date(self, request: web.Request, response: web.StreamResponse) -> None:
        of_prosody = request.path.startswith("/prosody/")
        theirs = datetime.now(UTC) + (self.late if of_prosody else self.late_page)
        response.headers["Date"] = theirs.strftime("%a, %d %b %Y %H:%M:%S GMT")

    async def show_page(self, request: web.Request) -> web.Response:
        if request.match_info["page"] == "room-census" and self.census_behind_page:
            return web.Response(body=self.census)
        if request.match_info["page"] == "external_api.js":
            return web.Response(body=self.script)
        return web.Response(status=self.page_status, body=PAGE)

    async def show_census(self, request: web.Request) -> web.Response:
        self.need("muc_census")
        return web.Response(body=self.census)

    async def show_size(self, request: web.Request) -> web.Response:
        self.need("muc_size")
        if "room" not in request.query:
            return web.Response(status=self.size_status)
        if not self.takes_sizes:
            return web.Response(status=403)
        there = request.query["room"].encode() in self.census
        answer = 200 if there else 404 if self.tells_of_no_room else 403
        if not self.sees_domain:
            return web.Response(status=answer, body=self.sizes)
        claims = read(request.query["token"])
        fits = claims is not None and (not self.checks_domain or claims["sub"] == "meet.lab")
        return web.Response(status=answer if fits else 403, body=self.sizes)

    async def let_in(self, request: web.Request) -> web.StreamResponse:
        """Let somebody sign in, as mod_websocket and mod_auth_token do."""
        self.need("websocket")
        socket = web.WebSocketResponse(protocols=("xmpp",))
        await socket.prepare(request)
        assert "to='meet.lab'" in (await socket.receive_str()).replace('"', "'")
        await socket.send_str("<open/>")
        await socket.send_str(f"<features>{'' if self.door == 'mute' else 'ANONYMOUS'}</features>")
        if self.door != "mute":
            await socket.receive_str()
            good = self.door == "open" or read(request.query["token"]) is not None
            taken = good and self.door != "shut"
            await socket.send_str("<success/>" if taken else "<failure><not-allowed/></failure>")
        return socket

    async def end(self, request: web.Request) -> web.Response:
        self.need("muc_end_meeting")
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        good = bool(bearer) and (not self.checks_tokens or read(bearer) is not None)
        good = good and self.ends_by_token and (self.obeys_halls or not is_of_hall(bearer))
        return web.Response(status=404 if good else 401)

    async def kick(self, request: web.Request) -> web.Response:
        """Refuse as mod_muc_kick_participant does: with an empty 200."""
        self.need("muc_kick_participant")
        assert request.headers["Content-Type"] == "application/json"
        assert set(await request.json()) == {"participantId"}
        return web.Response(status=self.kick_status)

    async def invite(self, request: web.Request) -> web.Response:
        """Look at the token, then at a body that never names a number."""
        self.need("muc_jigasi_invite")
        assert await request.read() == b"{}"
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return web.Response(status=self.invite_status if bearer and self.takes_commands else 401)

    def need(self, module: str) -> None:
        if module in self.missing:
            raise web.HTTPNotFound

    async def show_stats(self, request: web.Request) -> web.Response:
        """Tell what Jicofo's JicofoServices.kt tells, as far as anybody asks."""
        met = {} if self.recorders is None else {"jibri_detector": {"count": self.recorders}}
        well = not self.focus_said
        told = {
            "bridge_selector": {"bridge_count": 1, "operational_bridge_count": self.working},
            "healthy": well,
            "health": {"success": well, "message": self.focus_said} if self.tells_why else None,
        }
        return web.json_response(told | met, status=self.focus_status)

    async def list_rooms(self, request: web.Request) -> web.Response:
        return web.json_response(["room@conference.meet.lab"])

    async def show_room(self, request: web.Request) -> web.Response:
        members: dict[str, Any] = {str(n): {"role": role} for n, role in enumerate(self.roles)}
        members["jibri"] = {"role": "PARTICIPANT", "is_jibri": True}
        return web.json_response({"chat_room": {"members": members}})

    async def show_health(self, request: web.Request) -> web.Response:
        return web.Response(status=self.healthy, body=self.health)

    async def show_load(self, request: web.Request) -> web.Response:
        return web.Response(status=self.stats_status, text='{"stress_level": 0.1}')

    async def show_recorder(self, request: web.Request) -> web.Response:
        health = {"healthStatus": self.recorder, "details": {}}
        return web.json_response({"status": {"busyStatus": self.busy, "health": health}})


def read(token: str) -> dict[str, Any] | None:
    return read_token(
        token, KEY if "kid" in head_of(token) else SECRET, app_id="diemcau", now=datetime.now(UTC)
    )


def head_of(token: str) -> dict[str, Any]:
    try:
        return dict(json.loads(urlsafe_b64decode(token.partition(".")[0] + "==")))
    except ValueError:
        return {}


def is_of_hall(token: str) -> bool:
    """Tell whether a token bears the name that halls' tokens give to a private key."""
    return bool(token) and head_of(token).get("kid") == credential(KEY).kid


def jitsi_at(url: str, secret: str = SECRET) -> KnownBridge:
    bridge = replace(
        known(url).bridge,
        kind=BridgeKind.JITSI,
        xmpp_domain="meet.lab",
        muc_domain="conference.meet.lab",
        prosody_url=f"{url}/prosody",
        jicofo_url=f"{url}/jicofo",
        jvb_urls=(f"{url}/jvb",),
        jibri_urls=(f"{url}/jibri",),
        jigasi_url=f"{url}/jigasi",
        algorithm=credential(secret).algorithm,
    )
    return replace(known(url, secret=secret), bridge=bridge)


async def checked(
    jitsi: Jitsi, ours: Ourselves | None = None, *, secret: str = SECRET
) -> Sequence[Answer]:
    async with TestServer(jitsi.app()) as server, aiohttp.ClientSession() as http:
        url = str(server.make_url("")).rstrip("/")
        return await check(http, jitsi_at(url, secret), datetime.now(UTC), ours)


async def test_a_jitsi_that_is_set_right_has_nothing_to_mend():
    answers = await checked(Jitsi())

    assert codes(answers) == {
        "public-url": "page-there",
        "script": "script-there",
        "clock": "clock-right",
        "room-census": "rooms",
        "room-size": "module-there",
        "door": "door-open",
        "token": "token-taken",
        "forged-token": "forged-refused",
        "kick": "module-there",
        "invite": "module-there",
        "domain": "domain-verified",
        "roster": "roster-told",
        "web": "port-shut",
        "jicofo": "bridges-working",
        "brewery": "recorders-met",
        "moderators": "few-moderate",
        "videobridge": "healthy",
        "stress": "stress-told",
        "jibri": "healthy",
        "jigasi": "healthy",
        "calls": "calls-none",
        "news": "news-none",
        "quarantine": "nothing-held",
    }
    assert to_mend(answers) == {}


async def test_a_prosody_is_asked_by_the_name_it_knows():
    assert to_mend(await checked(Jitsi(host="meet.lab"))) == {}


@pytest.mark.parametrize(
    "nameless",
    [
        {"host": "another.lab"},
        {"missing": frozenset({"muc_census", "muc_size", "muc_end_meeting"})},
    ],
    ids=["another-name", "no-module"],
)
async def test_a_wrong_name_is_no_missing_module(nameless):
    answers = await checked(Jitsi(**nameless))

    assert to_mend(answers) == {"prosody": "host-unknown"}
    [found] = [one for one in answers if one.asked == "prosody"]
    assert found.values == {"own": "127.0.0.1", "domain": "meet.lab"}
    assert mend(found)


@pytest.mark.parametrize(
    ("wrong", "asked", "code"),
    [
        ({"missing": frozenset({"muc_census"})}, "room-census", "module-missing"),
        ({"missing": frozenset({"muc_end_meeting"})}, "token", "cannot-end"),
        ({"door": "shut"}, "door", "token-refused"),
        ({"door": "open"}, "door", "forged-taken"),
        ({"ends_by_token": False}, "token", "entry-only"),
        ({"ends_by_token": False, "door": "shut"}, "token", "token-refused"),
        ({"census": IN_USE, "takes_sizes": False}, "roster", "roster-refused"),
        ({"census": IN_USE, "checks_domain": False}, "domain", "domain-open"),
        ({"census": b"<html>login</html>"}, "room-census", "nonsense"),
        ({"census": b"{}"}, "room-census", "nonsense"),
        ({"census": b"[" * 100_000}, "room-census", "nonsense"),
        ({"census": b'{"room_census":[{}]}'}, "room-census", "rows-unread"),
        ({"checks_tokens": False}, "forged-token", "forged-taken"),
        ({"size_status": 502}, "room-size", "http-status"),
        ({"checks_domain": False}, "domain", "domain-open"),
        ({"census_behind_page": True}, "web", "port-open"),
        ({"late": timedelta(seconds=-75)}, "clock", "clock-behind"),
        ({"late": timedelta(seconds=75)}, "clock", "clock-ahead"),
        ({"roles": ("OWNER", "MODERATOR", "MODERATOR")}, "moderators", "all-moderate"),
        ({"working": 0}, "jicofo", "no-bridge"),
        ({"working": float("inf")}, "jicofo", "nonsense"),
        ({"focus_said": "Health check timed out"}, "jicofo", "unhealthy"),
        ({"focus_said": "x", "tells_why": False}, "jicofo", "unhealthy"),
        ({"recorders": 0}, "brewery", "no-recorder"),
        ({"recorders": None}, "brewery", "no-recorder"),
        ({"healthy": 503}, "videobridge", "unhealthy"),
        ({"healthy": 503}, "jigasi", "unhealthy"),
        ({"recorder": "UNHEALTHY"}, "jibri", "unhealthy"),
        ({"busy": "EXPIRED"}, "jibri", "unhealthy"),
        ({"script": PAGE}, "script", "no-script"),
        ({"size_status": 200}, "room-size", "nonsense"),
        ({"census": IN_USE, "sizes": PAGE}, "roster", "nonsense"),
        ({"kick_status": 501}, "kick", "http-status"),
        ({"invite_status": 502}, "invite", "http-status"),
        ({"focus_status": 503}, "jicofo", "http-status"),
        ({"health": PAGE}, "videobridge", "nonsense"),
        ({"health": PAGE}, "jigasi", "nonsense"),
        ({"healthy": 404}, "videobridge", "no-health"),
    ],
)
async def test_each_thing_set_wrongly_is_found_and_can_be_mended(wrong, asked, code):
    answers = await checked(Jitsi(**wrong))

    assert to_mend(answers)[asked] == code
    for answer in answers:
        sentence, values = told(answer)
        assert sentence % values
        assert answer.verdict is Verdict.WELL or mend(answer)


async def test_the_clock_that_counts_is_prosodys():
    answers = await checked(Jitsi(late_page=timedelta(hours=7)))

    assert to_mend(answers) == {}


async def test_where_prosody_cannot_be_asked_the_page_tells_the_time():
    jitsi = Jitsi(late_page=timedelta(hours=7))
    async with TestServer(jitsi.app()) as server, aiohttp.ClientSession() as http:
        known = jitsi_at(str(server.make_url("")).rstrip("/"))
        silent = replace(known, bridge=replace(known.bridge, prosody_url=""))
        answers = await check(http, silent, datetime.now(UTC))

    assert to_mend(answers) == {"clock": "clock-ahead", "prosody": "no-address"}


async def test_a_jitsi_of_2026_is_asked_about_a_room_that_is_open():
    without = await checked(Jitsi(tells_of_no_room=False))
    with_one = await checked(Jitsi(tells_of_no_room=False, census=IN_USE))

    asked = ("domain", "roster")
    assert [codes(without)[one] for one in asked] == ["no-open-room", "no-open-room"]
    assert [codes(with_one)[one] for one in asked] == ["domain-verified", "roster-told"]
    assert to_mend(without) == to_mend(with_one) == {}


@pytest.mark.parametrize(
    ("obeys", "code"), [(False, "halls-obey"), (True, "halls-command")], ids=["no", "yes"]
)
async def test_whether_a_halls_own_token_commands_is_told(*, obeys: bool, code: str):
    answers = await checked(Jitsi(obeys_halls=obeys), secret=KEY)

    assert (codes(answers)["commands"], to_mend(answers)) == (code, {})
    assert codes(answers)["door"] == "door-open"
    assert all(mend(one) for one in answers if one.verdict is Verdict.NOTE)


@pytest.mark.parametrize("door", [{"door": "mute"}, {"missing": frozenset({"websocket"})}])
async def test_a_door_that_cannot_be_tried_is_called_so(door):
    answers = await checked(Jitsi(**door))

    assert (codes(answers)["door"], to_mend(answers)) == ("door-unseen", {})


async def test_what_cannot_be_seen_is_called_so():
    answers = await checked(
        Jitsi(sees_domain=False, roles=("moderator",), late=timedelta(seconds=20))
    )

    assert {one.asked: one.verdict for one in answers if one.verdict is not Verdict.WELL} == {
        "domain": Verdict.UNSEEN,
        "moderators": Verdict.UNSEEN,
        "clock": Verdict.NOTE,
        "calls": Verdict.UNSEEN,
        "news": Verdict.UNSEEN,
    }


@pytest.mark.parametrize(
    ("wrong", "noted"),
    [
        ({"missing": frozenset({"muc_kick_participant"})}, {"kick": "cannot-remove"}),
        ({"missing": frozenset({"muc_jigasi_invite"})}, {"invite": "cannot-call"}),
        ({"takes_commands": False}, {"invite": "commands-refused"}),
        ({"stats_status": 404}, {"stress": "stress-closed"}),
    ],
)
async def test_what_a_bridge_cannot_do_for_us_is_noted(wrong, noted):
    answers = await checked(Jitsi(**wrong))

    found = {one.asked: one.code for one in answers if one.verdict is Verdict.NOTE}
    assert (found, to_mend(answers)) == (noted, {})
    assert all(mend(one) for one in answers if one.verdict is Verdict.NOTE)


@pytest.mark.parametrize(
    ("public", "prosody", "codes"),
    [
        ("https://Meet.lab", "http://meet.lab:5280", ["port-public"]),
        ("https://meet.lab", "http://10.1.0.4:5280", []),
        ("http://127.0.0.1:1", "http://127.0.0.1:5280", []),
    ],
    ids=["public", "management", "own-machine"],
)
def test_a_prosody_that_is_asked_at_its_public_name_is_noted(public, prosody, codes):
    bridge = replace(known(public).bridge, kind=BridgeKind.JITSI, prosody_url=prosody)

    found = shares_public_name(bridge)

    assert [one.code for one in found] == codes
    assert all(one.verdict is Verdict.NOTE and mend(one) for one in found)


def test_what_strangers_see_is_unseen_where_nobody_answers():
    silence = Reply(failed="no-connection")
    told = [judge_exposed(asked, silence, "x").verdict for asked in ("web", "port")]

    assert told == [Verdict.UNSEEN, Verdict.WELL]


MORNING = datetime(2026, 11, 30, 1, tzinfo=UTC)
LATER = MORNING + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("heard", "code", "verdict"),
    [
        (Heard(), "calls-none", Verdict.UNSEEN),
        (Heard(asked_at=LATER, refused_at=MORNING), "calls-right", Verdict.WELL),
        (Heard(refused_at=LATER, refused_from="10.1.0.4"), "calls-wrong", Verdict.BAD),
        (
            Heard(asked_at=MORNING, refused_at=LATER, refused_from="10.1.0.4"),
            "calls-wrong",
            Verdict.BAD,
        ),
        (Heard(refused_at=LATER, refused_from="10.9.0.4"), "calls-foreign", Verdict.NOTE),
    ],
)
def test_with_which_secret_a_bridge_asks_is_told_by_its_last_call(heard, code, verdict):
    bridge = replace(known("http://10.1.0.5").bridge, senders=("10.1.0.4/32",))

    answer = judge_calls(bridge, heard)

    assert (answer.code, answer.verdict) == (code, verdict)
    sentence, values = told(answer)
    assert "08:0" in sentence % values or code == "calls-none"
    assert bool(mend(answer)) == (verdict is not Verdict.WELL)


def test_a_call_from_the_built_in_bridges_address_may_be_anybodys():
    """It is our own machine's, on which a Jitsi may run as well."""
    heard = Heard(refused_at=LATER, refused_from="127.0.0.1")
    built_in = known("http://127.0.0.1:5280").bridge
    real = replace(built_in, name="lab", kind=BridgeKind.JITSI)

    assert [judge_calls(bridge, heard).code for bridge in (built_in, real)] == [
        "calls-foreign",
        "calls-wrong",
    ]


async def test_whether_events_come_is_told():
    none, some = [
        {one.asked: one.code for one in await checked(Jitsi(), Ourselves(news=News(events=n)))}
        for n in (0, 3)
    ]

    assert (none["news"], some["news"]) == ("news-none", "news-come")


async def test_events_held_back_are_red():
    pile = Pile(records=3, since=0.0)
    wrong = await checked(Jitsi(), Ourselves(news=News(held={Why.WRONG_SECRET: pile})))
    odd = await checked(Jitsi(), Ourselves(news=News(held={Why.UNREADABLE: pile})))

    assert to_mend(wrong) == {"quarantine": "secret-wrong"}
    assert to_mend(odd) == {"quarantine": "events-unreadable"}
    astray = await checked(Jitsi(), Ourselves(news=News(held={Why.WRONG_ADDRESS: pile})))
    assert to_mend(astray) == {"quarantine": "events-astray"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [(b"HTP nonsense\r\n\r\n", "broken-answer"), (b"", "no-answer-in-time")],
)
async def test_a_bridge_that_answers_no_http_or_nothing(monkeypatch, sent, code):
    if not sent:
        monkeypatch.setattr(fetching, "PATIENCE", timedelta(seconds=0.3))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if sent:
            writer.write(sent)
        else:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession() as http:
        answers = await check(http, known(f"http://127.0.0.1:{port}"), datetime.now(UTC))

    assert to_mend(answers) == {"public-url": code, "room-census": code}


@pytest.mark.parametrize(
    ("host", "name", "days", "code"),
    [
        ("localhost", "other.example", (-1, 1), "tls-name"),
        ("127.0.0.1", "other.example", (-1, 1), "tls-name"),
        ("localhost", "localhost", (-2, -1), "tls-over"),
        ("localhost", "localhost", (1, 2), "tls-over"),
        ("localhost", "", (-1, 1), "tls-untrusted"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_named(tmp_path, host, name, days, code):
    certificate(tmp_path, name or "localhost", *days)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    trusted = str(tmp_path / "cert.pem") if name else None
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=trusted))
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", ssl=theirs)
    async with server, aiohttp.ClientSession(connector=connector) as http:
        url = f"https://{host}:{server.sockets[0].getsockname()[1]}"
        answers = await check(http, known(url), datetime.now(UTC))

    assert to_mend(answers)["public-url"] == code


def certificate(folder: Path, name: str, begins: int, ends: int) -> None:
    """Write a certificate for a name, signed by itself, with its key; good between two days."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) + timedelta(days=begins))
        .not_valid_after(datetime.now(UTC) + timedelta(days=ends))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
