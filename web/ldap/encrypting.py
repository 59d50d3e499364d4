"""Encryption of the way to a directory service, by the standard library's own rules."""

from __future__ import annotations

import ssl
from pathlib import Path

import ldap3


class StrictTls(ldap3.Tls):
    """Checks certificate and host as the standard library does.

    The library's own way calls `ssl.match_hostname`, which newer Pythons no longer have, and
    leaves a socket open whose certificate it refused.
    """

    def __init__(self, host: str, ca_file: Path | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self.host = host
        self.ca_file = ca_file

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002 - the library's signature
        """Encrypt the connection's socket.

        Raises:
            ssl.SSLError: the certificate is not trusted, or of another host.
        """
        context = ssl.create_default_context(cafile=self.ca_file)
        connection.socket = context.wrap_socket(
            connection.socket, server_hostname=self.host, do_handshake_on_connect=do_handshake
        )
