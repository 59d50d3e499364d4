"""The room's page is drawn once for a conference, and is each hall's own all the same."""

from __future__ import annotations

import pytest

from web.app import read_pages
from web.pages.room import ALLOWED, draw, tell

OF_A_CONFERENCE = {
    "title": "Giao ban <tháng 11> & \"thêm\" 'nữa'",
    "origin": "https://meet.example.vn",
    "place": "meet/meeting-20261126-abc",
}
OF_A_HALL = {
    "base": "/j/abc",
    "label": 'Xã <Chà Tở> & "bạn" {{ title }} \\1 url',
    "url": "https://meet.example.vn/room#jwt=%22ey.A-_%22&config.subject=%22a%22",
}


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_a_hall_is_told_the_page_as_if_drawn_for_it_alone(locale):
    environment = read_pages()[2][locale]

    told = tell(draw(environment, **OF_A_CONFERENCE), **OF_A_HALL)

    alone = environment.get_template("room.html")
    assert told == alone.render(**OF_A_CONFERENCE, **OF_A_HALL, allow=ALLOWED)
