"""Every way a page offers leads somewhere: no link of any page answers with an error."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from tests.web.pages.furnished import stage

__all__ = ["stage"]

LINK = re.compile(r'(?:href|src)="([^"#]+)')
ANOTHER_LOOK = {"lang", "on", "before", "after"}
"""What shows a page anew for another day, and so on without an end."""


def ways(text: str, path: str) -> set[str]:
    """Return the addresses of our own that a page offers."""
    found = {urljoin(path, unescape(link)) for link in LINK.findall(text)}
    return {one for one in found if one.startswith("/") and not one.startswith("/trial/")}


def is_new(address: str) -> bool:
    """Tell whether an address is a page of its own, not an earlier one on another day."""
    query = urlsplit(address).query
    return not ANOTHER_LOOK & {part.split("=")[0] for part in query.split("&")}


@pytest.mark.parametrize("role", ["admin", "secretary", "technician", "leader", "hall"])
async def test_no_link_leads_nowhere(client_for, stage, role):
    client = await client_for(role)
    to_see, seen, broken = {"/": ""}, set(), {}

    while to_see:
        address, offered_by = to_see.popitem()
        seen.add(address)
        answer = await client.get(address, allow_redirects=False)
        if answer.status >= 400:
            broken[address] = (answer.status, offered_by)
        elif answer.content_type == "text/html":
            found = ways(await answer.text(), address) - seen
            to_see |= {one: address for one in found if is_new(one)}

    assert broken == {}
    assert len(seen) > 20
