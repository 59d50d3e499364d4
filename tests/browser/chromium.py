"""Find a Chromium, or get one: `python -m tests.browser.chromium`, part of `make test`.

The one on the machine is used; else Debian's package is installed where that may be done, after
saying so; else one line tells what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN = Path("/etc/debian_version")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
"""For every test: no talk with anybody outside, a camera and microphone that exist nowhere."""


def find() -> str | None:
    """Return the path of a browser on this machine."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Install Debian's package."""
    print("diemcau: no Chromium here; installing Debian's package for the tests", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-y", "--no-install-recommends"]
    subprocess.run([*apt, "update"], check=False, env=environment)
    subprocess.run([*apt, "install", "chromium"], check=False, env=environment)


def main() -> int:
    if find() is None and os.geteuid() == 0 and DEBIAN.exists() and shutil.which("apt-get"):
        install()
    if find() is None:
        print("diemcau: the tests need Chromium; on Debian: apt-get install chromium")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
