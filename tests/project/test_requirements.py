import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Why each floor: docs/decisions/0002-floors.md.
FLOORS = {
    "aiohttp": (3, 14, 5),
    "aiosmtplib": (5, 1, 1),
    "cryptography": (50, 0, 0),
    "icalendar": (7, 3, 0),
    "jinja2": (3, 1, 6),
    "yarl": (1, 25, 1),
}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_file_pins_by_hash_and_carries_no_address(name):
    text = (ROOT / name).read_text()
    pins = re.findall(r"^[a-z0-9][\w.-]*==\S+.*\\$", text, re.MULTILINE)
    unhashed = [pin for pin in pins if f"{pin}\n    --hash=sha256:" not in text]

    assert pins
    assert unhashed == []
    assert re.findall(r"\w+://|--(?:extra-)?index-url|--find-links", text) == []


def test_development_lock_agrees_with_the_run_time_lock():
    def pins(name: str) -> set[str]:
        return set(
            re.findall(r"^[a-z0-9][\w.-]*==[^\s;]+", (ROOT / name).read_text(), re.MULTILINE)
        )

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_installed_version_has_the_known_holes_closed(name, floor):
    assert tuple(int(part) for part in version(name).split(".")[:3]) >= floor
