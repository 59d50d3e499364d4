"""`diemcau rotate`: writes the file and says from when and until when; twice at once is refused."""

import subprocess
import sys
from pathlib import Path

from web.keyring import key_file
from web.keyring.keyring import Keyring, new_key

ROOT = Path(__file__).parents[2]


def diemcau(database: str, keys: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "web", "rotate", *arguments],
        env={
            "DIEMCAU_DATABASE_URL": database,
            "DIEMCAU_DATA": str(keys.parent),
            "DIEMCAU_KEYS_FILE": str(keys),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_fresh_key_is_written_once_until_it_is_used(database: str, tmp_path: Path) -> None:
    keys, old = tmp_path / "keys.json", Keyring((new_key(),))
    key_file.save(keys, old)

    first = diemcau(database, keys, "--after", "30", "--grace", "2")
    ring = key_file.load(keys)
    second = diemcau(database, keys)
    wrong = diemcau(database, keys, "--grace", "-1")

    assert (first.returncode, first.stderr) == (0, "")
    assert [line.split()[1] for line in first.stdout.splitlines()[:2]] == list(ring.fingerprints())
    assert [key.id for key in ring.keys[1:]] == [old.newest]
    assert ring.keys[0].since is not None
    assert ring.keys[1].until is not None
    assert (ring.keys[1].until - ring.keys[0].since).days == 2
    assert (second.returncode, second.stdout) == (69, "")
    assert "is used from" in second.stderr
    assert wrong.returncode == 2
    assert key_file.load(keys) == ring
