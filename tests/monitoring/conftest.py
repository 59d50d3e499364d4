from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitoring.vantage import Vantage
from tests.monitoring.makers import HERE, NOON


@pytest.fixture
async def vantage() -> AsyncIterator[Vantage]:
    """Give a vantage that may look at this machine, at noon."""
    made = Vantage(HERE, clock=lambda: NOON)
    yield made
    made.close()


@pytest.fixture
async def strict_vantage() -> AsyncIterator[Vantage]:
    """Give a vantage as an installation has it, where this machine is forbidden."""
    made = Vantage(clock=lambda: NOON)
    yield made
    made.close()
