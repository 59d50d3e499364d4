"""The examples of the OpenAPI document: each fits its schema, and is what happens when posted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from web.api.document import document
from web.api.examples import ANSWERS, BODIES, REFUSALS
from web.api.table import ROUTES

API = "/api/v1"
WHOLE = document(ROUTES)
FIRST = {"If-Match": '"1"'}
MOVED = {"start": "2026-12-01T07:00:00Z", "end": "2026-12-01T09:00:00Z", "version": 2}


def media_in(part: Any) -> list[dict[str, Any]]:
    """Return every media type of the document that has examples."""
    if isinstance(part, list):
        return [found for one in part for found in media_in(one)]
    if not isinstance(part, dict):
        return []
    own = [part] if "schema" in part and {"example", "examples"} & part.keys() else []
    return own + [found for one in part.values() for found in media_in(one)]


def examples_in(media: dict[str, Any]) -> list[Any]:
    named = [one["value"] for one in media.get("examples", {}).values()]
    return [media["example"]] if "example" in media else named


def test_examples_fit_their_schemas_and_all_are_told():
    told = [(one["schema"], it) for one in media_in(WHOLE["paths"]) for it in examples_in(one)]

    wrong = [
        (schema["$ref"], error.message)
        for schema, it in told
        for error in Draft202012Validator(schema | {"components": WHOLE["components"]}).iter_errors(
            it
        )
    ]
    problems = [it for kinds in REFUSALS.values() for one in kinds.values() for it in one.values()]
    every = [*BODIES.values(), *ANSWERS.values(), *problems]
    assert wrong == []
    assert {written(it) for _, it in told} == {written(it) for it in every}
    assert [code for kinds in REFUSALS.values() for one in kinds.values() for code in one] == [
        one["code"] for one in problems
    ]


def written(example: Any) -> str:
    return json.dumps(example, sort_keys=True)


@pytest.fixture
async def told(program, bridge):
    """Send what a secretary would, and give the status and what was answered."""
    secretary = await program("secretary")

    async def tell(method: str, path: str, **sent: Any) -> Any:
        answer = await secretary.request(method, API + path, **sent)
        return answer.status, await answer.json()

    return tell


async def test_examples_of_a_conference_are_what_happens(told):
    """Whoever reads the document may post them one after the other."""
    wish = BODIES["WishBody"]
    busy, wrong = REFUSALS["WishBody"]["409"], REFUSALS["WishBody"]["422"]
    stale = REFUSALS["ChangesBody"]["412"]["stale-version"]
    moved = BODIES["ChangesBody"]

    free = await told("POST", "/free-times", json=BODIES["FreeTimesBody"])
    nobody = await told("POST", "/free-times", json=BODIES["FreeTimesBody"] | {"sites": []})
    booked = await told("POST", "/conferences", json=wish)
    again = await told("POST", "/conferences", json=wish)
    odd = await told("POST", "/conferences", json=wish | {"title": "", "main_site": "1"})
    strange = await told("POST", "/conferences", json=wish | {"sites": [1, 999]})
    links = await told("GET", "/conferences/1/links")
    sheet = await told("GET", "/conferences/1/sheet")
    changed = await told("PATCH", "/conferences/1", json=moved, headers=FIRST)
    late = await told("PATCH", "/conferences/1", json=moved, headers=FIRST)

    assert (free, nobody) == (
        (200, ANSWERS["FreeTimesView"]),
        (422, REFUSALS["FreeTimesBody"]["422"]["bad-form"]),
    )
    assert (booked, again) == ((201, ANSWERS["BookedView"]), (409, busy["site-busy"]))
    assert (odd, strange) == ((422, wrong["bad-form"]), (422, wrong["sites-not-found"]))
    assert (links[0], [one["site"] for one in links[1]["items"]]) == (
        200,
        [one["site"] for one in ANSWERS["LinksView"]["items"]],
    )
    assert [one["site"] for one in sheet[1]["rows"]] == [
        one["site"] for one in ANSWERS["SheetView"]["rows"]
    ]
    assert changed == (200, ANSWERS["BookedView"] | MOVED)
    assert late == (412, stale)


async def test_examples_of_a_series_are_what_happens(told):
    body, changes = BODIES["SeriesBody"], BODIES["SeriesChangesBody"]

    seen = await told("POST", "/series/preview", json=body)
    booked = await told("POST", "/series", json=body)
    again = await told("POST", "/series", json=body | {"all_or_nothing": True})
    odd = await told("POST", "/series", json=body | {"rrule": "FREQ=SECONDLY"})
    changed = await told("PATCH", "/series/1?scope=all", json=changes, headers=FIRST)

    refused = REFUSALS["SeriesBody"]
    assert seen == (200, ANSWERS["PlanView"])
    assert booked == (201, ANSWERS["SeriesFullView"])
    assert (again, odd) == (
        (409, refused["409"]["series-clash"]),
        (422, refused["422"]["bad-form"]),
    )
    assert (changed[0], [one["end"] for one in changed[1]["created"]]) == (
        200,
        ["2026-12-18T09:30:00Z", "2026-12-25T09:30:00Z"],
    )


async def test_examples_of_a_bridge_are_what_happens(program, directory):
    admin = await program("admin")

    added = await admin.post(f"{API}/bridges", json=BODIES["BridgeBody"])
    twice = await admin.post(f"{API}/bridges", json=BODIES["BridgeBody"])

    assert (added.status, await added.json()) == (201, ANSWERS["BridgeView"])
    refused = REFUSALS["BridgeBody"]["409"]["bridge-exists"]
    assert (twice.status, await twice.json()) == (409, refused)
