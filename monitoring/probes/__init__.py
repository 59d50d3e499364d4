"""Kinds of probes: one module each, all of one shape, listed in one table.

A probe looks once and never fails: it reports.  A new kind is a module here, a line in the table,
a value of `ProbeKind` and of the check in the schema, and a test file.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from monitoring.model import ProbeKind, Result, Target
from monitoring.probes import http, icmp, tcp
from monitoring.vantage import Vantage

Probe = Callable[[Target, Vantage], Awaitable[Result]]

PROBES: Mapping[ProbeKind, Probe] = MappingProxyType(
    {ProbeKind.TCP: tcp.probe, ProbeKind.HTTP: http.probe, ProbeKind.ICMP: icmp.probe}
)
