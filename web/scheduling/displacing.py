"""Approval over others, from end to end: whose halls are taken loses its room, not its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bridges.placement.rooms import free_room
from meetings.approval import approving, asking
from meetings.approval.chains import Step, own_step
from meetings.directory.finding import unit_by_id
from meetings.model import Conference, ConferenceId, Wish
from meetings.scheduling.displacing import confirm_over
from meetings.store import Connection, conferences
from web.approval.approving import approve_request, decider_of, furnished, pools_asked
from web.errors import Forbidden
from web.input.forms import Body, Digest, WishBody
from web.permissions import Permission, may
from web.scheduling.booking import Desk, ask_for


class ApproveBody(Body):
    """Whether others may give way; the digest says that exactly they were shown."""

    displace: bool = False
    digest: Digest = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """Whose step over others it is, and what was shown to them."""

    desk: Desk
    digest: str


async def ask(
    conn: Connection, desk: Desk, wish: Wish, body: WishBody, *, steps: Sequence[Step]
) -> Conference:
    """Do with a wish what its body says: book, ask who must agree, keep, or book over others."""
    if not body.displace:
        return await ask_for(conn, desk, wish, body, steps=steps)
    await check_may_displace(conn, desk, wish)
    by, now = desk.actor.name, desk.now
    step = own_step(wish.host)
    asked = await asking.request(
        conn, wish, steps=(step,), bridge=body.bridge or "", by=by, now=now
    )
    after = await taken(Over(desk=desk, digest=body.digest), conn, asked)
    return await furnished(conn, desk, after)


async def approve(
    conn: Connection,
    desk: Desk,
    conference: ConferenceId,
    body: ApproveBody,
    *,
    version: int | None,
) -> Conference:
    """Say yes; where it is allowed and was shown, conferences of lower rank give way."""
    if not body.displace:
        return await approve_request(conn, desk, conference, version=version)
    found = await conferences.get_conference(conn, conference)
    await check_may_displace(conn, desk, found)
    after = await approving.approve(
        conn,
        conference,
        decider=decider_of(desk.actor),
        version=version,
        now=desk.now,
        confirmed=partial(taken, Over(desk=desk, digest=body.digest)),
    )
    return await furnished(conn, desk, after)


async def taken(over: Over, conn: Connection, before: Conference) -> Conference:
    """Confirm a request over others; close their rooms and those of their line tests."""
    by, now = over.desk.actor.name, over.desk.now
    pools = await pools_asked(conn, before.id)
    outcome = await confirm_over(conn, before, digest=over.digest, by=by, now=now, pools=pools)
    for gone in (*(one.id for one in outcome.displaced), *outcome.called_off):
        await free_room(conn, gone, now=now)
    return outcome.conference


async def check_may_displace(conn: Connection, desk: Desk, wanted: Wish | Conference) -> None:
    """Raise Forbidden when the actor may not make others give way to this host's conferences."""
    host = await unit_by_id(conn, wanted.host)
    if not may(desk.actor, Permission.DISPLACE, host.path):
        raise Forbidden(Permission.DISPLACE.value)
