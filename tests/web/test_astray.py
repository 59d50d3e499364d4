"""Prosody's calls to wrong addresses of the pages' port, over real sockets."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bridges.inspection.listening import write_calls
from bridges.receiving.astray import Setting
from tests.bridges.makers import SECRETS, a_bridge
from tests.makers import a_directory
from web.database import transaction
from web.keys import CALLS, POOL

PROSODY = {
    "User-Agent": "Prosody (13.0.1; posix)",
    "Content-Type": "application/x-www-form-urlencoded",
    "Authorization": f"Bearer {SECRETS.reservation}",
}
FORM = b"start_time=2026-11-30T00%3a30%3a00.000Z&mail_owner=u%40d&name=r-1234567"
RIGHT = "/bridges/lab/reservations"


@pytest.fixture
async def prosody(client_for, conn, keyring):
    await a_directory(conn)
    await a_bridge(conn, seal=keyring)
    client = await client_for(None)
    # The day's snapshot learns of a bridge of this second when it asks.
    while (await post(client, f"{RIGHT}/conference")).status != 403:
        await asyncio.sleep(0.1)
    return client


def post(client, path: str, **headers: str):
    """POST a path as it is: no slash of it is taken away."""
    url = client.make_url("/").with_path(path, encoded=True)
    return client.session.post(url, data=FORM, headers={**PROSODY, **headers})


async def urls(app, conn) -> dict[tuple[str, str], str]:
    await write_calls(partial(transaction, app[POOL]), app[CALLS])
    rows = await conn.fetch("SELECT bridge, setting, url FROM strays")
    return {(row["bridge"], row["setting"]): "/" + row["url"].partition("/")[2] for row in rows}


@pytest.mark.parametrize("slashes", ["/", "//", "///"])
async def test_a_slash_at_the_end_of_the_setting_is_as_none(prosody, app, conn, slashes):
    asked = await post(prosody, f"{RIGHT}{slashes}conference")
    url = prosody.make_url("/").with_path(f"{RIGHT}{slashes}conference/r-1", encoded=True)
    deleted = await prosody.session.delete(url, headers=PROSODY)

    assert (asked.status, set(await asked.json())) == (403, {"message"})
    assert (deleted.status, await urls(app, conn)) == (200, {})


async def test_what_nobody_hears_is_told_on_the_bridges_page_until_it_is_mended(
    prosody, app, conn, client_for
):
    answers = [
        await post(prosody, "/bridges/lab/conference?secret=never-shown"),
        await post(prosody, "/bridges/lba/reservations/conference"),
        await post(prosody, "/bridges/lab/events/room/created", Authorization="Bearer x"),
        await post(prosody, "/nowhere", Authorization="Bearer x"),
        await post(prosody, "/robots", Authorization="Bearer x", **{"User-Agent": "Mozilla"}),
    ]
    seen = await urls(app, conn)
    page = await (await (await client_for("admin")).get("/bridge/lab")).text()
    await post(prosody, f"{RIGHT}/conference")

    assert [answer.status for answer in answers] == [404] * 5
    assert seen == {
        ("lab", Setting.RESERVATIONS): "/bridges/lba/reservations/conference",
        ("lab", Setting.EVENTS): "/bridges/lab/events/room/created",
        ("", Setting.NONE): "/nowhere",
    }
    assert "/bridges/lba/reservations/conference; reservations_api_prefix" in page
    assert "never-shown" not in page
    assert set(await urls(app, conn)) == set(seen) - {("lab", Setting.RESERVATIONS)}
