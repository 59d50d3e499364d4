"""The house's own protocol modules against the trial bridge: each was written from the captures."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from bridges.jitsi import events, reservations, tokens
from bridges.jitsi.roles import EntryRole
from bridges.model import EvidenceKind, RoomName
from bridges.trial.simulate import SimulatedHall
from meetings.model import SiteId
from tests.bridges.trial.stage import ROOM, SECRET, Received, a_pair, approve, room_url


def answer(request: Received) -> tuple[int, bytes]:
    """Answer a reservation with the house's own words."""
    if request.path != "/reservations/conference":
        return approve(request)
    asked = reservations.parse_form(request.body)
    now = datetime.now(UTC)
    end = now + timedelta(hours=1)
    return 200, reservations.granted(
        asked.room, name=asked.name, owner=asked.owner, opens_at=now, closes_at=end
    )


async def test_the_houses_tokens_answers_and_parsers_fit_the_trial_bridge():
    now = datetime.now(UTC)
    entries = [
        tokens.Entry(
            room=RoomName(ROOM),
            site=SiteId(number),
            name=f"Điểm cầu {number}",
            hard_end=now + timedelta(hours=1),
            role=EntryRole.SITE if number else EntryRole.CHAIR,
        )
        for number in range(3)
    ]
    signed = [
        tokens.sign(
            tokens.entry_claims(entry, app_id="diemcau", xmpp_domain="trial.diemcau", now=now),
            SECRET,
        )
        for entry in entries
    ]

    async with a_pair(answer) as (recorder, bridge), AsyncExitStack() as stack:
        for token in signed:
            await stack.enter_async_context(SimulatedHall(room_url(bridge), token))
    read = [
        events.parse(one.path.removeprefix("/events/"), one.body)
        for one in recorder.received
        if one.path.startswith("/events/")
    ]

    seen = {(one.kind, occupant.user) for one in read for occupant in one.occupants}
    users = {"site-0", "site-1", "site-2"}
    kinds = (EvidenceKind.JOINED, EvidenceKind.LEFT, EvidenceKind.DESTROYED)
    assert len(read) == 8
    assert {str(one.room) for one in read} == {ROOM}
    assert seen == {(kind, user) for kind in kinds for user in users}
    assert {path for path in recorder.paths if path.startswith("DELETE")} == {
        f"DELETE /reservations/conference/{ROOM}"
    }
