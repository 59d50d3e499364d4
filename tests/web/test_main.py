import os
import subprocess
import sys
from pathlib import Path

import pytest

from web.__main__ import COMMANDS, CONFIG, CUT_OFF, USAGE, find_command, main


def diemcau(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "web", *arguments],
        cwd="/",  # where `make run` has left no data
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_usage_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--help"])

    said = capsys.readouterr().out
    assert code == 0
    assert [line.split()[0] for line in said.splitlines()[2:]] == list(COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["srve"], [""]])
def test_unknown_command_is_answered_with_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == USAGE
    assert capsys.readouterr().err.startswith("usage: diemcau")


def test_all_bad_settings_are_told_at_once() -> None:
    done = diemcau("migrate", DIEMCAU_PORT="x", DIEMCAU_DEMO="perhaps")

    assert done.returncode == CONFIG
    assert done.stderr.splitlines() == [
        "diemcau: DIEMCAU_DEMO is neither 0 nor 1: 'perhaps'",
        "diemcau: DIEMCAU_PORT is not a whole number: 'x'",
    ]


@pytest.mark.parametrize("command", ["serve", "migrate", "backup", "restore", "doctor"])
def test_data_folder_must_be_chosen(command: str) -> None:
    arguments = ["/nowhere"] if command in {"backup", "restore"} else []

    done = diemcau(command, *arguments)

    assert done.returncode == CONFIG
    assert done.stderr == (
        "diemcau: DIEMCAU_DATA is not set: name the folder that keeps the data\n"
    )


def test_a_reader_who_has_gone_ends_a_command_quietly(scratch: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "web", "doctor"],
        env={
            "PATH": "/usr/bin:/bin",
            "DIEMCAU_DATA": str(scratch),
            "DIEMCAU_DATABASE_URL": "postgresql://nobody@/nothing?host=/dev/null",
        },
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (CUT_OFF, "")


def test_backup_without_a_passphrase_and_terminal_is_refused(scratch: Path) -> None:
    done = diemcau("backup", str(scratch / "archive"), DIEMCAU_DATA=str(scratch / "data"))

    assert done.returncode == 1
    assert "DIEMCAU_BACKUP_PASSPHRASE" in done.stderr
    assert not (scratch / "archive").exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_module(name: str) -> None:
    command = find_command(name)

    assert callable(command.configure)
    assert callable(command.run)


def test_receiver_stays_small() -> None:
    program = (
        "import sys, bridges.receiving.receiver;"
        " print(*sorted({'jinja2', 'babel', 'asyncpg', 'pydantic'} & sys.modules.keys()))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == ""
