"""What can go wrong with a backup."""

from collections.abc import Sequence
from pathlib import Path


class BackupError(Exception):
    """No backup was written, or none was restored."""

    code = "backup"


class NotAnArchive(BackupError):
    """The file is no archive of ours, or of a newer program."""

    code = "backup-not-an-archive"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no backup archive that this program can read")
        self.path = path


class CannotDecrypt(BackupError):
    """The passphrase is wrong, or a byte of the archive was changed or is missing."""

    code = "backup-cannot-decrypt"

    def __init__(self) -> None:
        super().__init__("wrong passphrase, or the archive is damaged or cut off")


class NoPassphrase(BackupError):
    """Nobody gave a passphrase."""

    code = "backup-no-passphrase"

    def __init__(self) -> None:
        super().__init__(
            "no passphrase: set DIEMCAU_BACKUP_PASSPHRASE (or ..._FILE), or run on a terminal"
        )


class StoreNotEmpty(BackupError):
    """There is a store already, and nobody said that it may be replaced."""

    code = "backup-store-not-empty"

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} holds a store already: add --force to put the archive's in place"
        )
        self.where = where


class ReceiverRuns(BackupError):
    """A receiver that runs apart would go on writing to the folder that is put aside."""

    code = "backup-receiver-runs"

    def __init__(self, where: Path) -> None:
        super().__init__(f"a receiver runs on {where}: stop it, then restore")
        self.where = where


class StoreNewer(BackupError):
    """The store to be replaced has tables that the archive does not know how to remove."""

    code = "backup-store-newer"

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(
            f"the database has migrations {sorted(numbers)} that the archive lacks: "
            "name an empty database"
        )
        self.numbers = tuple(numbers)


class RestoreInterrupted(BackupError):
    """A restore into another's database was cut off; which half is done is not known."""

    code = "backup-restore-interrupted"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"a restore was interrupted ({folder} is there): "
            "run `diemcau restore FILE --force` again"
        )
        self.folder = folder


class ProgramFailed(BackupError):
    """pg_dump or pg_restore ended badly."""

    code = "backup-program-failed"

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(f"{program} failed: {reason}")
        self.program = program
        self.reason = reason
