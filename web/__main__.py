"""The command `diemcau`: finds the command that is asked for and imports only that one."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from web.settings import BadSettings, Settings

# Exit codes.  Source: sysexits.h
USAGE, UNAVAILABLE, CONFIG = 64, 69, 78
INTERRUPTED = 128 + signal.SIGINT
CUT_OFF = 128 + signal.SIGPIPE

COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "serve": ("serve", "run everything in one process group"),
        "migrate": ("migrate", "bring the database's schema up to date"),
        "import": ("import_", "load units, halls, devices, contacts, conferences from files"),
        "export": ("ledgers", "write the same as CSV or xlsx"),
        "doctor": ("doctor", "name every part that is broken"),
        "token": ("token", "make, list or revoke a bearer token of the API"),
        "rotate": ("rotate", "put a fresh key into the key file"),
        "demo": ("demo", "load the demo conferences, or take them away"),
        "ldap": ("ldap", "bring people in line with the directory service"),
        "backup": ("backup", "write one encrypted archive of database, spool and keys"),
        "restore": ("restore", "bring an archive back"),
        "receiver": ("receiver", "take the bridges' events, and nothing else"),
        "bridge": ("bridge", "check a bridge; replay or discard events of it that were held back"),
    }
)


class Command(Protocol):
    """What a module under web/commands offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments."""

    def run(self, args: argparse.Namespace, settings: Settings) -> int:
        """Do it; return the exit code."""


def usage() -> str:
    """Return the list of commands."""
    lines = [f"  {name:<10}{help_}" for name, (_, help_) in COMMANDS.items()]
    return "\n".join(["usage: diemcau COMMAND [OPTION...]", "", *lines])


def find_command(name: str) -> Command:
    """Import the command's module; the others stay unread, so the receiver stays small."""
    module: Command = importlib.import_module(f"web.commands.{COMMANDS[name][0]}")
    return module


def start(name: str, arguments: Sequence[str]) -> int:
    """Parse the arguments, read the settings, run the command.

    Whatever a command writes is its user's alone.
    """
    os.umask(0o077)
    command = find_command(name)
    parser = argparse.ArgumentParser(prog=f"diemcau {name}", description=COMMANDS[name][1])
    command.configure(parser)
    args = parser.parse_args(arguments)
    try:
        return command.run(args, Settings.from_environ())
    except BadSettings as error:
        for problem in error.problems:
            print(f"diemcau: {problem}", file=sys.stderr)
        return CONFIG
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Who reads what we say has gone (`| head`); what is left unsaid must not be tried again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CUT_OFF


def main(argv: Sequence[str] | None = None) -> int:
    """Run `diemcau COMMAND …` and return its exit code."""
    name, *arguments = [*(sys.argv[1:] if argv is None else argv), ""]
    if name in {"-h", "--help", "help"}:
        print(usage())
        return 0
    if name not in COMMANDS:
        print(usage(), file=sys.stderr)
        return USAGE
    return start(name, arguments[:-1])


if __name__ == "__main__":
    sys.exit(main())
