"""The letter that says that a bridge's clock was set while a conference lasted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bridges.store.quarantine import list_keepers
from meetings.model import ClockStep
from meetings.office.workdays import ZONE
from meetings.outbox import enqueue
from meetings.store import Connection
from meetings.store.presences import list_clock_steps_since

NEWS = timedelta(days=1)

Words = Mapping[str, str]
VIETNAMESE: Words = MappingProxyType(
    {
        "forward": "tiến",
        "back": "lùi",
        "subject": "Cầu {bridge}: đồng hồ bị chỉnh {way} {n} giây trong lúc họp",
        "text": (
            "Từ {start} đến {end}, trong lúc họp, đồng hồ của máy chủ cầu {bridge} bị chỉnh {way} "
            "{n} giây. Giờ vào, giờ ra trước và sau đó được tính theo độ lệch của từng đoạn; bảng "
            "điểm danh có ghi rõ. Giờ được báo sát lúc chỉnh có thể lệch chừng ấy.\n\n"
            "1. Kiểm tra NTP trên máy chủ đó.\n"
            "2. Kiểm tra lại: trang máy chủ cầu, hoặc diemcau bridge check {bridge}\n\n"
            "Thư này do diemcau tự động gửi; xin đừng trả lời.\n"
        ),
    }
)
ENGLISH: Words = MappingProxyType(
    {
        "forward": "forward",
        "back": "back",
        "subject": "Bridge {bridge}: its clock was set {way} by {n} s during a conference",
        "text": (
            "Between {start} and {end}, during a conference, the clock of the bridge {bridge} was "
            "set {way} by {n} seconds. Comings and goings before and after are read each by its "
            "own difference; the sheet says so. What was told close to it may be off by as much."
            "\n\n"
            "1. Look after NTP on that machine.\n"
            "2. Check again: the bridge's page, or diemcau bridge check {bridge}\n\n"
            "diemcau sent this by itself; please do not answer.\n"
        ),
    }
)
WORDS: Mapping[str, Words] = MappingProxyType({"vi": VIETNAMESE, "en": ENGLISH})


async def tell_clock_steps(conn: Connection, now: datetime) -> int:
    """Queue a letter to technicians and administrators, one for each bridge and day."""
    steps = await list_clock_steps_since(conn, now - NEWS)
    keepers = await list_keepers(conn) if steps else []
    told = 0
    for step in steps:
        for keeper in keepers:
            day = step.period.end.astimezone(ZONE).date()
            key = f"clock/{step.bridge}/{day}/{keeper.id}"
            told += await enqueue(conn, key, keeper.email, letter(step, keeper.locale), now)
    return told


def letter(step: ClockStep, locale: str) -> dict[str, str]:
    """Return subject and text."""
    words = WORDS[locale]
    facts = {
        "bridge": step.bridge,
        "way": words["forward" if step.seconds > 0 else "back"],
        "n": abs(step.seconds),
        "start": f"{step.period.start.astimezone(ZONE):%H:%M:%S}",
        "end": f"{step.period.end.astimezone(ZONE):%H:%M:%S %d/%m/%Y}",
    }
    return {part: words[part].format(**facts) for part in ("subject", "text")}
