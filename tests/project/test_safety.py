"""Habits that look harmless and are not, refused by reading the syntax tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("meetings", "bridges", "monitoring", "web")
SQL_METHODS = frozenset({"execute", "executemany", "fetch", "fetchrow", "fetchval", "cursor"})
PURE_NAMES = frozenset({"model", "rules", "conflicts", "names", "presence", "errors"})


def trees() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{name}:{node.lineno}", node


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def test_no_statement_is_built_from_strings():
    built = [
        place
        for place, node in calls()
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in SQL_METHODS
        and node.args
        and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]

    assert built == []


def test_no_shell_and_no_code_from_data():
    banned = {"os.system", "eval", "exec", "pickle.loads", "pickle.load", "yaml.load", "os.popen"}
    found = [place for place, node in calls() if called(node) in banned]
    shells = [
        place
        for place, node in calls()
        for keyword in node.keywords
        if keyword.arg == "shell" and ast.unparse(keyword.value) != "False"
    ]

    assert found + shells == []


def test_only_settings_read_the_environment():
    readers = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    }

    # The receiver is a program of its own, without settings: its database's address comes so.
    assert readers <= {
        "web/settings.py",
        "bridges/receiving/receiver.py",
        "bridges/receiving/supervised.py",  # where systemd waits to hear from us is told only so
        "web/commands/receiver.py",
    }


def test_nothing_unguessable_comes_from_the_guessable_generator():
    users = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names)
    }

    # Jitter, probe phases and the trial bridge's shuffled wire may be guessed; secrets may not.
    assert {
        name
        for name in users
        if any(part in name for part in ("security", "session", "token", "invit", "keyring"))
    } == set()


def test_calendars_are_parsed_from_bytes_only():
    parsed = [(place, node) for place, node in calls() if called(node).endswith(".from_ical")]

    # A text may be taken for the path of a file, which would then be read.
    assert [
        place for place, node in parsed if not ast.unparse(node.args[0]).endswith(".encode()")
    ] == []


def test_pure_modules_never_read_the_clock():
    clocks = {
        "datetime.now",
        "datetime.utcnow",
        "time.time",
        "date.today",
        "time.monotonic",
        "datetime.datetime.now",
    }
    readers = [
        place
        for place, node in calls()
        if Path(place.split(":")[0]).stem in PURE_NAMES and called(node) in clocks
    ]

    assert readers == []
