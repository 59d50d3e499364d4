"""Headers on every answer, and requests that no browser sends."""

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from web.access.csrf import token_for
from web.app import create_app
from web.keyring.keyring import Keyring, new_key
from web.permissions import PUBLIC
from web.routes import Routes
from web.security import embed
from web.serving import listening, take_port
from web.settings import Settings

STRICT = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; media-src 'self' blob:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
    ),
    "Permissions-Policy": (
        "camera=(), microphone=(), display-capture=(), geolocation=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
TWO_LENGTHS = (
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
)
NOWHERE = "postgresql://nobody@127.0.0.1:9/none"

routes = Routes()


@routes.get("/test/room", allow=PUBLIC, embed=True)
async def room(request):
    embed(request, "https://meet.example.vn/prefix")
    return web.Response()


@routes.get("/test/hall", allow=PUBLIC, embed=True)
async def hall(request):
    return web.Response()


@routes.get("/test/forgotten", allow=PUBLIC)
async def forgotten(request):
    embed(request, "https://meet.example.vn")
    return web.Response()


@routes.get("/test/broken", allow=PUBLIC)
async def broken(request):
    raise ZeroDivisionError("the secret of the house")


@routes.post("/test/echo", allow=PUBLIC)
async def echo(request):
    return web.Response(body=await request.read())


def app_for(folder: Path, **environ: str) -> web.Application:
    environ["DATA"] = str(folder)
    settings = Settings.from_environ({f"DIEMCAU_{name}": value for name, value in environ.items()})
    keyring = Keyring((new_key(),))
    return create_app(settings, database_url=NOWHERE, keyring=keyring, tables=[routes])


@pytest.fixture
async def client(tmp_path):
    async with TestClient(TestServer(app_for(tmp_path))) as client:
        yield client


def strict_part(answer) -> dict[str, str]:
    return {name: answer.headers.get(name) for name in STRICT}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/sign-in", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("PUT", "/sign-in", 405),
        ("TRACE", "/sign-in", 405),
        ("GET", "/test/broken", 500),
        ("POST", "/sign-in", 403),
        ("GET", "/welcome/x", 503),
        ("GET", "/readyz", 503),
        ("GET", "/static/nothing.js", 404),
    ],
)
async def test_every_answer_carries_the_strict_headers(client, method, path, status):
    answer = await client.request(method, path)

    assert answer.status == status
    assert strict_part(answer) == STRICT
    assert "Server" not in answer.headers


async def test_an_accident_is_told_without_its_reason(client):
    answer = await client.get("/test/broken")

    text = await answer.text()
    assert "secret of the house" not in text
    assert "ZeroDivisionError" not in text


async def test_hsts_is_sent_where_people_come_by_https(client, tmp_path):
    secure_app = app_for(tmp_path / "secure", BASE_URL="https://hop.example.vn")
    async with TestClient(TestServer(secure_app)) as secure:
        answer = await secure.get("/healthz")

    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in (await client.get("/healthz")).headers


async def test_a_room_page_may_hold_its_bridge_and_nothing_else_may(client):
    answer = await client.get("/test/room")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("; frame-src https://meet.example.vn")
    assert "form-action 'self' https://meet.example.vn;" in policy
    powers = answer.headers["Permissions-Policy"]
    assert powers.startswith('camera=(self "https://meet.example.vn"), microphone=(self "https://')
    assert "Cross-Origin-Embedder-Policy" not in answer.headers


async def test_a_hall_page_may_look_into_its_own_camera(client):
    answer = await client.get("/test/hall")

    assert answer.headers["Permissions-Policy"].startswith("camera=(self), microphone=(self)")
    assert "frame-src" not in answer.headers["Content-Security-Policy"]


async def test_a_route_not_registered_for_it_cannot_hold_a_bridge(client):
    answer = await client.get("/test/forgotten")

    assert answer.status == 500


async def test_a_body_over_a_mebibyte_is_refused(client):
    await client.get("/sign-in")
    secret = next(cookie.value for cookie in client.session.cookie_jar if cookie.key == "pre")
    headers = {"X-CSRF-Token": token_for(secret)}

    answer = await client.post("/test/echo", data=BytesIO(b"x" * 1024**2), headers=headers)
    assert answer.status == 200
    answer = await client.post("/test/echo", data=BytesIO(b"x" * (1024**2 + 1)), headers=headers)

    assert answer.status == 413


@pytest.fixture
async def port(tmp_path):
    sock = take_port("127.0.0.1", 0, setting="DIEMCAU_PORT")
    async with listening(app_for(tmp_path), sock):
        yield sock.getsockname()[1]


async def talk(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /healthz HTTP/0.9\r\nConnection: close\r\n\r\n", b"505"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n", b"400"),
        (TWO_LENGTHS, b"400"),
    ],
)
async def test_odd_requests_get_a_plain_refusal(port, request_, status):
    answer = await talk(port, request_)

    head = answer.split(b"\r\n\r\n")[0]
    assert head.split()[1] == status
    assert b"nosniff" in head
    assert b"aiohttp" not in answer
    assert b"Python" not in answer
