"""The budget of docs/architecture.md, counted; the offenders are printed by the assertion."""

import ast
import re
from collections import Counter
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
PACKAGES = ("meetings", "bridges", "monitoring", "web")
LONGEST_FUNCTION = 40
LONGEST_FILE = 250
SHORT_LINE = 40
"""Rules of tables and headings may well stand twice."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def code_lines(node: Function) -> int:
    """Count the lines from the signature to the end, without the docstring."""
    body = node.body
    doc = body[0] if ast.get_docstring(node, clean=False) is not None else None
    skipped = (doc.end_lineno or 0) - doc.lineno + 1 if doc else 0
    return (node.end_lineno or 0) - node.lineno + 1 - skipped


def functions() -> dict[str, int]:
    found = {}
    for path in files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                found[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = code_lines(node)
    return found


def test_no_function_is_longer_than_a_screen():
    assert {name: size for name, size in functions().items() if size > LONGEST_FUNCTION} == {}


def test_the_median_function_is_small():
    assert median(functions().values()) <= 8


def test_no_file_is_a_drawer():
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files()}

    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}
    assert median(sizes.values()) <= 130


def test_no_module_is_named_for_nothing():
    names = {path.stem for path in files()} | {path.parent.name for path in files()}

    assert names & {"utils", "util", "common", "helpers", "misc", "tools"} == set()


def test_every_package_says_what_lives_there():
    mute = [
        str(path.relative_to(ROOT))
        for path in files()
        if len(ast.get_docstring(ast.parse(path.read_text())) or "") < 10
    ]

    assert mute == []


def test_every_index_names_the_query_it_serves():
    statements = [
        (path.name, line)
        for path in ROOT.glob("*/schema/*.sql")
        for line in re.findall(
            r"^CREATE (?:UNIQUE )?INDEX[^;]*;.*$", path.read_text(), re.MULTILINE
        )
    ]

    assert statements
    assert [entry for entry in statements if "--" not in entry[1]] == []


def test_no_sentence_of_the_documents_stands_twice():
    """Merges of both sides bring back lines that were taken away or put elsewhere."""
    documents = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")})
    twice = {
        f"{path.relative_to(ROOT)}: {line[:60]}"
        for path in documents
        for line, count in Counter(path.read_text().splitlines()).items()
        if count > 1 and len(line) > SHORT_LINE
    }

    assert twice == set()
