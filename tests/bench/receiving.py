"""The receiver alone: how soon after its start it answers, and how much memory it has."""

import time
from statistics import median

import psutil

from tests.bridges.receiving import introduce, receiving
from tests.folders import open_folder

ROUNDS = 9


async def measure() -> list[str]:
    seconds, megabytes = [], []
    for _ in range(ROUNDS):
        with open_folder() as folder:
            introduce(folder, lab="lab-events")
            began = time.perf_counter()
            async with receiving(folder) as receiver:
                seconds.append(time.perf_counter() - began)
                process = psutil.Process(receiver.process.pid)
                megabytes.append(process.memory_full_info().pss / 2**20)
    worst = max(seconds)
    return [
        f"answers after {median(seconds):.2f} s, worst of {ROUNDS} {worst:.2f} s (reach: 1 s)",
        f"memory        {max(megabytes):.1f} MB (reach: 60 MB)",
    ]
