"""The listening side: sockets taken early, a server that keeps its headers strict, a calm stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest
from aiohttp.web_server import Server

from web import logs
from web.security import ALWAYS, content_policy, powers_policy

log = structlog.get_logger(__name__)

KEEP_ALIVE = timedelta(seconds=30)
GRACE = timedelta(seconds=5)
BACKLOG = 1024


class PortInUse(Exception):
    """Another program listens there."""

    code = "port-in-use"

    def __init__(self, host: str, port: int, setting: str) -> None:
        super().__init__(
            f"port {port} on {host} is in use: stop what listens there, or set {setting}"
        )
        self.port = port


def take_port(host: str, port: int, *, setting: str) -> socket.socket:
    """Bind before anything else is started, so that a second start fails at once and plainly.

    Raises:
        PortInUse: somebody else has it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise PortInUse(host, port, setting) from error


class StrictHandler(RequestHandler):
    """A connection whose answers to nonsense carry the strict headers and no banner too."""

    __slots__ = ()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read, without a word on why: the client knows."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            answer = super().handle_error(request, status, exc, message)
        else:
            log.info("unreadable request", reason=type(exc).__name__)
            answer = web.Response(status=status, text=HTTPStatus(status).phrase)
            answer.force_close()
        answer.headers.update(ALWAYS)
        answer.headers["Content-Security-Policy"] = content_policy("")
        answer.headers["Permissions-Policy"] = powers_policy("", embeds=False)
        answer.headers["Server"] = "diemcau"
        return answer


class StrictServer(Server):
    """A server of strict connections."""

    def __call__(self) -> RequestHandler:
        """Open one connection."""
        return StrictHandler(self, loop=self._loop, **self._kwargs)


class StrictRunner(web.AppRunner):
    """A runner of a strict server."""

    async def _make_server(self) -> Server:
        made = await super()._make_server()
        return StrictServer(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=False,
            loop=asyncio.get_running_loop(),
            **made._kwargs,  # noqa: SLF001  # the only way to keep what aiohttp put there
        )


@asynccontextmanager
async def listening(app: web.Application, sock: socket.socket) -> AsyncIterator[None]:
    """Serve the application on a bound socket; at the end let requests finish, not for ever."""
    runner = StrictRunner(app, **runner_options())
    await runner.setup()
    try:
        await web.SockSite(runner, sock, backlog=BACKLOG).start()
        yield
    finally:
        await runner.cleanup()


def runner_options() -> dict[str, Any]:
    """Return how connections are treated."""
    return {
        "access_log_class": logs.AccessLogger,
        "keepalive_timeout": KEEP_ALIVE.total_seconds(),
        "shutdown_timeout": GRACE.total_seconds(),
        "lingering_time": 2.0,
    }
