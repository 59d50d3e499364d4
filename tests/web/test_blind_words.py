"""Why nobody could be seen is told in the same words on the sheet's page and in its files."""

from meetings.attendance.stretches import REASONS
from web.wording.room_phrases import BLIND


def test_files_tell_every_reason_that_the_page_tells():
    assert REASONS["en"] == BLIND
    assert REASONS["vi"].keys() == BLIND.keys()
    assert set(REASONS["vi"].values()).isdisjoint(BLIND)
