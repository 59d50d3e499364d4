"""Mail through a real SMTP server: sent once, tried again, given up, safe in its headers."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

from meetings import outbox
from tests.ports import free_port
from web.channels.mail import LONGEST_SUBJECT, MailFailed, compose, message_id, send
from web.database import transaction
from web.mailing import Post, send_due

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SENDER = "diemcau@dienbien.example"
WISH = {
    "subject": "Điểm cầu Mường Ảng mất kết nối, chưa rõ vì sao, từ 08:00 hôm nay",
    "text": "Từ 08:00. Gọi 0215 3 000 000.\n",
}


class Server:
    """A mail server that keeps what it takes and refuses what it is told to."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("250"):
            self.taken.append(envelope.content)
        return answer

    async def handle_RCPT(  # noqa: N802  # the same
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 known"


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def post(server: Server) -> Iterator[Post]:
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    yield Post(server=f"smtp://127.0.0.1:{port}", sender=SENDER)
    controller.stop()


def at(moment: datetime):
    return lambda: moment


async def enqueue(pool, key="flip:1", recipient="kythuat@dienbien.example", **payload) -> None:
    async with transaction(pool) as conn:
        await outbox.enqueue(conn, key, recipient, payload or WISH, NOW)


async def states(pool) -> list[tuple[Any, ...]]:
    rows = await pool.fetch(
        "SELECT sent_at IS NOT NULL AS sent, dead_at IS NOT NULL AS dead, attempts, last_error"
        " FROM outbox ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_a_message_arrives_as_it_was_written(pool, server, post):
    await enqueue(pool)

    assert await send_due(pool, post, at(NOW)) == 1

    (raw,) = server.taken
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"] == WISH["subject"]
    assert mail["To"] == "kythuat@dienbien.example"
    assert mail["From"] == SENDER
    assert mail["Message-ID"] == message_id("flip:1", SENDER)
    assert mail["Date"] == "Mon, 23 Nov 2026 01:00:00 +0000"
    assert mail.get_content().splitlines() == WISH["text"].splitlines()
    assert await states(pool) == [(True, False, 1, "")]
    assert await send_due(pool, post, at(NOW)) == 0


async def test_a_busy_server_is_asked_again_later(pool, server, post):
    await enqueue(pool)
    server.answers = ["451 try again"]

    await send_due(pool, post, at(NOW))
    assert await states(pool) == [(False, False, 1, "451 try again")]
    assert await send_due(pool, post, at(NOW + timedelta(seconds=5))) == 0
    await send_due(pool, post, at(NOW + timedelta(seconds=60)))

    assert len(server.taken) == 1
    assert await states(pool) == [(True, False, 2, "")]


async def test_a_final_refusal_is_given_up_with_its_reason(pool, server, post):
    await enqueue(pool)
    server.answers = ["554 no"]

    await send_due(pool, post, at(NOW))

    assert await states(pool) == [(False, True, 1, "554 no")]


async def test_an_unknown_recipient_is_given_up_and_holds_nobody_up(pool, server, post):
    await enqueue(pool, key="a", recipient="nobody@dienbien.example")
    await enqueue(pool, key="b")

    await send_due(pool, post, at(NOW))

    assert [state[:2] for state in await states(pool)] == [(False, True), (True, False)]
    assert len(server.taken) == 1


async def test_a_server_that_is_away_loses_nothing(pool, server):
    await enqueue(pool)

    await send_due(pool, Post(server="smtp://127.0.0.1:9", sender=SENDER), at(NOW))

    assert [state[:3] for state in await states(pool)] == [(False, False, 1)]


async def test_a_kill_between_sending_and_marking_sends_the_same_message_again(pool, server, post):
    await enqueue(pool)
    async with transaction(pool) as conn:
        (message,) = await outbox.claim(conn, NOW, timedelta(seconds=60))
    # The first worker sends, and dies before it marks.
    composed = compose(message.key, message.recipient, message.payload, sender=SENDER, now=NOW)
    await send(composed, post.server)

    assert await send_due(pool, post, at(NOW + timedelta(seconds=30))) == 0
    assert await send_due(pool, post, at(NOW + timedelta(seconds=61))) == 1

    ids = [message_from_bytes(raw, policy=policy.default)["Message-ID"] for raw in server.taken]
    assert ids == [message_id("flip:1", SENDER)] * 2
    assert await states(pool) == [(True, False, 2, "")]


async def test_two_workers_send_each_message_once(pool, server, post):
    for number in range(20):
        await enqueue(pool, key=f"flip:{number}")

    taken = await asyncio.gather(*(send_due(pool, post, at(NOW)) for _ in range(3)))

    assert sum(taken) == 20
    assert len(server.taken) == 20


@pytest.mark.parametrize(
    ("recipient", "subject"),
    [
        ("a@x.example\r\nBcc: b@x.example", "s"),
        ("a@x.example", "s\r\nBcc: b@x.example"),
        ("a@x.example", "s\nX: y"),
        ("a@x.example", "s\x1eX: y"),
        ("a@x.example", "s\u2028X: y"),
        ("not an address", "s"),
        ("a@x.example, b@x.example", "s"),
        ("", "s"),
    ],
)
def test_headers_cannot_be_smuggled_in(recipient, subject):
    with pytest.raises(MailFailed) as caught:
        compose("k", recipient, {"subject": subject}, sender=SENDER, now=NOW)

    assert caught.value.permanent


WORDS = st.lists(st.text("aàảộđ=?_. ", min_size=1, max_size=80).map(str.strip).filter(bool))


@given(WORDS)
def test_a_subject_of_several_lines_keeps_its_spaces(words):
    subject = " ".join(words)[:LONGEST_SUBJECT].strip()
    raw = bytes(compose("k", "a@x.example", {"subject": subject}, sender=SENDER, now=NOW))

    read = make_header(decode_header(message_from_bytes(raw)["Subject"] or ""))
    head = raw.partition(b"\r\n\r\n")[0]
    assert str(read) == subject
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=50))
def test_headers_are_always_the_intended_ones(subject, text, name):
    try:
        mail = compose(
            "k", f"{name}@x.example", {"subject": subject, "text": text}, sender=SENDER, now=NOW
        )
    except MailFailed:
        return

    parsed = message_from_bytes(bytes(mail), policy=policy.default)

    assert set(parsed.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert len(parsed["To"].addresses) == 1
