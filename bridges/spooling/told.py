"""Who waits for a record to be on disk: each hears how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bridges.errors import SpoolFull

Told = Callable[[SpoolFull | None], None]
"""Hears how a write went; must not raise."""

Waiting = tuple[bytes, Told]
"""A record as it stands in a file, and who waits for it."""


def tell_all(waiting: Sequence[Waiting], error: SpoolFull | None) -> None:
    """Tell everybody who waits how the write went."""
    for _, told in waiting:
        told(error)


def settle(done: asyncio.Future[None], error: SpoolFull | None) -> None:
    """Wake who awaits a record, unless it no longer does."""
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
