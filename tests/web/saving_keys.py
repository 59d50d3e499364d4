"""Saves a key file over another again and again, each time killed one line later.

`python -m tests.web.saving_keys KEYS` prints after each kill which keys are in the file; the last
time nobody is killed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.killing import Killer
from web.keyring.key_file import load, save
from web.keyring.keyring import Keyring, new_key

WATCHED = ("key_file.py", "disk.py")


def is_killed(path: Path, ring: Keyring, at: int) -> bool:
    """Save in a process of its own; tell whether it was killed."""
    pid = os.fork()
    if pid == 0:
        sys.settrace(Killer(WATCHED, at).trace)
        save(path, ring)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def main(path: Path) -> None:
    """Kill at the first line, the second, and so on."""
    old = Keyring((new_key(),))
    save(path, old)
    new, at, killed = Keyring((new_key(), *old.keys)), 1, True
    while killed:
        save(path, old)
        killed = is_killed(path, new, at)
        found = load(path)
        print({old.newest: "old", new.newest: "new"}[found.newest], found in (old, new))
        at += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
