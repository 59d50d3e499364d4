"""The table of facts and answers is complete, and speaks two languages."""

from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bridges.errors import BridgesError
from meetings.errors import MeetingsError, SiteBusy
from meetings.model import ConferenceId, Period, Rival, SiteId, UnitId
from monitoring.errors import MonitoringError
from web.answers import CODES, download
from web.app import create_app
from web.errors import BadForm, Problem, WebError
from web.permissions import PUBLIC
from web.routes import Routes
from web.statuses import STATUS
from web.wording.sentences import SENTENCES

FAMILIES = (WebError, MeetingsError, BridgesError, MonitoringError)
routes = Routes("/api/test")


@routes.get("/form", allow=PUBLIC)
async def form(request):
    raise BadForm({"title": "required", "sites": Problem("bad-form")})


@routes.get("/busy", allow=PUBLIC)
async def busy(request):
    period = Period(datetime(2026, 11, 30, 1, tzinfo=UTC), datetime(2026, 11, 30, 3, tzinfo=UTC))
    raise SiteBusy(
        [
            Rival(
                site=SiteId(1), conference=ConferenceId(2), host=UnitId(3), period=period, title="x"
            )
        ]
    )


@pytest.fixture
async def client(settings, keyring):
    url = "postgresql://nobody@127.0.0.1:9/none"
    app = create_app(settings, database_url=url, keyring=keyring, tables=[routes])
    async with TestClient(TestServer(app)) as client:
        yield client


def leaves(base: type[Exception]) -> set[type[Exception]]:
    """Return the classes below `base` that have no subclass of their own."""
    below = base.__subclasses__()
    return set().union(*map(leaves, below)) if below else {base}


def test_every_fact_has_a_status():
    facts = set().union(*map(leaves, FAMILIES))

    assert {fact for fact in facts if fact.__module__.split(".")[-1] == "errors"} - set(STATUS) == (
        set()
    )


def test_every_fact_has_a_code_of_its_own_and_a_sentence():
    codes = [str(vars(fact)["code"]) for fact in STATUS]

    assert len(codes) == len(set(codes))
    assert set(codes) | set(CODES.values()) <= set(SENTENCES)


async def test_a_bad_form_names_every_field_at_once(client):
    answer = await client.get("/api/test/form", headers={"Accept-Language": "en"})

    assert answer.status == 422
    assert answer.content_type == "application/problem+json"
    assert await answer.json(content_type=None) == {
        "type": "about:blank",
        "title": "Some fields need another look.",
        "status": 422,
        "code": "bad-form",
        "errors": [
            {"field": "title", "code": "required", "message": "This field is needed."},
            {"field": "sites", "code": "bad-form", "message": "Some fields need another look."},
        ],
    }


async def test_what_is_away_says_when_to_come_back(client):
    answer = await client.get("/metrics", headers={"Authorization": "Bearer x"})

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert (await answer.json(content_type=None))["code"] == "database-down"


async def test_a_refusal_that_cannot_be_explained_now_is_an_outage(client):
    answer = await client.get("/api/test/busy")

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert (await answer.json(content_type=None))["code"] == "database-down"


async def test_vietnamese_is_spoken_first(client):
    vietnamese = await (await client.get("/api/none")).json(content_type=None)
    english = await (
        await client.get("/api/none", headers={"Accept-Language": "en-GB,vi;q=0.5"})
    ).json(content_type=None)

    assert english["title"] == "There is nothing at this address."
    assert vietnamese["title"] not in {"", english["title"]}


async def test_errors_are_pages_for_people(client):
    answer = await client.get("/none")

    assert answer.status == 404
    assert answer.content_type == "text/html"


async def test_a_body_that_is_not_packed_as_it_says_is_the_senders_mistake(client):
    """A bridge that hears 5xx asks again and again, and calls it ours."""
    path, headers = "/bridges/nobody/reservations/conference", {"Content-Encoding": "gzip"}

    answer = await client.post(path, data=b"name=x", headers=headers)

    assert answer.status == 400


async def test_a_bridge_that_is_refused_has_words_to_show(client):
    answer = await client.post("/bridges/nobody/reservations/conference")

    told = await answer.json()
    assert (answer.status, told["message"]) == (404, told["title"])


def test_files_of_text_say_that_they_are_utf_8():
    told = [download(b"x", kind, "a.b", {"Vary": "Accept"}) for kind in ("text/csv", "image/png")]

    assert [dict(one.headers) for one in told] == [
        {
            "Vary": "Accept",
            "Content-Disposition": 'attachment; filename="a.b"',
            "Content-Type": kind,
        }
        for kind in ("text/csv; charset=utf-8", "image/png")
    ]
