"""Every code that a result or a flip may carry as its reason, for whoever puts it into words.

Beside these there is `http-404` and the like: the status a web page answered with.
"""

from __future__ import annotations

from monitoring.rules import GAP

FAILURES = frozenset(
    {
        "network",
        "no-http",
        "no-such-name",
        "refused",
        "reset",
        "timeout",
        "tls",
        "too-long",
        "unreachable",
    }
)
"""The target did not answer as it should."""

BLIND = frozenset(
    {
        "forbidden-address",
        "names-busy",
        "names-unavailable",
        "no-sockets",
        "no-such-network",
        "not-permitted",
    }
)
"""This machine could not look: nothing is known of the target."""

ALL = FAILURES | BLIND | {GAP}
