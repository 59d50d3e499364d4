"""A recorder and a bridge that talks to it, for whoever asks."""

from collections.abc import AsyncIterator

import pytest

from bridges.trial.config import TrialConfig
from tests.bridges.trial.stage import Recorder, a_bridge, a_recorder


@pytest.fixture
async def service() -> AsyncIterator[tuple[Recorder, str]]:
    async with a_recorder() as both:
        yield both


@pytest.fixture
def recorder(service: tuple[Recorder, str]) -> Recorder:
    return service[0]


@pytest.fixture
async def bridge(service: tuple[Recorder, str]) -> AsyncIterator[TrialConfig]:
    async with a_bridge(service[1]) as config:
        yield config
