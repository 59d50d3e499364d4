"""What `diemcau bridge check` asks, against the trial bridge on a real socket."""

from datetime import UTC, datetime

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridges.checking import Answer, check
from bridges.model import Bridge, BridgeId, BridgeKind, BridgeSecrets
from bridges.passes import KnownBridge
from bridges.trial.app import trial_app
from bridges.trial.config import TrialConfig
from meetings.model import PoolId

NOW = datetime.now(UTC)
SECRET = "j" * 40


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


async def test_a_bridge_that_knows_us_answers_well():
    async with TestServer(trial()) as server, aiohttp.ClientSession() as http:
        answers = await check(http, known(str(server.make_url("/trial"))), NOW)

    assert answers == (
        Answer(asked="public_url", told="HTTP 200", well=True),
        Answer(asked="room-census", told="0 rooms", well=True),
        Answer(asked="end-meeting", told="our token is accepted", well=True),
    )


async def test_another_secret_is_named():
    async with TestServer(trial()) as server, aiohttp.ClientSession() as http:
        url = str(server.make_url("/trial"))
        *_, last = await check(http, known(url, secret="x" * 40), NOW)

    assert last == Answer(
        asked="end-meeting",
        told="our token is refused: app_id or jwt_secret differ",
        well=False,
    )


async def test_nobody_there_is_said_of_each_question():
    async with aiohttp.ClientSession() as http:
        answers = await check(http, known("http://127.0.0.1:9"), NOW)
        (_, unreachable) = await check(http, known("http://127.0.0.1:9", prosody=False), NOW)

    assert [answer.told for answer in answers] == ["no connection"] * 3
    assert not unreachable.well
