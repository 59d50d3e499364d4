"""Sheets as pages and as files: what one calls a thing, the other does."""

import pytest

from meetings.attendance.stretches import COLUMNS, REASONS
from meetings.exporting.sheets import STATES
from meetings.model import Attendance
from web.i18n import load_catalogues
from web.wording.phrases import ATTENDANCES
from web.wording.room_phrases import BLIND
from web.wording.speech import Speech

VIETNAMESE = Speech(locale="vi", catalogue=load_catalogues()["vi"])


@pytest.mark.parametrize("state", Attendance)
def test_a_state_is_called_alike(state):
    assert STATES["vi"][state] == VIETNAMESE.word(ATTENDANCES[state])


@pytest.mark.parametrize("reason", sorted(BLIND))
def test_why_nobody_could_be_seen_is_said_alike(reason):
    assert REASONS["vi"][reason] == VIETNAMESE.word(BLIND[reason])
    assert REASONS["en"][reason] == BLIND[reason]


def test_stretches_without_data_are_called_alike():
    assert COLUMNS["vi"][0].lower() in VIETNAMESE.tell("When nobody could be seen")
