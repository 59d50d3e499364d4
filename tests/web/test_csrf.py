"""Changes come from our own pages: each unsafe request × each way of faking it."""

import pytest

from web.access.csrf import token_for

OTHER = "https://evil.example"

FAKES = {
    "no token": {"X-CSRF-Token": ""},
    "another browser's token": {"X-CSRF-Token": token_for("somebody else")},
    "nonsense": {"X-CSRF-Token": "é" * 64},
    "another origin": {"Origin": OTHER},
    "an opaque origin": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    "an opaque origin without a token": {"Origin": "null", "X-CSRF-Token": ""},
    "a cross-site fetch": {"Sec-Fetch-Site": "cross-site"},
    "a fetch from a sister site": {"Sec-Fetch-Site": "same-site"},
    "plain text": {"X-CSRF-Token": "", "Content-Type": "text/plain"},
}


@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES.keys())
async def test_a_signed_in_persons_change_needs_our_own_page(client_for, fake):
    client = await client_for("secretary")

    answer = await client.post("/sign-out", headers=fake, allow_redirects=False)

    assert answer.status == 403
    assert (await client.get("/metrics")).status == 200


@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES.keys())
async def test_signing_in_needs_our_own_page_too(client_for, fake):
    stranger = await client_for(None)
    page = await (await stranger.get("/sign-in")).text()
    token = page.split('name="csrf" value="')[1].split('"')[0]
    headers = {"X-CSRF-Token": token, **fake}

    answer = await stranger.post("/sign-in", data="login=a&password=b", headers=headers)

    assert answer.status == 403


async def test_the_forms_own_token_is_enough(client_for):
    stranger = await client_for(None)
    page = await (await stranger.get("/sign-in")).text()
    token = page.split('name="csrf" value="')[1].split('"')[0]

    form = {"csrf": token, "login": "nobody", "password": "x"}
    origin = str(stranger.make_url("/")).rstrip("/")
    answer = await stranger.post("/sign-in", data=form, headers={"Origin": origin})

    assert answer.status == 401


async def test_the_null_origin_of_a_page_without_referrer_is_our_own(client_for):
    stranger = await client_for(None)
    page = await (await stranger.get("/sign-in")).text()
    token = page.split('name="csrf" value="')[1].split('"')[0]

    form = {"csrf": token, "login": "nobody", "password": "x"}
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = await stranger.post("/sign-in", data=form, headers=headers)

    assert answer.status == 401


async def test_a_page_without_a_form_gives_no_cookie(client_for):
    stranger = await client_for(None)

    for path in ("/healthz", "/static/diemcau.css", "/nowhere"):
        assert "Set-Cookie" not in (await stranger.get(path)).headers


async def test_a_bearer_token_needs_no_page(client_for, conn):
    stranger = await client_for(None)

    answer = await stranger.post("/sign-out", headers={"Authorization": "Bearer dcm_unknown"})

    assert answer.status == 401
