"""Makers of what tests need: the line that calls one says what matters, and nothing else."""

from __future__ import annotations

from meetings.directory import load_directory
from meetings.store import Connection

DIRECTORY = "dien-bien"


async def a_directory(conn: Connection) -> None:
    """Load Điện Biên: 45 communes with a hall each, the provincial offices, the groups."""
    await load_directory(conn, DIRECTORY)
