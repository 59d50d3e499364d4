"""What documents name is there: modules, tests, decisions; and nothing stands there twice."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULE = re.compile(r"`((?:meetings|bridges|monitoring|web)(?:\.[a-z_]+)+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)`")
DECISION = re.compile(r"docs/decisions/(\d{4})\b")
TELLING = 60
"""So many letters at the beginning of a line tell it from all others."""


def documents() -> list[Path]:
    folders = ("docs", "deploy")
    below = [path for name in folders for path in (ROOT / name).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *below])


def named(pattern: re.Pattern[str], document: Path) -> Iterator[str]:
    return (one[1] for one in pattern.finditer(document.read_text()))


def is_there(module: str) -> bool:
    """Tell whether there is such a module or package, or such a name in a module."""
    path = ROOT.joinpath(*module.split("."))
    holder = path.parent.with_suffix(".py")
    return (
        path.is_dir()
        or path.with_suffix(".py").is_file()
        or (holder.is_file() and path.name in holder.read_text())
    )


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path):
    lost = [one for one in named(MODULE, document) if not is_there(one)]
    lost += [one for one in named(TEST, document) if not (ROOT / one).is_file()]
    lost += [
        one
        for one in named(DECISION, document)
        if not list((ROOT / "docs" / "decisions").glob(f"{one}-*.md"))
    ]

    assert lost == []


def test_each_decision_has_a_number_of_its_own():
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]

    assert {one: count for one, count in Counter(numbers).items() if count > 1} == {}


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_told_twice_after_a_merge(document: Path):
    """Two changes of one line that are merged line by line leave both."""
    lines = document.read_text().splitlines()
    begins = [one[:TELLING] for one in lines if len(one) >= TELLING and not one.startswith("    ")]

    assert [one for one, count in Counter(begins).items() if count > 1] == []
