"""The room's page is drawn once for a conference, and is each hall's own all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridges.model import BridgeKind, RoomName
from web.app import read_pages
from web.pages.frames import ALLOWED, Frame
from web.pages.room import draw, mark, tell

FRAME = Frame(
    kind=BridgeKind.JITSI,
    url=mark("url"),
    script="https://meet.example.vn/external_api.js",
    domain="meet.example.vn",
    room=RoomName("meeting-20261126-abc"),
    token=mark("token"),
    origin="https://meet.example.vn",
)
OF_A_CONFERENCE = {
    "title": "Giao ban <tháng 11> & \"thêm\" 'nữa'",
    "place": "meet/meeting-20261126-abc",
}
OF_A_HALL = {
    "base": "/j/abc",
    "label": 'Xã <Chà Tở> & "bạn" {{ title }} \\1 url',
    "url": "https://meet.example.vn/room#jwt=%22ey.A-_%22&config.subject=%22a%22",
    "token": "ey.A-_",
}


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_a_hall_is_told_the_page_as_if_drawn_for_it_alone(locale):
    environment = read_pages()[2][locale]

    told = tell(draw(environment, frame=FRAME, **OF_A_CONFERENCE), OF_A_HALL)

    own = dict(OF_A_HALL)
    frame = replace(FRAME, url=own.pop("url"), token=own.pop("token"))
    alone = environment.get_template("room.html")
    assert told == alone.render(frame=frame, **OF_A_CONFERENCE, **own, allow=ALLOWED)
