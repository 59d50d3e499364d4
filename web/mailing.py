"""Emptying the outbox: claim, send after the claim is committed, mark after the sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from meetings import outbox
from meetings.outbox import Message
from web.channels import mail
from web.channels.mail import MailFailed
from web.database import Pool, transaction

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where mail goes out and what it says it is from."""

    server: str
    sender: str


async def send_due(pool: Pool, post: Post, clock: Callable[[], datetime]) -> int:
    """Send what is due, in small batches, until nothing is; return how many were taken.

    A crash after the sending sends once more with the same Message-ID; a crash before it loses
    nothing: the lease runs out and another worker takes over.
    """
    taken = 0
    while batch := await claim(pool, clock()):
        for message in batch:
            await send_one(pool, post, message, clock)
        taken += len(batch)
    return taken


async def claim(pool: Pool, now: datetime) -> list[Message]:
    """Take a batch; committed before anything is sent."""
    async with transaction(pool) as conn:
        return await outbox.claim(conn, now, LEASE, limit=BATCH)


async def send_one(pool: Pool, post: Post, message: Message, clock: Callable[[], datetime]) -> None:
    """Send one message and mark it, if it is still ours."""
    async with transaction(pool) as conn:
        ours = await outbox.renew(conn, message.id, message.fence, now=clock(), lease=LEASE)
    if not ours:
        return
    try:
        await deliver(message, post, clock())
    except MailFailed as error:
        await mark_failed(pool, message, error, clock())
        return
    async with transaction(pool) as conn:
        await outbox.mark_sent(conn, message.id, message.fence)
    log.info("mail sent", message=message.id)


async def deliver(message: Message, post: Post, now: datetime) -> None:
    """Compose the message and hand it to the server.

    Raises:
        MailFailed: it was not taken.
    """
    composed = mail.compose(
        message.key, message.recipient, message.payload, sender=post.sender, now=now
    )
    await mail.send(composed, post.server)


async def mark_failed(pool: Pool, message: Message, error: MailFailed, now: datetime) -> None:
    """Note the failure; the outbox decides whether and when to try again."""
    log.warning("mail not sent", message=message.id, reason=error.reason, final=error.permanent)
    async with transaction(pool) as conn:
        await outbox.mark_failed(
            conn, message.id, message.fence, error.reason, permanent=error.permanent, now=now
        )
