"""Logs: one JSON line an event, no secret in any of them."""

import asyncio
import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar, TextIO

import structlog
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"
ENCODER = json.JSONEncoder(ensure_ascii=False)

# Whole words in a field's name; "key" alone is too common (idempotency, catalogue).
SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passphrase|secret|secrets|token|jwt|cookie|authorization|totp|sid)(?:$|_)",
    re.IGNORECASE,
)

LINK_SECRET = re.compile(r"(?P<keep>/(?:j(?:/poll)?|welcome|calendar)/)[^/?#\s\"']+", re.IGNORECASE)
# What else gives a secret away inside any text; each of them needs one of OTHER_SIGNS.
OTHER_SECRETS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<keep>\b(?:bearer|basic)\s+)[^\s\"',;]+",
        r"(?P<keep>[?&#;](?:jwt|token|secret|password|code|state)=)[^&#\s\"']+",
        r"(?P<keep>://[^/\s:@\"']*:)[^/\s@\"']+(?=@)",
        r"(?P<keep>\b(?:__Host-)?sid=)[^;\s\"']+",
        r"(?P<keep>)\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*",
    )
)
OTHER_SIGNS = re.compile(r"[\s=@.]")
MASKED = rf"\g<keep>{MASK}"


def scrub_text(text: str) -> str:
    """Return the text with every secret that can be told by its surroundings masked."""
    text = LINK_SECRET.sub(MASKED, text)
    if OTHER_SIGNS.search(text):
        for pattern in OTHER_SECRETS:
            text = pattern.sub(MASKED, text)
    return text


def scrub(value: object) -> object:
    """Return a log field with secrets masked, at any depth."""
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, Mapping):
        return {key: scrub_field(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub(inner) for inner in value]
    if isinstance(value, bytes):
        return MASK
    return value


def scrub_field(name: str, value: object) -> object:
    """Mask a field by its name, else look into it."""
    return MASK if SECRET_NAME.search(name) and value is not None else scrub(value)


def scrub_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask secrets in a whole event; the last step before it becomes text."""
    return {name: scrub_field(name, value) for name, value in event.items()}


SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(level: str = "info", *, stream: TextIO | None = None) -> None:
    """Send our lines and every library's through one filter to one stream (stderr)."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        Formatter(
            foreign_pre_chain=[*SHARED, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.UnicodeDecoder(),
                scrub_event,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # asyncpg and aiohttp say at info what nobody acts on.
    for name in ("asyncio", "aiohttp.server"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Makes a line of an event; one that is a line already stays as it is."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: str | None = getattr(record, "line", None)
        return super().format(record) if line is None else line


class AccessLogger(AbstractAccessLogger):
    """One line a request: no query string, no link secret, no address of a person.

    There is one of these for each connection; lines of one turn of the loop are written together.
    """

    waiting: ClassVar[list[str]] = []

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Keep the line until this turn of the loop is over."""
        if not self.waiting:
            asyncio.get_running_loop().call_soon(self.write)
        self.waiting.append(access_line(request, response, time, self.logger.name))

    def write(self) -> None:
        """Write the lines that wait."""
        lines = "\n".join(self.waiting)
        self.waiting.clear()
        self.logger.info("request", extra={"line": lines})

    @property
    def enabled(self) -> bool:
        """Spare the work when nobody reads it."""
        return self.logger.isEnabledFor(logging.INFO)


def access_line(
    request: web.BaseRequest, response: web.StreamResponse, seconds: float, logger: str
) -> str:
    """Return a line as JSON, put together here because nothing else is written as often."""
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return (
        f'{{"method": {ENCODER.encode(request.method)}, '
        f'"path": {ENCODER.encode(scrub_text(request.path))}, '
        f'"status": {response.status}, "bytes": {response.body_length}, '
        f'"milliseconds": {seconds * 1000:.1f}, "event": "request", '
        f'"logger": "{logger}", "level": "info", "timestamp": "{at}"}}'
    )
