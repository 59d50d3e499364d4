"""The units of deploy/systemd, held against the program and, where it is there, against systemd."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from web.__main__ import CONFIG, USAGE
from web.settings import Settings

SYSTEMD = Path(__file__).parents[2] / "deploy" / "systemd"
UNITS = sorted(SYSTEMD.glob("*.service"))
COMMAND = SYSTEMD / "diemcau"
PROGRAM = "/opt/diemcau/.venv/bin/diemcau"


def lines(name: str) -> set[str]:
    text = (SYSTEMD / name).read_text()
    return {line for line in text.splitlines() if line and not line.startswith("#")}


@pytest.mark.parametrize("path", [*UNITS, COMMAND], ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one_of_the_programs(path):
    named = set(re.findall(r"DIEMCAU_([A-Z_]+?)(?:_FILE)?=", path.read_text()))

    assert named
    assert named <= {name.upper() for name in Settings.model_fields}


def test_the_receiver_may_do_nothing_that_the_service_may_not():
    service, receiver = lines("diemcau.service"), lines("diemcau-receiver.service")

    own = re.compile(r"Description|Exec|Restart|After|CapabilityBoundingSet=$|Wants=network")
    assert {line for line in receiver - service if not own.match(line)} == set()
    assert "CapabilityBoundingSet=" in receiver


def test_the_receiver_waits_for_no_database():
    [after] = [line for line in lines("diemcau-receiver.service") if line.startswith("After=")]

    assert "postgresql" not in after


def test_only_wrong_settings_end_the_service_for_good():
    [codes] = [line for line in lines("diemcau.service") if "RestartPrevent" in line]

    assert codes.partition("=")[2].split() == [str(USAGE), str(CONFIG)]


def test_commands_run_with_the_secrets_of_the_units():
    loaded = {line for line in lines("diemcau.service") if line.startswith("LoadCredential=")}

    assert loaded
    for line in loaded:
        assert f"--property={line}" in COMMAND.read_text()


def test_a_shell_reads_the_command():
    subprocess.run(["/bin/sh", "-n", COMMAND], check=True)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_knows_every_line(path, tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed: the units were not read by systemd")
    # What the program is called here; the units themselves stand beside each other as installed.
    for unit in UNITS:
        text = unit.read_text()
        assert PROGRAM in text
        (tmp_path / unit.name).write_text(text.replace(PROGRAM, sys.executable))

    command = [analyze, "verify", "--man=no", tmp_path / path.name]
    read = subprocess.run(command, check=False, capture_output=True, text=True)

    assert [line for line in read.stderr.splitlines() if path.name in line] == []
