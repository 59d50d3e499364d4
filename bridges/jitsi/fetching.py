"""One question to a part of a bridge; whatever goes wrong is an answer too."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import aiohttp

from bridges.jitsi.prosody import headers_of, read_body
from bridges.jitsi.replies import Reply

PATIENCE = timedelta(seconds=5)
LARGEST = 1024**2
CERTIFICATES: Mapping[int, str] = MappingProxyType(
    {9: "tls-over", 10: "tls-over", 62: "tls-name", 64: "tls-name"}
)
"""OpenSSL's verify codes: not yet or no longer valid; another's name, another's address."""


async def fetch(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    token: str = "",
    host: str = "",
    params: Mapping[str, str] | None = None,
    data: Any = None,
    kind: str = "",
) -> Reply:
    """Make one call; whatever goes wrong is an answer too."""
    headers = headers_of(token, host) | ({"Content-Type": kind} if kind else {})
    try:
        async with (
            asyncio.timeout(PATIENCE.total_seconds()),
            http.request(
                method,
                url,
                params=params,
                headers=headers,
                data=data,
                allow_redirects=False,
                auto_decompress=False,
            ) as answer,
        ):
            body = await read_body(answer, LARGEST)
            date = answer.headers.get("Date", "")
            return Reply(where=url, status=answer.status, body=body, date=date)
    except (TimeoutError, aiohttp.ClientError, ssl.CertificateError, ValueError) as error:
        return Reply(where=url, failed=why(error))


def why(error: Exception) -> str:
    """Return by which word a question failed."""
    match error:
        case TimeoutError():
            return "no-answer-in-time"
        case aiohttp.ClientConnectorCertificateError():
            return why(error.certificate_error)
        case ssl.SSLCertVerificationError():
            return CERTIFICATES.get(error.verify_code, "tls-untrusted")
        case aiohttp.ClientSSLError():
            return "tls-broken"
        case aiohttp.ClientConnectorError():
            return "no-connection"
    return "broken-answer"
