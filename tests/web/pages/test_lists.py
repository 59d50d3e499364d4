"""Lists of halls, conferences, people and changes as people see them."""

from __future__ import annotations

import pytest

PAGES = ("/sites", "/conferences", "/people", "/audit")


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_shown_to_an_administrator(client_for, path):
    admin = await client_for("admin")

    answer = await admin.get(path)

    text = await answer.text()
    assert (answer.status, text.count("<h1")) == (200, 1), text
