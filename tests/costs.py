"""What the suite costs, told at its end: seconds of all workers together, by folder."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import PurePosixPath

import pytest

MANY = 100
"""Tests; who runs fewer looks for something else."""
DEPTH = 3


class Costs:
    """Adds up set-up, call and teardown of every test."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        path = PurePosixPath(report.nodeid.partition("::")[0])
        folder = "/".join(path.parent.parts[:DEPTH])
        self.seconds[folder] += report.duration
        self.tests[folder] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.tests.total() < MANY:
            return
        terminalreporter.section("seconds of all workers, by folder")
        for folder, seconds in sorted(self.seconds.items(), key=lambda one: -one[1]):
            line = f"{seconds:8.1f}  {folder} ({self.tests[folder]} tests)"
            terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Add up where the reports of all workers arrive."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Costs())
