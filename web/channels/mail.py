"""Mail by SMTP: one attempt at one message; trying again is the outbox's business."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

TIMEOUT_SECONDS = 20
PERMANENT = 500
DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
BANNED = frozenset("\0\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
"""Whatever ends a line for anybody who reads a header."""
LONGEST_SUBJECT = 200


class Subject(UniqueUnstructuredHeader):
    """A subject that keeps the blanks at which it is broken into lines.

    Python before 3.12.5 loses them where it breaks between encoded words (gh-92081).
    """

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is sent."""
        text = str(self)
        charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
        line = Header(text, charset, header_name="Subject").encode(linesep=policy.linesep)
        return f"Subject: {line}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("subject", Subject)  # type: ignore[arg-type]  # it adds BaseHeader itself
POLICY = SMTP.clone(header_factory=HEADERS)


class MailFailed(Exception):
    """A message was not taken; `permanent` says whether trying again is useless."""

    code = "mail-failed"

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


def compose(
    key: str, recipient: str, payload: Mapping[str, Any], *, sender: str, now: datetime
) -> EmailMessage:
    """Return the message; the same key always has the same Message-ID.

    Raises:
        MailFailed: an address or the subject cannot stand in a header; permanent.
    """
    subject = str(payload.get("subject", ""))[:LONGEST_SUBJECT]
    if BANNED & set(subject + recipient + sender + key):
        raise MailFailed("control characters in a header", permanent=True)
    message = EmailMessage(policy=POLICY)
    try:
        message["From"] = Address(addr_spec=sender)
        message["To"] = Address(addr_spec=recipient)
    except (MessageError, ValueError, IndexError) as error:
        raise MailFailed(f"bad address: {type(error).__name__}", permanent=True) from error
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(str(payload.get("text", "")), cte="base64")
    if calendar := str(payload.get("calendar", "")):
        message.add_attachment(calendar, subtype="calendar", filename="hop.ics", cte="base64")
    return message


def message_id(key: str, sender: str) -> str:
    """Return the id that makes a second copy of a message recognisable."""
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"


async def send(message: EmailMessage, server: str) -> None:
    """Hand the message to the mail server at a smtp://, smtps:// or smtp+starttls:// address.

    Raises:
        MailFailed: refused for good (5xx), or not now (4xx, no connection).
    """
    try:
        await aiosmtplib.send(message, **connection_of(server))
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        raise MailFailed(
            f"recipient refused: {codes}", permanent=min(codes) >= PERMANENT
        ) from error
    except aiosmtplib.SMTPResponseException as error:
        reason = f"{error.code} {error.message}"[:LONGEST_SUBJECT]
        raise MailFailed(reason, permanent=error.code >= PERMANENT) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise MailFailed(type(error).__name__, permanent=False) from error


def connection_of(server: str) -> dict[str, Any]:
    """Return what the SMTP library wants to know of an address."""
    parts = urlsplit(server)
    return {
        "hostname": parts.hostname,
        "port": parts.port or DEFAULT_PORTS[parts.scheme],
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": parts.scheme == "smtps",
        "start_tls": parts.scheme == "smtp+starttls",
        "tls_context": ssl.create_default_context() if parts.scheme != "smtp" else None,
        "timeout": TIMEOUT_SECONDS,
    }
