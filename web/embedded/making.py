"""Making a cluster where there is none."""

import shutil
from pathlib import Path

from bridges.spooling.disk import sync_folder
from web.embedded import account, folder
from web.embedded.account import Account
from web.embedded.binaries import Binaries
from web.embedded.errors import OtherMajor, StartFailed
from web.embedded.roles import APP, DATABASE, OWNER

# Typed into single-user mode, so no superuser ever comes in through the socket.  The owner may
# create databases: a restore makes its own, then changes the names.  Being a member of the
# program's role lets it end that role's sessions.
BOOTSTRAP = (
    f"CREATE ROLE {OWNER} LOGIN CREATEDB;\n"
    f"CREATE ROLE {APP} LOGIN;\n"
    f"GRANT {APP} TO {OWNER};\n"
    f"CREATE DATABASE {DATABASE} OWNER {OWNER};\n"
)


async def ensure_initialised(home: Path, user: Account, programs: Binaries) -> None:
    """Make the cluster where there is none; it gets its name only when it is complete.

    Raises:
        OtherMajor: there is one, of another major version.
        StartFailed: initdb or the first statements failed.
    """
    data = home / "data"
    if data.exists():
        found = (data / "PG_VERSION").read_text().strip()
        if found != programs.major:
            raise OtherMajor(data, found=found, ours=programs.major)
        return
    workshop = home / "new"
    shutil.rmtree(workshop, ignore_errors=True)
    folder.own(workshop, user)
    await initialise(workshop / "data", user, programs)
    (workshop / "data").rename(data)
    workshop.rmdir()
    sync_folder(home)


async def initialise(data: Path, user: Account, programs: Binaries) -> None:
    """Run initdb and create our roles and database."""
    # The builtin provider knows all letters and never changes under us; the wheel has no ICU.
    code, said = await account.run(
        user,
        programs.path("initdb"),
        *("--pgdata", data, "--username", "postgres", "--auth", "reject"),
        *("--encoding", "UTF8", "--locale", "C", "--data-checksums"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
    )
    if code != 0:
        raise StartFailed("initdb", said)
    single = ("--single", "-D", data, "-c", "exit_on_error=on", "postgres")
    code, said = await account.run(user, programs.path("postgres"), *single, feed=BOOTSTRAP)
    if code != 0 or "ERROR" in said:
        raise StartFailed("creating roles", said)
