"""One question to a part of a bridge; whatever goes wrong is an answer too."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp

from bridges.jitsi.prosody import headers_of, read_body
from bridges.jitsi.replies import Reply

PATIENCE = timedelta(seconds=5)
LARGEST = 1024**2


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
                method, url, params=params, headers=headers, data=data, allow_redirects=False
            ) as answer,
        ):
            body = await read_body(answer, LARGEST)
            return Reply(status=answer.status, body=body, date=answer.headers.get("Date", ""))
    except TimeoutError:
        return Reply(failed="no-answer-in-time")
    except (aiohttp.ClientConnectorCertificateError, ssl.CertificateError) as error:
        return Reply(failed="tls-name" if "ostname mismatch" in str(error) else "tls-untrusted")
    except aiohttp.ClientSSLError:
        return Reply(failed="tls-broken")
    except aiohttp.ClientConnectorError:
        return Reply(failed="no-connection")
    except (aiohttp.ClientError, ValueError):
        return Reply(failed="broken-answer")
