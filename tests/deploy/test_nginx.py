"""The nginx of deploy/ in front of real listeners; skipped, aloud, where nginx is absent."""

import asyncio
import datetime as dt
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bridges.trial import control
from tests.ports import free_port

CONF = Path(__file__).parents[2] / "deploy/nginx/diemcau.conf"
HOST = "hop.example.gov.vn"

pytestmark = pytest.mark.skipif(
    shutil.which("nginx") is None, reason="nginx is not installed: its settings are not tried"
)


@dataclass(frozen=True)
class Front:
    port: int
    trust: ssl.SSLContext
    log: Path


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


ROLE = web.AppKey("role", str)
SURFACES = sorted(
    one.path.replace("{jid}", "hop@conference.trial.diemcau")
    for one in control.routes
    if isinstance(one, web.RouteDef)
)


async def echo(request: web.Request) -> web.StreamResponse:
    """Answer with what arrived; a stream sends one event and stays open."""
    if request.path.endswith("/stream"):
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(b"data: first\n\n")
        await asyncio.sleep(600)
        return stream
    if request.path.endswith("/socket"):
        wire = web.WebSocketResponse()
        await wire.prepare(request)
        await wire.send_str("hello")
        await wire.close()
        return wire
    return web.json_response(
        {"role": request.app[ROLE], "path": request.path, "headers": dict(request.headers)}
    )


async def listener(role: str) -> tuple[web.AppRunner, int]:
    app = web.Application()
    app[ROLE] = role
    app.router.add_route("*", "/{path:.*}", echo)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, runner.addresses[0][1]


def settings(folder: Path, product: int, receiver: int, port: int) -> str:
    body = CONF.read_text()
    for was, now in {
        "127.0.0.1:8080": f"127.0.0.1:{product}",
        "127.0.0.1:8081": f"127.0.0.1:{receiver}",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "/etc/diemcau/tls": str(folder),
        "/var/log/nginx/diemcau.log": str(folder / "access.log"),
    }.items():
        assert was in body
        body = body.replace(was, now)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    head = (
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    )
    return f"{head}http {{\n{paths}{body}}}\n"


async def answering(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    certificate(tmp_path)
    product, product_port = await listener("product")
    receiver, receiver_port = await listener("receiver")
    port = free_port()
    (tmp_path / "nginx.conf").write_text(settings(tmp_path, product_port, receiver_port, port))
    process = await asyncio.create_subprocess_exec(
        "nginx", "-e", str(tmp_path / "error.log"), "-c", str(tmp_path / "nginx.conf")
    )
    await answering(port)
    yield Front(
        port=port,
        trust=ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem")),
        log=tmp_path / "access.log",
    )
    process.terminate()
    await process.wait()
    await product.cleanup()
    await receiver.cleanup()


@pytest.fixture
async def client(front: Front) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        f"https://127.0.0.1:{front.port}", connector=aiohttp.TCPConnector(ssl=front.trust)
    ) as session:
        yield session


async def test_nginx_sends_pages_to_the_product_with_the_true_client(client):
    async with client.get(
        "/conferences", server_hostname=HOST, headers={"X-Forwarded-For": "6.6.6.6", "Host": "evil"}
    ) as answer:
        seen = await answer.json()

    assert (seen["role"], seen["path"]) == ("product", "/conferences")
    assert seen["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert seen["headers"]["X-Forwarded-Proto"] == "https"
    assert seen["headers"]["Host"] == HOST


async def test_nginx_sends_events_to_the_receiver(client):
    async with client.post(
        "/bridges/tinh/events/room/created", server_hostname=HOST, json={}
    ) as answer:
        seen = await answer.json()

    assert (seen["role"], seen["path"]) == ("receiver", "/bridges/tinh/events/room/created")


async def test_nginx_sends_reservations_to_the_product(client):
    async with client.post("/bridges/tinh/reservations/conference", server_hostname=HOST) as answer:
        assert (await answer.json())["role"] == "product"


async def test_nginx_hides_the_metrics(client):
    async with client.get("/metrics", server_hostname=HOST) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("path", SURFACES)
async def test_nginx_hides_what_the_trial_bridge_tells_the_program(client, path):
    async with client.get(f"/trial{path}", server_hostname=HOST) as answer:
        assert answer.status == 403


async def test_nginx_shows_the_rooms_of_the_trial_bridge(client):
    for path in ("/trial/hop-giao-ban", "/trial/static/page.js"):
        async with client.get(path, server_hostname=HOST) as answer:
            assert (answer.status, (await answer.json())["path"]) == (200, path)


async def test_nginx_lets_a_stream_flow_at_once(client):
    async with client.get("/conferences/1/stream", server_hostname=HOST) as answer:
        async with asyncio.timeout(60):
            assert await answer.content.readline() == b"data: first\n"


async def test_nginx_upgrades_the_trial_socket(client):
    async with client.ws_connect("/trial/hop-giao-ban/socket", server_hostname=HOST) as wire:
        assert await wire.receive_str() == "hello"


async def test_nginx_log_holds_no_link_secret(client, front):
    for place in ("/j/S3CRETS3CRETS3CRETS3CRET/enter?x=S3CRET", "/j/poll/S3CRETS3CRETS3CRETS3CRET"):
        async with client.get(place, server_hostname=HOST):
            pass
    async with asyncio.timeout(60):
        while "/j/poll/" not in front.log.read_text():
            await asyncio.sleep(0.05)

    assert '"GET /j/***/enter" 200' in front.log.read_text()
    assert '"GET /j/poll/***" 200' in front.log.read_text()
    assert "S3CRET" not in front.log.read_text()
