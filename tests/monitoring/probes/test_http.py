import asyncio
import socket
import ssl
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from monitoring.model import Outcome, ProbeKind, Result
from monitoring.probes import http
from tests.monitoring.makers import Serve, a_target, listener


def answering(answer: bytes) -> Serve:
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return serve


async def looked(serve, vantage, **what: Any) -> Result:
    async with listener(serve) as port:
        return await http.probe(a_target(probe=ProbeKind.HTTP, port=port, **what), vantage)


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (b"200 OK", Outcome.GOOD, ""),
        (b"204", Outcome.GOOD, ""),
        (b"302 Found\r\nLocation: http://169.254.169.254/", Outcome.GOOD, ""),
        (b"401 Unauthorized", Outcome.GOOD, ""),
        (b"403 Forbidden", Outcome.GOOD, ""),
        (b"404 Not Found", Outcome.BAD, "http-404"),
        (b"500 Oops", Outcome.BAD, "http-500"),
        (b"503 Busy", Outcome.BAD, "http-503"),
    ],
)
async def test_the_status_decides(vantage, status, outcome, reason):
    result = await looked(answering(b"HTTP/1.1 " + status + b"\r\n\r\nhello"), vantage)

    assert (result.outcome, result.reason) == (outcome, reason)


async def test_the_request_asks_for_the_path_and_nothing_else(vantage):
    asked = []

    async def serve(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n")

    async with listener(serve) as port:
        target = a_target(probe=ProbeKind.HTTP, port=port, path="/status?x=1")
        await http.probe(target, vantage)

    assert asked == [
        b"GET /status?x=1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: diemcau\r\n"
        b"Accept: */*\r\nConnection: close\r\n\r\n" % port
    ]


async def test_a_redirect_is_not_followed(vantage):
    met = []

    async def note(reader, writer):
        met.append(reader)

    async with listener(note) as other:
        moved = b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:%d/\r\n\r\n" % other
        result = await looked(answering(moved), vantage)

    assert result.outcome is Outcome.GOOD
    assert met == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(b"SSH-2.0-OpenSSH_9.2\r\n", "no-http"), (b"", "no-http"), (b"\0" * 100_000, "no-http"),
     (b"HTTP/1.1 999 No\r\n", "no-http"), (b"HTTP/1.1 200", "no-http")],
)  # fmt: skip
async def test_what_is_no_http_is_bad(vantage, answer, reason):
    result = await looked(answering(answer), vantage)

    assert (result.outcome, result.reason) == (Outcome.BAD, reason)


async def test_an_endless_answer_costs_a_few_kilobytes(vantage):
    sent = 0

    async def serve(reader, writer):
        nonlocal sent
        writer.transport.set_write_buffer_limits(high=0)
        writer.write(b"HTTP/1.1 ")
        while True:
            writer.write(b"x" * 1024)
            await writer.drain()
            sent += 1024

    result = await looked(serve, vantage)

    assert (result.outcome, result.reason) == (Outcome.BAD, "no-http")


async def test_an_endless_body_after_a_good_status_is_good(vantage):
    async def serve(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    assert (await looked(serve, vantage)).outcome is Outcome.GOOD


async def test_a_byte_at_a_time_runs_out_of_time(vantage):
    over = asyncio.Event()

    async def serve(reader, writer):
        for number in b"HTTP/1.1 200 OK":
            writer.write(bytes([number]))
            await writer.drain()
            try:
                async with asyncio.timeout(0.1):
                    await over.wait()
            except TimeoutError:
                continue

    result = await looked(serve, vantage, timeout=timedelta(seconds=0.3))
    over.set()

    assert (result.outcome, result.reason) == (Outcome.BAD, "timeout")


async def test_silence_runs_out_of_time(vantage):
    over = asyncio.Event()

    async def serve(reader, writer):
        await over.wait()

    result = await looked(serve, vantage, timeout=timedelta(seconds=0.2))
    over.set()

    assert (result.outcome, result.reason) == (Outcome.BAD, "timeout")


async def test_a_cut_connection_is_reset(vantage):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    result = await looked(serve, vantage)

    assert (result.outcome, result.reason) == (Outcome.BAD, "reset")


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """Return what a codec has: a certificate that nobody else signed, for another name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "codec.local")])
    day = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + timedelta(days=1))
    (tmp_path / "pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pem")
    return context


async def test_a_self_signed_and_expired_certificate_is_believed(vantage, self_signed):
    async with listener(answering(b"HTTP/1.1 200 OK\r\n\r\n"), ssl=self_signed) as port:
        target = a_target(probe=ProbeKind.HTTP, port=port, tls=True)
        result = await http.probe(target, vantage)

    assert (result.outcome, result.reason) == (Outcome.GOOD, "")


async def test_a_page_without_tls_where_tls_is_expected_is_bad(vantage):
    result = await looked(answering_anything(b"HTTP/1.1 400 Bad\r\n\r\n"), vantage, tls=True)

    assert (result.outcome, result.reason) == (Outcome.BAD, "tls")


def answering_anything(answer: bytes) -> Serve:
    async def serve(reader, writer):
        await reader.read(1)
        writer.write(answer)
        await writer.drain()

    return serve
