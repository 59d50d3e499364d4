"""One conference of every commune of the country, from end to end: through the API and the form."""

from __future__ import annotations

import datetime as dt
import re

import aiohttp

from tests.bench.memory import write_country
from tests.bench.store import BRIDGE
from tests.service import Service, serving, speaking

COMMUNES = 3321
ZONE = dt.timezone(dt.timedelta(hours=7))
MONDAY = dt.datetime(2031, 3, 3, 9, tzinfo=ZONE)
"""An ordinary one, of which nobody is warned."""

HOUR = dt.timedelta(hours=1)
ALWAYS = {"If-Match": "*"}
PASSWORD = "Một mật khẩu đủ dài 2026"
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
BOX = re.compile(r'name="sites" value="(\d+)"[^>]* checked')


def times(start: dt.datetime) -> dict[str, str]:
    return {"start": start.isoformat(), "end": (start + HOUR).isoformat()}


async def signed_in(product: Service, session: aiohttp.ClientSession) -> None:
    """Come in by the link that the first start prints."""
    [welcome] = re.findall(rf"{product.url}(/welcome/\S+)", product.said())
    async with session.get(welcome) as answer:
        hidden = dict(FIELD.findall(await answer.text()))
    typed = hidden | {"login": "admin", "password": PASSWORD, "again": PASSWORD}
    async with session.post(welcome, data=typed) as answer:
        answer.raise_for_status()


async def changed_on_the_form(product: Service, conference: int, start: dt.datetime) -> str:
    """Move a conference as a person does; every box of a hall is sent. Return where that leads."""
    page = f"/conferences/{conference}/change"
    async with aiohttp.ClientSession(
        product.url, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        await signed_in(product, session)
        async with session.get(page) as answer:
            shown = await answer.text()
        boxes = [("sites", box) for box in BOX.findall(shown)]
        assert len(boxes) == COMMUNES
        typed = [
            *FIELD.findall(shown[shown.index("<main") :]),
            ("title", "Hội nghị toàn quốc"),
            ("kind", "urgent"),
            ("secrecy", "khong-mat"),
            ("date", f"{start:%d/%m/%Y}"),
            ("start", f"{start:%H:%M}"),
            ("end", f"{start + HOUR:%H:%M}"),
            ("main_site", boxes[0][1]),
            *boxes,
        ]
        async with session.post(page, data=typed, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            return answer.headers["Location"]


async def test_every_commune_of_the_country_meets():
    async with serving() as product:
        await product.command("import", write_country(product.folder))
        async with speaking(product.url, await product.token()) as session:
            async with session.post("/api/v1/bridges", json=BRIDGE | {"seats": 10_000}) as answer:
                assert answer.status == 201, await answer.text()
            said = {"horizon_days": 3660}
            async with session.patch("/api/v1/policies/11", json=said, headers=ALWAYS) as answer:
                assert answer.status == 200, await answer.text()
            async with session.get("/api/v1/sites?group=all-communes&limit=1") as answer:
                [main] = (await answer.json())["items"]
            wish = {
                "title": "Hội nghị toàn quốc",
                "kind": "urgent",
                "main_site": main["id"],
                "sites": [main["id"]],
                "groups": ["all-communes"],
            }
            async with session.post("/api/v1/conferences", json=wish | times(MONDAY)) as answer:
                held = await answer.json()
                assert (answer.status, len(held["sites"])) == (201, COMMUNES), held
            place = f"/api/v1/conferences/{held['id']}"

            late = wish | times(MONDAY + HOUR / 2)
            async with session.post("/api/v1/conferences", json=late) as answer:
                told = await answer.json()
                assert (answer.status, len(told["rivals"])) == (409, COMMUNES)
                assert told["alternatives"]
            async with session.get(f"{place}/links") as answer:
                assert len({one["url"] for one in (await answer.json())["items"]}) == COMMUNES

            led = await changed_on_the_form(product, held["id"], MONDAY + HOUR)
            async with session.get(place) as answer:
                moved = await answer.json()
            assert led == f"/conferences/{held['id']}?said=changed"
            assert dt.datetime.fromisoformat(moved["start"]) == MONDAY + HOUR
            async with session.delete(place, json={"reason": "mưa lũ"}, headers=ALWAYS) as answer:
                assert answer.status == 200
            async with session.post("/api/v1/conferences", json=late) as answer:
                assert answer.status == 201
