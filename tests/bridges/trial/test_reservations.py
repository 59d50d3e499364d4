import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bridges.trial.model import RoomName
from bridges.trial.reservations import (
    EXPIRED,
    INVALID,
    REJECTED,
    Approved,
    Conflict,
    Refused,
    read_answer,
    read_moment,
)

ROOM = RoomName("giao-ban-2026")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GOOD = {
    "id": "lab-42",
    "name": ROOM,
    "mail_owner": "a@b",
    "start_time": "2026-11-23T01:00:00.000Z",
    "duration": 3600,
}
HOUR_LATER = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WRONG = Refused(code=500, text=INVALID)


def answered(status: int = 200, **changes: Any) -> object:
    body = json.dumps({**GOOD, **changes}).encode()
    return read_answer(ROOM, status, body, NOW)


def without(field: str) -> object:
    body = json.dumps({name: value for name, value in GOOD.items() if name != field}).encode()
    return read_answer(ROOM, 200, body, NOW)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (answered(), Approved(id="lab-42", ends_at=HOUR_LATER)),
        (answered(201), Approved(id="lab-42", ends_at=HOUR_LATER)),
        (answered(name=ROOM.upper()), Approved(id="lab-42", ends_at=HOUR_LATER)),
        (answered(id=42, duration="3600"), Approved(id="42.0", ends_at=HOUR_LATER)),
        (answered(name="another"), WRONG),
        (answered(duration=None), WRONG),
        (answered(duration="soon"), WRONG),
        (answered(start_time=1795462682), WRONG),
        (answered(start_time="2026-11-23 01:00:00"), WRONG),
        (answered(id=None), WRONG),
        (answered(max_occupants=8), Approved(id="lab-42", ends_at=HOUR_LATER)),
        (answered(max_occupants=None), WRONG),
        (answered(max_occupants=0), WRONG),
        (answered(password=None), WRONG),
        (answered(lobby=True), Approved(id="lab-42", ends_at=HOUR_LATER)),
        (answered(duration=1, start_time="2026-11-23T00:00:00Z"), Refused(code=419, text=EXPIRED)),
        (answered(202), Refused(code=202, text=REJECTED)),
        (read_answer(ROOM, 200, b"<html>proxy login</html>", NOW), WRONG),
        (read_answer(ROOM, 200, b"[]", NOW), WRONG),
        (read_answer(ROOM, 200, b"[" * 100_000, NOW), WRONG),
        (read_answer(ROOM, 201, b'{"message": "x"}', NOW), WRONG),
        (
            read_answer(ROOM, 403, b'{"message": "Too early"}', NOW),
            Refused(code=403, text="Too early"),
        ),
        (read_answer(ROOM, 404, b"", NOW), Refused(code=404, text=REJECTED)),
        (read_answer(ROOM, 0, b"", NOW), Refused(code=0, text=REJECTED)),
        (read_answer(ROOM, 409, b'{"conflict_id": "lab-9"}', NOW), Conflict(id="lab-9")),
        (read_answer(ROOM, 409, b'{"message": "taken"}', NOW), Refused(code=409, text=INVALID)),
        *[(without(field), WRONG) for field in GOOD],
    ],
)
def test_answer_is_read_as_prosody_reads_it(answer, verdict):
    assert answer == verdict


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T01:00:00Z", NOW),
        ("2026-11-23T01:00:00.123Z", NOW),
        ("2026-11-23T08:00:00+07:00", NOW),
        ("2026-11-23T08:00:00+0700", NOW),
        ("2026-11-23T08:00:00+07", NOW),
        ("2026-11-23T01:00:00", NOW),
        ("2026-11-22T22:30:00-02:30", NOW),
        ("2026-11-23 01:00:00Z", None),
        ("20261123T010000Z", None),
        ("2026-11-23T01:00Z", None),
        ("2026-13-23T01:00:00Z", None),
        (None, None),
    ],
)
def test_start_time_is_read_as_prosody_reads_it(text, moment):
    assert read_moment(text) == moment
