"""What a bridge's post is worth: taken, held back, or refused.

Pure: a request in, a verdict out.  Whatever is refused here is counted as delivered by Prosody if
the status is below 500, so that a refused event of a known bridge is worth keeping for a replay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType

from bridges.errors import BadNews
from bridges.jitsi import events
from bridges.receiving.astray import Marks, Stray, stray_of
from bridges.receiving.callers import Caller, Network, nearest
from bridges.receiving.heads import Head
from bridges.receiving.held import Why

PREFIX = "/bridges/"
EVENTS = "/events/"


class Keep(StrEnum):
    """What becomes of an event."""

    EVENT = "event"
    WRONG_SECRET = "wrong-secret"  # noqa: S105 - it is none
    UNREADABLE = "unreadable"
    WRONG_ADDRESS = "wrong-address"
    NOBODYS = "nobodys"
    TOO_LARGE = "too-large"
    SLOW = "slow"
    NOTHING = "nothing"

    @property
    def why(self) -> Why | None:
        """Why it is held back, None where it is not."""
        return HELD.get(self)


HELD: Mapping[Keep, Why] = MappingProxyType(
    {
        Keep.WRONG_SECRET: Why.WRONG_SECRET,
        Keep.UNREADABLE: Why.UNREADABLE,
        Keep.WRONG_ADDRESS: Why.WRONG_ADDRESS,
        Keep.NOBODYS: Why.WRONG_ADDRESS,
        Keep.TOO_LARGE: Why.TOO_LARGE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a request is answered and whether its body is kept; nobody's may be of each in `own`."""

    status: HTTPStatus
    keep: Keep = Keep.NOTHING
    bridge: str = ""
    path: str = ""
    own: tuple[str, ...] = ()

    @property
    def whose(self) -> str:
        """The bridge, or all whose it may be."""
        return self.bridge or ",".join(self.own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a request is judged by; `callers` is None while nobody has told us of any bridge."""

    callers: Mapping[str, Caller] | None
    proxies: Sequence[Network] = ()


def decide(head: Head, body: bytes, known: Known, *, peer: str, now: float) -> Verdict:
    """Judge a request that came from a peer at a moment in Unix seconds.

    A refused event is kept if it has a bridge's secret, or comes from one of its addresses; a
    stranger hears only that it is refused.  Of one whose body is not read only that it came is
    kept.
    """
    unheard = head.unheard
    verdict = judge(head, b"" if unheard else body, known, peer=peer, now=now)
    return verdict if unheard is None else untaken(verdict, unheard)


def untaken(verdict: Verdict, status: HTTPStatus) -> Verdict:
    """Judge an event whose body is not read: a later try is no better, so none is asked for."""
    if verdict.status is HTTPStatus.SERVICE_UNAVAILABLE:
        return verdict
    large = status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    keep = Keep.NOTHING
    if verdict.bridge and verdict.keep is not Keep.NOTHING:
        keep = Keep.TOO_LARGE if large else Keep.UNREADABLE
    return replace(verdict, status=status, keep=keep, own=())


def judge(head: Head, body: bytes, known: Known, *, peer: str, now: float) -> Verdict:
    """Judge a request by whom it is from, where it goes and what it holds."""
    front, slash, path = squeezed(head.path).rpartition(EVENTS)
    if not slash:
        return Verdict(status=HTTPStatus.NOT_FOUND)
    if head.method != "POST":
        return Verdict(status=HTTPStatus.METHOD_NOT_ALLOWED)
    if known.callers is None:
        return Verdict(status=HTTPStatus.SERVICE_UNAVAILABLE)
    bridge = front.removeprefix(PREFIX)
    caller = known.callers.get(bridge) if front.startswith(PREFIX) else None
    if caller is not None and caller.knows(head.secret, now):
        status = judge_event(path, body)
        keep = Keep.EVENT if status is HTTPStatus.OK else Keep.UNREADABLE
        return Verdict(status=status, keep=keep, bridge=bridge, path=path)
    address = nearest(peer, head.forwarded, known.proxies)
    own = owners(known.callers, head.secret, address, now)
    return refuse(bridge if caller is not None else "", path, own)


def late(head: Head | None, known: Known, *, now: float) -> Verdict:
    """Judge a request that was not whole in time; `head` is None where not even that came.

    Prosody sends again what is answered 503, and takes 408 for delivered: who has a bridge's
    secret is asked again.
    """
    if known.callers is None:
        return Verdict(status=HTTPStatus.SERVICE_UNAVAILABLE)
    proved = proven(known.callers, head.secret, now) if head is not None else ()
    if not proved:
        return Verdict(status=HTTPStatus.REQUEST_TIMEOUT)
    return Verdict(status=HTTPStatus.SERVICE_UNAVAILABLE, keep=Keep.SLOW, bridge=proved[0])


def stray(head: Head, known: Known, *, peer: str, now: float) -> Stray | None:
    """Return the call to nowhere that a request is, None where it bears no bridge's marks."""
    callers = known.callers or {}
    address = nearest(peer, head.forwarded, known.proxies)
    marks = Marks(
        agent=head.agent,
        by_secret=proven(callers, head.secret, now),
        by_address=[name for name, caller in callers.items() if caller.calls_from(address)],
    )
    at = datetime.fromtimestamp(now, UTC)
    return stray_of(
        head.method, head.host + head.path, marks, bridges=callers, at=at, address=address
    )


def squeezed(path: str) -> str:
    """Return a path as it was meant where an address was typed with a slash at its end."""
    while "//" in path:
        path = path.replace("//", "/")
    return path


def proven(callers: Mapping[str, Caller], secret: bytes, now: float) -> Sequence[str]:
    """Return the bridges whose secret this is, at most one unless two were given the same."""
    return [name for name, caller in callers.items() if caller.knows(secret, now)]


def owners(callers: Mapping[str, Caller], secret: bytes, address: str, now: float) -> Sequence[str]:
    """Return whose event it can be that is refused: by its secret, or its address."""
    by_secret = proven(callers, secret, now)
    return by_secret or [name for name, one in callers.items() if one.calls_from(address)]


def refuse(bridge: str, path: str, own: Sequence[str]) -> Verdict:
    """Judge an event without the secret of the bridge it is for, "" where we know none such.

    It is kept for the bridge whose it is; what may be of several until its room tells.
    """
    status = HTTPStatus.UNAUTHORIZED if bridge else HTTPStatus.NOT_FOUND
    if bridge in own:
        return Verdict(status=status, keep=Keep.WRONG_SECRET, bridge=bridge, path=path)
    if len(own) == 1 and path in events.PATHS:
        return Verdict(status=status, keep=Keep.WRONG_ADDRESS, bridge=own[0], path=path)
    if own and path in events.PATHS:
        return Verdict(status=status, keep=Keep.NOBODYS, path=path, own=tuple(own))
    return Verdict(status=status, bridge=bridge, path=path)


def judge_event(path: str, body: bytes) -> HTTPStatus:
    """Return the status for an event whose sender is known."""
    if path not in events.PATHS:
        return HTTPStatus.NOT_FOUND
    try:
        events.parse(path, body)
    except BadNews:
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.OK
