"""Passwords of people of the directory service: checked in threads, a few at a time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog

from web.errors import DirectoryDown, TooBusy
from web.ldap.asking import is_right
from web.ldap.model import LdapError, Service

log = structlog.get_logger(__name__)

THREADS = 4
LONGEST_QUEUE = 20
PATIENCE_SECONDS = 15
"""Longer than any one wait of a thread; a pile of slow answers ends here."""


class Prover:
    """Asks the service whether a password is right; a slow service holds no request for long."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="ldap")
        self.waiting = 0

    async def is_right(self, login: str, key: str, password: str) -> bool:
        """Tell whether the service takes the password for the entry of that login and id.

        Raises:
            DirectoryDown: it does not say; the reason stands in the log.
            TooBusy: too many wait already.
        """
        if self.waiting >= THREADS + LONGEST_QUEUE:
            raise TooBusy
        self.waiting += 1
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(
                    self.threads, is_right, self.service, login, key, password
                )
        except (LdapError, TimeoutError) as error:
            log.warning("directory service does not say", reason=str(error) or "too slow")
            raise DirectoryDown from error
        finally:
            self.waiting -= 1

    def close(self) -> None:
        """Let the threads go."""
        self.threads.shutdown(wait=False, cancel_futures=True)
