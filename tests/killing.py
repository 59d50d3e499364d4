"""A process that kills itself at a chosen line of the work that is watched."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Any


class Killer:
    """Counts the lines of the watched files and kills the process before one of them."""

    def __init__(self, watched: tuple[str, ...], at: int) -> None:
        self.watched = watched
        self.left = at

    def trace(self, frame: FrameType, event: str, _arg: Any) -> Any:
        if not frame.f_code.co_filename.endswith(self.watched):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.trace
