"""Every page that stands by itself, as people see it."""

from __future__ import annotations

import pytest

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
