import re

import aiohttp
import pytest

from bridges.trial.errors import TrialError
from bridges.trial.pages import HERE, STATIC
from bridges.trial.words import ENGLISH, VIETNAMESE
from tests.bridges.trial.stage import room_url

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:; "
    "img-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


async def get(url: str) -> tuple[int, aiohttp.typedefs.LooseHeaders, str]:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        return response.status, response.headers, await response.text()


async def test_page_is_vietnamese_unless_asked_and_strict(bridge):
    status, headers, text = await get(room_url(bridge))

    assert status == 200
    assert headers["Content-Security-Policy"] == POLICY  # type: ignore[index]
    assert '<html lang="vi">' in text
    assert "Cầu thử nghiệm" in text


async def test_page_speaks_english_when_asked(bridge):
    _, _, text = await get(f"{room_url(bridge)}?lang=en")

    assert '<html lang="en">' in text
    assert "Trial bridge" in text


async def test_page_holds_no_inline_script_or_style(bridge):
    _, _, text = await get(room_url(bridge))

    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text) == []
    assert re.findall(r"(?:src|href)=\"(?!/trial/static/)", text) == []


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.iterdir()))
async def test_static_files_are_served(bridge, name):
    status, headers, text = await get(f"{bridge.public_url}/static/{name}")

    assert status == 200
    assert text == (STATIC / name).read_text()
    assert "octet-stream" not in headers["Content-Type"]  # type: ignore[index]


@pytest.mark.parametrize(
    "path", ["/short", "/ROOM-IN-CAPITALS", "/end-meeting", "/static/../app.py"]
)
async def test_what_is_no_room_is_not_found(bridge, path):
    assert (await get(f"{bridge.public_url}{path}"))[0] == 404


def test_every_word_is_there_in_both_languages():
    assert VIETNAMESE.keys() == ENGLISH.keys()
    assert [key for key, text in {**VIETNAMESE, **ENGLISH}.items() if not text.strip()] == []
    for key, text in VIETNAMESE.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", ENGLISH[key])), key


def test_scripts_and_page_use_only_words_that_exist():
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js"))
    page = (HERE / "templates" / "room.html").read_text()

    asked = set(re.findall(r"\bsay\(\s*\"([\w-]+)\"", scripts)) | set(
        re.findall(r"words\.(\w+)", page)
    )
    assert asked - VIETNAMESE.keys() == {"limit"}


def test_every_refusal_of_the_door_has_words():
    codes = {
        "token-missing",
        "token-invalid",
        "token-expired",
        "token-early",
        "token-foreign",
        "token-room",
        *(error.code for error in TrialError.__subclasses__()),
    }
    inside = {"trial", "room-open", "occupant-missing", "slow-service", "past-refused"}

    assert {f"refused_{code}" for code in codes - inside} <= VIETNAMESE.keys()
