"""Every page that stands by itself, as people see it."""

from __future__ import annotations

import pytest
from yarl import URL

PAGES = (
    "/",
    "/conferences",
    "/conferences?when=past",
    "/conferences/new",
    "/schedule/day",
    "/schedule/week",
    "/schedule/month",
    "/schedule/leaders",
    "/schedule/weekly",
    "/schedule/halls",
    "/schedule/halls?span=week",
    "/sites",
    "/sites?q=muong+nhe",
    "/sites?group=all-communes",
    "/sites/1",
    "/board",
    "/report",
    "/bridges",
    "/people",
    "/audit",
)


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_shown_to_an_administrator(client_for, path):
    admin = await client_for("admin")

    answer = await admin.get(path)

    text = await answer.text()
    assert (answer.status, text.count("<h1")) == (200, 1), text


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_shown_in_english(client_for, path):
    admin = await client_for("admin")

    answer = await admin.get(path, headers={"Accept-Language": "en"}, cookies={"lang": "en"})

    assert '<html lang="en">' in await answer.text()


SEARCHES = ("/conferences?q=", "/officials?q=", "/sites?q=", "/units?q=", "/audit?subject=")


@pytest.mark.parametrize("path", [*SEARCHES, "/schedule/halls?q=", "/schedule/weekly?leader="])
async def test_search_for_what_no_text_holds_finds_nothing_wrong(client_for, path):
    admin = await client_for("admin")

    answer = await admin.get(URL(f"{path}%00", encoded=True))

    assert answer.status == 200
