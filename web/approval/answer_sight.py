"""Who may answer a request or an offer, and is told when somebody else has done so.

They know of the conference as long as it waits; afterwards they read nothing more of it.
"""

from __future__ import annotations

from meetings.approval.chains import may_decide
from meetings.approval.errors import NoHandOver
from meetings.directory.finding import unit_by_id
from meetings.errors import ConferenceNotFound, IllegalMove
from meetings.model import ConferenceId, State
from meetings.scheduling.conferences import conference_by_id
from meetings.store import Connection
from meetings.store.approvals import list_approvals
from meetings.store.handing import list_offers
from web.access.actors import Actor
from web.access.visibility import Seen, offered_among, see
from web.approval.approving import decider_of


async def see_asked(conn: Connection, actor: Actor, conference: ConferenceId) -> Seen:
    """Return a request to somebody who may answer it, or may know it anyway.

    Raises:
        ConferenceNotFound: there is none for this actor, and never was.
        IllegalMove: it was theirs to answer, and somebody else has done so.
    """
    try:
        return await see(conn, actor, conference)
    except ConferenceNotFound:
        found = await conference_by_id(conn, conference)
        host = await unit_by_id(conn, found.host)
        steps = (await list_approvals(conn, [conference])).get(conference, ())
        if any(may_decide(step, host.path, decider_of(actor)) for step in steps):
            raise IllegalMove(conference, found.state, State.CONFIRMED) from None
        raise


async def see_offered(conn: Connection, actor: Actor, conference: ConferenceId) -> Seen:
    """Return a conference to somebody to whom it is offered, or who may know it anyway.

    Raises:
        ConferenceNotFound: there is none for this actor, and never was.
        NoHandOver: it was offered to them, and somebody else has answered.
    """
    try:
        return await see(conn, actor, conference)
    except ConferenceNotFound:
        if await offered_among(conn, actor, await list_offers(conn, conference)):
            raise NoHandOver(conference) from None
        raise
