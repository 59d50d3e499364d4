"""P11: `make run` on a machine with nothing installed, beside pip installing the same wheels."""

import asyncio
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.folders import open_folder
from tests.ports import free_ports
from tests.service import Service, service, serving

ROOT = Path(__file__).parents[2]


async def run(*words: object) -> None:
    process = await asyncio.create_subprocess_exec(
        *map(str, words), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    if await process.wait():
        raise RuntimeError(f"{words[0]} ended with {process.returncode}")


async def install(folder: Path) -> float:
    """Return the seconds that pip alone takes for the same hash-locked wheels."""
    began = time.perf_counter()
    await run(sys.executable, "-m", "venv", folder / "venv")
    await run(
        *(folder / "venv/bin/python", "-m", "pip", "install", "--quiet", "--require-hashes"),
        *("--disable-pip-version-check", "-r", ROOT / "requirements.txt"),
    )
    return time.perf_counter() - began


class Clone(Service):
    """A service that is started by `make run` in a clone, with all that it sets up."""

    async def start(self) -> None:
        environment = self.environment
        del environment["DIEMCAU_DEMO"]
        with (self.folder / "out").open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                *("make", "run"), cwd=self.folder / "clone", env=environment, stdout=out, stderr=out
            )


async def first_run(folder: Path) -> float:
    """Return the seconds from `make run` in a clean clone to a product that is ready."""
    await run("git", "clone", "--quiet", ROOT, folder / "clone")
    product = Clone(folder, *free_ports(), settings={"DIEMCAU_DEMO": ""})
    began = time.perf_counter()
    try:
        await product.start()
        await product.ready()
        return time.perf_counter() - began
    finally:
        await product.stop()


async def started(product: Service) -> float:
    """Return the seconds from the command to the answer that every part works."""
    began = time.perf_counter()
    await product.start()
    await product.ready()
    return time.perf_counter() - began


async def measure() -> list[str]:
    with open_folder() as folder:
        pip = await install(folder)
        shutil.rmtree(folder / "venv")
        product = await first_run(folder)
    async with service() as own:
        cold = await started(own)
        await own.stop()
        warm = await started(own)
    async with serving(DIEMCAU_DEMO="1") as own:
        await own.stop()
        demo = await started(own)
    return [
        f"product  {product:6.1f} s from a clean clone to a ready product (demo data included)",
        f"floor    {pip:6.1f} s for venv and pip with the same wheels",
        f"ratio    {product / pip:.2f} x, {product - pip:+.1f} s (reach: + 10 s)",
        f"cold     {cold:6.1f} s with an empty folder",
        f"warm     {warm:6.1f} s, {demo:.1f} s with the demo (reach: 3 s)",
    ]
