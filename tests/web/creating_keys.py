"""Two services start on nothing at the same moment, again and again.

`python -m tests.web.creating_keys FOLDER ROUNDS` prints for each round the keys that each of two
processes goes on with.
"""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from web.keyring.key_file import load_or_create

SERVICES = 2


def start(path: Path, barrier: Barrier, told: Any) -> None:
    """Make or read the keys as soon as the other is there too."""
    barrier.wait()
    try:
        told.put(load_or_create(path, may_create=True).fingerprint())
    except Exception as error:  # noqa: BLE001 - whatever it is, the test says it
        told.put(repr(error))


def main(folder: Path, rounds: int) -> None:
    """Start both in every round on a folder of its own."""
    forking = multiprocessing.get_context("fork")
    for number in range(rounds):
        barrier, told = forking.Barrier(SERVICES), forking.Queue()
        path = folder / str(number) / "keys.json"
        processes = [
            forking.Process(target=start, args=(path, barrier, told)) for _ in range(SERVICES)
        ]
        for one in processes:
            one.start()
        print(*sorted(told.get() for _ in processes), sep="\t")
        for one in processes:
            one.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
