"""The running server against its own document, by a tool that does not know the program."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.web.api.conftest import booked

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
)
SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
LIMIT_SECONDS = 900
# 428 is what RFC 6585 has for a missing If-Match.
SETTINGS = """
[checks.missing_required_header]
expected-statuses = ["400", "401", "403", "406", "415", "422", "428"]
"""


async def run(url: str, token: str, folder: Path) -> tuple[int | None, str]:
    """Let the tool ask every operation of the document; return how it ended and what it said."""
    (folder / "schemathesis.toml").write_text(SETTINGS)
    process = await asyncio.create_subprocess_exec(
        SCHEMATHESIS,
        "run",
        f"{url}/api/v1/openapi.json",
        *("--header", f"Authorization: {token}"),
        *("--checks", ",".join(CHECKS)),
        *("--phases", "examples,coverage,fuzzing"),
        *("--max-examples", os.environ.get("SCHEMATHESIS_EXAMPLES", "5")),
        *("--seed", "1", "--no-color", "--warnings", "off"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), LIMIT_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, out.decode()


@pytest.mark.long
async def test_server_keeps_what_its_document_says(program, sites, tmp_path):
    admin = await program("admin")
    await booked(admin, sites)
    url = str(admin.make_url("")).rstrip("/")

    ended, said = await run(url, admin.session.headers["Authorization"], tmp_path)

    assert ended == 0, said
