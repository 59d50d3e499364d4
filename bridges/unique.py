"""Names that no other record or token has, made without asking the system for chance each time."""

from __future__ import annotations

import secrets
from itertools import count

RUN = secrets.token_hex(8)
NUMBERS = count()


def unique() -> str:
    """Return a name nobody had: by chance this process's own, and a number in it.

    It is no secret: who knows one can guess the next.
    """
    return f"{RUN}-{next(NUMBERS)}"
