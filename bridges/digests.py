"""Which bridges may post events, and the digest of each one's secret: kept on disk for bad days."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from bridges.disk import replace_file

FILE = "bridges.json"


class Digests:
    """What the receiver knows of bridges; `known` is None until anybody has told it.

    `doubt` is set when a bridge was refused, so that whoever can asks the database again.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.known: Mapping[str, bytes] | None = read_digests(self.path)
        self.doubt = asyncio.Event()

    def learn(self, known: Mapping[str, bytes]) -> None:
        """Remember what the database says, here and on disk."""
        if known == self.known:
            return
        self.known = dict(known)
        told = {name: digest.hex() for name, digest in known.items()}
        replace_file(self.path, json.dumps(told).encode())


def read_digests(path: Path) -> dict[str, bytes] | None:
    """Return what was remembered, or None where nothing readable is."""
    try:
        told = json.loads(path.read_bytes())
        return {str(name): bytes.fromhex(digest) for name, digest in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None
