"""What a technician reads: one letter for all that changed, in Vietnamese or English.

The words stand here and not in the pages' catalogue because the letter is written where the flips
are told, in their transaction; a test holds both languages to the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType

from meetings.office.workdays import ZONE
from monitoring.model import Health, Untold

Words = Mapping[str, str]

VIETNAMESE: Words = MappingProxyType(
    {
        "subject-down": "{down} điểm cầu mất kết nối",
        "subject-up": "{up} điểm cầu đã kết nối lại",
        "subject-both": "{down} điểm cầu mất kết nối, {up} đã kết nối lại",
        "down": "mất kết nối từ",
        "up": "đã kết nối lại lúc",
        "more": "… và {n} thay đổi khác: xem trang Theo dõi.",
        "end": "Thư này do diemcau tự động gửi; xin đừng trả lời.",
        "refused": "thiết bị từ chối kết nối",
        "reset": "kết nối bị ngắt",
        "unreachable": "không có đường tới thiết bị",
        "timeout": "không trả lời",
        "network": "lỗi mạng",
        "tls": "không mở được kết nối bảo mật",
        "no-http": "trả lời không phải là trang web",
        "too-long": "trả lời quá dài",
        "no-such-name": "không có tên máy này",
        "http": "trang web báo lỗi {code}",
    }
)
ENGLISH: Words = MappingProxyType(
    {
        "subject-down": "Halls out of reach: {down}",
        "subject-up": "Halls reached again: {up}",
        "subject-both": "Halls out of reach: {down}; reached again: {up}",
        "down": "out of reach since",
        "up": "reached again at",
        "more": "… and {n} more changes: see the Watch page.",
        "end": "diemcau sent this by itself; please do not answer.",
        "refused": "the device refused the connection",
        "reset": "the connection was cut",
        "unreachable": "there is no way to the device",
        "timeout": "no answer",
        "network": "network error",
        "tls": "no secure connection could be opened",
        "no-http": "the answer was no web page",
        "too-long": "the answer was too long",
        "no-such-name": "there is no machine of that name",
        "http": "the web page said error {code}",
    }
)
WORDS: Mapping[str, Words] = MappingProxyType({"vi": VIETNAMESE, "en": ENGLISH})

MOST_LINES = 200


def letter(items: Sequence[Untold], locale: str) -> dict[str, str]:
    """Return subject and text about these flips, one for each target, grouped by unit."""
    words = WORDS[locale]
    ordered = sorted(items, key=lambda item: (item.unit_key, item.unit, item.label, item.device))
    lines: list[str] = []
    for _, group in groupby(ordered[:MOST_LINES], key=lambda item: item.unit):
        of_unit = list(group)
        lines += [of_unit[0].unit_name, *(f"  - {line(item, words)}" for item in of_unit), ""]
    if len(ordered) > MOST_LINES:
        lines += [words["more"].format(n=len(ordered) - MOST_LINES), ""]
    return {"subject": subject(items, words), "text": "\n".join([*lines, words["end"], ""])}


def subject(items: Sequence[Untold], words: Words) -> str:
    """Return how many halls this is about; one with something down counts as down."""
    down = {item.site for item in items if item.flip.now is Health.DOWN}
    up = {item.site for item in items} - down
    key = "subject-both" if up and down else "subject-down" if down else "subject-up"
    return words[key].format(down=len(down), up=len(up))


def line(item: Untold, words: Words) -> str:
    """Return what happened to one target."""
    said = f"{item.label}, {item.device}: {words[item.flip.now.value]} {moment(item.flip.at)}"
    why = reason(item.flip.reason, words) if item.flip.now is Health.DOWN else ""
    return f"{said} ({why})" if why else said


def reason(code: str, words: Words) -> str:
    """Return a result's code in words; one without words stays a code."""
    if code.startswith("http-"):
        return words["http"].format(code=code.removeprefix("http-"))
    return words.get(code, code)


def moment(at: datetime) -> str:
    """Return a moment as people here write it."""
    return at.astimezone(ZONE).strftime("%H:%M %d/%m/%Y")
