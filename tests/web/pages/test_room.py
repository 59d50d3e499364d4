"""The room's page is drawn once for a conference, and is each hall's own all the same."""

from __future__ import annotations

import pytest

from bridges.entry.admitting import Ticket
from bridges.model import BridgeKind, RoomName
from web.app import read_pages
from web.pages.door.room import BASE, LABEL, TOKEN, draw, tell
from web.pages.live.frames import ALLOWED, frame_of

PUBLIC_URL = "https://meet.example.vn"
ROOM = RoomName("meeting-20261126-abc")
OF_A_CONFERENCE = {
    "title": "Giao ban <tháng 11> & \"thêm\" 'nữa'",
    "place": "meet/meeting-20261126-abc",
}
OF_A_HALL = {
    BASE: "/j/abc",
    LABEL: 'Xã <Chà Tở> & "bạn" {{ title }} \\1 url',
    TOKEN: "ey.A-_",
}


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_a_hall_is_told_the_page_as_if_drawn_for_it_alone(locale):
    environment = read_pages()[2][locale]

    drawing = draw(
        environment, kind=BridgeKind.JITSI, public_url=PUBLIC_URL, room=ROOM, **OF_A_CONFERENCE
    )

    token = OF_A_HALL[TOKEN]
    ticket = Ticket(public_url=PUBLIC_URL, room=ROOM, token=token, subject=OF_A_CONFERENCE["title"])
    alone = environment.get_template("room.html").render(
        frame=frame_of(BridgeKind.JITSI, PUBLIC_URL, ROOM, token, url=ticket.url),
        base=OF_A_HALL[BASE],
        label=OF_A_HALL[LABEL],
        allow=ALLOWED,
        **OF_A_CONFERENCE,
    )
    assert tell(drawing, OF_A_HALL).decode() == alone
    assert drawing.script == "https://meet.example.vn/external_api.js"
