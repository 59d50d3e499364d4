"""Become another user, tie oneself to the parent's death, then become the program.

Run as a script, isolated and without site-packages:
`python -I -S launch.py UID GID PARENT PROGRAM ARGUMENT...`.  A script of its own, because code
between fork and exec (`preexec_fn`) may deadlock in a program with threads, and because
PostgreSQL refuses to run as root.
"""

import ctypes
import os
import signal
import sys

# The number is the kernel's, from its header prctl.h.
PR_SET_PDEATHSIG = 1


def become(uid: int, gid: int) -> None:
    """Drop every right of root for good; nothing to do when we are that user already."""
    if os.geteuid() == uid:
        return
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def die_with(parent: int) -> None:
    """Ask the kernel for SIGINT (PostgreSQL: fast shutdown) when the parent's thread ends.

    Must follow `become`: a change of user clears the request.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        raise SystemExit("the parent is gone already")


def main(arguments: list[str]) -> None:
    """Do the three steps in the order that they need."""
    uid, gid, parent, *command = arguments
    os.umask(0o077)
    become(int(uid), int(gid))
    die_with(int(parent))
    os.execv(command[0], command)  # noqa: S606  (that is what this script is for)


if __name__ == "__main__":
    main(sys.argv[1:])
