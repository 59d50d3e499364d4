"""`diemcau restore FILE`: bring an archive back, all of it or nothing."""

import argparse
import asyncio
import sys
from pathlib import Path

from web import logs
from web.backup.restoring import restore
from web.commands.backup import FAILURES, now, with_passphrase
from web.migrations import MigrationError
from web.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the archive's path."""
    parser.add_argument("file", type=Path, help="the archive to bring back")
    parser.add_argument(
        "--force", action="store_true", help="replace the store that is there; it is kept aside"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Restore; the service must not run."""
    settings.require_data()
    logs.configure("warning")
    try:
        settings = with_passphrase(settings, twice=False)
        kept = asyncio.run(restore(settings, args.file, force=args.force, now=now(), say=say))
    except (*FAILURES, MigrationError) as error:
        print(f"diemcau: {error}", file=sys.stderr)
        return 1
    if kept is not None and any(kept.iterdir()):
        print(f"the old store is kept in {kept}")
    return 0


def say(step: str) -> None:
    """Tell each step as it is done."""
    print(step, flush=True)
