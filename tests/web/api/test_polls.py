"""A poll about days: links told once, answers tallied, the winner booked as any conference."""

from __future__ import annotations

from tests.web.api.conftest import booked

DAYS = [
    {"start": f"2026-12-0{day}T08:00:00+07:00", "end": f"2026-12-0{day}T10:00:00+07:00"}
    for day in (2, 3)
]
COMMUNES = ["03158", "03160"]


async def opened(program, sites):
    office = await program("secretary", unit="11.vpubnd")
    body = await booked(office, sites)
    kept = {"name": "Giao ban", "conference": body["id"]}
    template = (await (await office.post("/api/v1/templates", json=kept)).json())["id"]
    asked = {"template": template, "periods": DAYS, "units": COMMUNES}
    answer = await office.post("/api/v1/polls", json=asked)
    assert answer.status == 201, await answer.text()
    return office, await answer.json()


async def test_units_answer_by_link_or_signed_in_and_the_winner_is_booked(
    program, sites, client_for, conn
):
    office, told = await opened(program, sites)
    place = f"/api/v1/polls/{told['poll']['id']}"
    stranger = await client_for(None)
    commune = await program("secretary", unit=COMMUNES[1])
    link = "/j/poll/" + told["links"][0]["url"].rpartition("/")[2]

    page = await stranger.get(link)
    sent = {"period-0": "no", "period-1": "yes"}
    put = await stranger.post(link, data=sent, allow_redirects=False)
    own = {"unit": COMMUNES[1], "answers": ["yes", "if-need-be"]}
    await commune.post(f"{place}/answers", json=own)
    shown = await (await office.get(place)).json()
    winner = await office.post(f"{place}/book", json={"period": 2})
    again = await office.post(f"{place}/book", json={"period": 1})

    assert (page.status, put.status) == (200, 303)
    assert [(one["yes"], one["if_need_be"], one["no"]) for one in shown["periods"]] == [
        (1, 0, 1),
        (1, 1, 0),
    ]
    assert (winner.status, (await winner.json())["start"]) == (201, "2026-12-03T01:00:00Z")
    assert (again.status, (await again.json())["code"]) == (409, "poll-over")
    secret = link.rpartition("/")[2]
    assert await conn.fetchval("SELECT count(*) FROM poll_units WHERE hash = $1::text::bytea",
                               secret) == 0  # fmt: skip


async def test_winner_that_is_taken_is_refused_and_the_poll_stays_open(program, sites):
    office, told = await opened(program, sites)
    place = f"/api/v1/polls/{told['poll']['id']}"
    await booked(office, sites, **DAYS[0])

    refused = await office.post(f"{place}/book", json={"period": 1})
    taken = await office.post(f"{place}/book", json={"period": 2})

    assert (refused.status, (await refused.json())["code"]) == (409, "site-busy")
    assert taken.status == 201


async def test_who_is_not_asked_sees_no_poll(program, sites, client_for):
    _, told = await opened(program, sites)
    place = f"/api/v1/polls/{told['poll']['id']}"
    other = await program("secretary", unit="03169")
    stranger = await client_for(None)

    own = {"unit": COMMUNES[0], "answers": ["yes", "yes"]}
    assert (await other.get(place)).status == 404
    assert (await other.post(f"{place}/answers", json=own)).status == 404
    assert (await stranger.get("/j/poll/" + "x" * 32)).status == 404


async def test_polls_are_listed_to_who_owns_them_or_is_asked_the_newest_first(program, sites):
    office, told = await opened(program, sites)
    asked = {"template": told["poll"]["template"], "periods": DAYS, "units": COMMUNES[:1]}
    newer = (await (await office.post("/api/v1/polls", json=asked)).json())["poll"]

    async def listed(client, query=""):
        answer = await client.get(f"/api/v1/polls{query}")
        assert answer.status == 200, await answer.text()
        return await answer.json()

    first = await listed(office, "?limit=1")
    second = await listed(office, f"?limit=1&next={first['next']}")

    assert await listed(office) == {"items": [newer, told["poll"]], "next": None}
    assert (first["items"], second) == ([newer], {"items": [told["poll"]], "next": None})
    assert (await listed(await program("secretary", unit=COMMUNES[1])))["items"] == [told["poll"]]
    assert (await listed(await program("secretary", unit="03169")))["items"] == []
