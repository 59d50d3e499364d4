"""Facts that stop a use case of the monitoring package; each carries its subject and a code."""

from __future__ import annotations

from collections.abc import Sequence


class MonitoringError(Exception):
    """Something about watching is not as the caller hoped."""

    code = "monitoring"


class DeviceNotFound(MonitoringError):
    """There is no device of that id."""

    code = "device-not-found"

    def __init__(self, device: int) -> None:
        super().__init__(f"no device {device}")
        self.device = device


class DeviceExists(MonitoringError):
    """The hall has a device of that name."""

    code = "device-exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"device {name!r} exists in that hall")
        self.name = name


class TargetNotFound(MonitoringError):
    """There is no target of that id."""

    code = "target-not-found"

    def __init__(self, target: int) -> None:
        super().__init__(f"no target {target}")
        self.target = target


class BadTarget(MonitoringError):
    """What is to be looked at cannot be an address; `problems` are pairs of field and code."""

    code = "bad-target"

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"bad target: {problems}")
        self.problems = tuple(problems)


class Unseen(MonitoringError):
    """We could not look, and so know nothing; `reason` is a result's code."""

    code = "unseen"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoAnswer(MonitoringError):
    """A target did not answer as it should; `reason` is a result's code."""

    code = "no-answer"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
