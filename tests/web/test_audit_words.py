"""Every action that the program writes into the audit has words, and every detail of a test's.

Details are held to the tables where each test ends, see `conn` in tests/conftest.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bridges.control.actions import Action
from web.wording.audit_words import ACTIONS

ROOT = Path(__file__).parents[2]
PACKAGES = ("meetings", "bridges", "monitoring", "web")
NAME = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
WRITERS = {
    "record",
    "record_each",
    "record_changes",
    "record_change",
    "record_beside",
    "tell",
    "tell_planned",
    "_tell",
    "_record",
}
PARTS = {
    "room.": [action.value for action in Action],
    "bridge.": ["replay", "discard"],
    "site.": ["add", "change"],
}
"""What follows where the name of an action is put together."""


def test_every_action_that_is_written_has_words():
    written = {name for path in modules() for name in actions_in(path)}

    assert written == set(ACTIONS)


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def actions_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and called(node) in WRITERS:
            for value in (*node.args, *(one.value for one in node.keywords)):
                yield from names_in(value)
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_of_actions(node):
            keys = {key for one in ast.walk(node) if isinstance(one, ast.Dict) for key in one.keys}
            rest = (one for one in ast.walk(node) if one not in keys)
            yield from (name for one in rest for name in names_in(one))


def is_of_actions(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(one, ast.Name) and one.id in {"action", "ACTIONS"} for one in targets)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def names_in(node: ast.AST) -> Iterator[str]:
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and NAME.fullmatch(node.value)
    ):
        yield node.value
    if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant):
        begins = str(first.value)
        parts = PARTS[begins] if re.fullmatch(r"[a-z]+\.", begins) else ()
        yield from (f"{begins}{part}" for part in parts)
