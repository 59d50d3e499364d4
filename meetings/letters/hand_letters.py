"""Letters about hand-overs: to who is asked, and to who asked or looked after it before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from meetings.approval.handovers import HandAnswer, HandOver
from meetings.letters.notices import Notice
from meetings.letters.notifying import tell_people
from meetings.model import Conference, PersonId, Role
from meetings.rules import owner_in
from meetings.store import Connection
from meetings.store.readers import Addressee, list_nearest_readers, list_people_readers

NOTICES: Mapping[HandAnswer, Notice] = MappingProxyType(
    {
        HandAnswer.DECLINED: Notice.HAND_DECLINED,
        HandAnswer.WITHDRAWN: Notice.HAND_WITHDRAWN,
        HandAnswer.LAPSED: Notice.HAND_LAPSED,
    }
)


async def tell_offered(
    conn: Connection, conference: Conference, offered: HandOver, *, now: datetime
) -> None:
    """Ask the receiver."""
    people, key = await _receivers(conn, offered), f"{Notice.HAND_OFFER}/{offered.id}"
    await tell_people(conn, Notice.HAND_OFFER, conference, people, key=key, now=now)


async def tell_accepted(
    conn: Connection,
    before: Conference,
    after: Conference,
    *,
    giver: PersonId | None,
    taker: PersonId | None,
    now: datetime,
) -> None:
    """Tell who offered it and who looked after it before, but not who took it."""
    relieved = {one for one in (before.owner, giver) if one and one != taker}
    people = await list_people_readers(conn, relieved)
    key = f"{Notice.HAND_ACCEPTED}/{after.id}/{after.version}"
    await tell_people(conn, Notice.HAND_ACCEPTED, after, people, key=key, now=now)


async def tell_closed(
    conn: Connection,
    conference: Conference,
    offered: HandOver,
    answer: HandAnswer,
    *,
    now: datetime,
    reason: str,
) -> None:
    """Tell the giver that it came to nothing, or the receiver that it was taken back."""
    notice = NOTICES[answer]
    if answer is HandAnswer.WITHDRAWN:
        people = await _receivers(conn, offered)
    else:
        people = await _givers(conn, conference, offered)
    key = f"{notice}/{offered.id}"
    await tell_people(conn, notice, conference, people, key=key, now=now, reason=reason)


async def _receivers(conn: Connection, offered: HandOver) -> list[Addressee]:
    if offered.person is not None:
        return await list_people_readers(conn, [offered.person])
    found = await list_nearest_readers(conn, offered.host, Role.SECRETARY)
    return [one for one in found if one.person != owner_in(offered.offered_by)]


async def _givers(conn: Connection, conference: Conference, offered: HandOver) -> list[Addressee]:
    giver = owner_in(offered.offered_by)
    if giver is not None:
        return await list_people_readers(conn, [giver])
    return await list_nearest_readers(conn, conference.host, Role.SECRETARY)
