"""Which bridges may post events, and by what each is known: kept on disk for bad days."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from bridges.receiving.callers import Caller, as_told, read_callers
from bridges.spooling.disk import replace_file

FILE = "bridges.json"


class Digests:
    """What the receiver knows of bridges; `known` is None until anybody has told it.

    `doubt` is set when a bridge was refused, so that whoever can asks the database again.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.known: Mapping[str, Caller] | None = read_digests(self.path)
        self.doubt = asyncio.Event()
        self._written = self.known

    async def learn(self, known: Mapping[str, Caller]) -> None:
        """Remember what the database says: here at once, and on a disk that may take its time.

        Raises:
            OSError: the disk did not take it; the next time tries again.
        """
        self.known = now_known = dict(known)
        if now_known != self._written:
            told = json.dumps(as_told(now_known)).encode()
            await asyncio.to_thread(replace_file, self.path, told)
            self._written = now_known


def read_digests(path: Path) -> dict[str, Caller] | None:
    """Return what was remembered, or None where nothing readable is."""
    try:
        return read_callers(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
