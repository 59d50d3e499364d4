"""Stretches of a sheet that say something of all halls: not seen, not relayed, not told right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from meetings.content.upstreams import Loss, Source
from meetings.exporting.tables import Cell, Page
from meetings.model import BlindSpot, ClockStep
from meetings.office.workdays import ZONE

COLUMNS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "vi": ("Không có dữ liệu điểm danh", "Mất cầu cấp trên", "Chỉnh đồng hồ máy chủ cầu"),
        "en": ("Nobody could see", "Upstream lost", "Clock of a bridge was set"),
    }
)
HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vi": ("Việc", "Từ", "Đến", "Thời gian (giây)", "Căn cứ", "Ghi chú"),
        "en": ("What", "From", "Until", "Length (seconds)", "As told by", "Remark"),
    }
)
PAGES: Mapping[str, str] = MappingProxyType({"vi": "Gián đoạn", "en": "Interruptions"})
REASONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "vi": {
            "never-heard": "máy chủ cầu không gửi tin gì về phòng họp",
            "lost-track": "mất tin từ máy chủ cầu khi phòng họp chưa kết thúc",
            "failover": "phòng họp được chuyển khỏi máy chủ cầu bị sự cố",
            "uncounted": "máy chủ cầu đếm thấy người trong phòng mà không báo là ai",
            "undercounted": "máy chủ cầu đếm thấy ít người hơn số đã báo là ở trong phòng",
        },
        "en": {
            "never-heard": "the bridge told nothing of the room",
            "lost-track": "the bridge fell silent before the room's end",
            "failover": "the room moved away from a bridge that had failed",
            "uncounted": "the bridge counted people that it did not name",
            "undercounted": "the bridge counted fewer people than it had named",
        },
    }
)
SOURCES: Mapping[str, Mapping[Source, str]] = MappingProxyType(
    {
        "vi": {Source.PERSON: "người báo", Source.RELAY: "điểm cầu tiếp sóng không có trong phòng"},
        "en": {Source.PERSON: "a person", Source.RELAY: "the relaying hall was not in"},
    }
)
CLOCKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "vi": ("chỉnh tiến {n} giây", "chỉnh lùi {n} giây"),
        "en": ("forward by {n} seconds", "back by {n} seconds"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """What a sheet says besides its rows."""

    blind: Sequence[BlindSpot] = ()
    losses: Sequence[Loss] = ()
    clocks: Sequence[ClockStep] = ()


def in_cells(found: Stretches, locale: str) -> tuple[str, str, str]:
    """Return each kind in a cell, as they stand on every line of a CSV file."""
    blind = (
        f"{span(one.period.start, one.period.end)} {reason(one, locale)}" for one in found.blind
    )
    lost = (
        f"{span(one.start, one.end)} {SOURCES[locale][one.source]}{remark(one)}"
        for one in found.losses
    )
    clocks = (
        f"{span(one.period.start, one.period.end)} {one.bridge}: {setting(one, locale)}"
        for one in found.clocks
    )
    return "; ".join(text.strip() for text in blind), "; ".join(lost), "; ".join(clocks)


def page(found: Stretches, locale: str) -> Page | None:
    """Return all kinds as a page of a workbook, None where there is nothing to tell."""
    if not found.blind and not found.losses and not found.clocks:
        return None
    blind, lost, clock = COLUMNS[locale]
    rows: list[Sequence[Cell]] = [
        (blind, *ends(one.period.start, one.period.end), reason(one, locale), "")
        for one in found.blind
    ]
    rows += [
        (lost, *ends(one.start, one.end), SOURCES[locale][one.source], one.remark)
        for one in found.losses
    ]
    rows += [
        (clock, *ends(one.period.start, one.period.end), one.bridge, setting(one, locale))
        for one in found.clocks
    ]
    return Page(name=PAGES[locale], header=HEADERS[locale], rows=rows)


def ends(start: datetime, end: datetime | None) -> tuple[Cell, Cell, Cell]:
    """Return from when until when, and how many seconds; what still lasts has no end."""
    if end is None:
        return moment(start), "", None
    return moment(start), moment(end), round((end - start).total_seconds())


def span(start: datetime, end: datetime | None) -> str:
    """Write a stretch within a day to the second, or one that still lasts."""
    until = f"{end.astimezone(ZONE):%H:%M:%S}" if end else "…"
    return f"{start.astimezone(ZONE):%H:%M:%S} – {until}"


def reason(spot: BlindSpot, locale: str) -> str:
    """Return why nobody could see, or the code of it."""
    return REASONS[locale].get(spot.reason, spot.reason)


def setting(step: ClockStep, locale: str) -> str:
    """Return by how much a clock was set."""
    forward, back = CLOCKS[locale]
    return (forward if step.seconds > 0 else back).format(n=abs(step.seconds))


def remark(loss: Loss) -> str:
    """Return what was said of a loss."""
    return f" ({loss.remark})" if loss.remark else ""


def moment(at: datetime) -> str:
    """Write a moment as the other cells do."""
    return f"{at.astimezone(ZONE):%d/%m/%Y %H:%M:%S}"
