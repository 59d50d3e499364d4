"""Sheets and reports as CSV and xlsx, in the words of an office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from meetings.attendance.reports import Report, Tally
from meetings.attendance.rollcall import told_by
from meetings.attendance.stretches import COLUMNS, Stretches, in_cells, page
from meetings.exporting.tables import Cell, Page, csv_file, xlsx_book, xlsx_file
from meetings.model import Attendance, Conference, Means, SheetRow, Site, SiteId
from meetings.office.workdays import ZONE

SHEET_HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vi": (
            "STT",
            "Mã đơn vị",
            "Điểm cầu",
            "Phòng họp",
            "Kết quả",
            "Vào lúc",
            "Ra lúc",
            "Có mặt (phút)",
            "Có mặt (giây)",
            "Vào muộn (phút)",
            "Về sớm (phút)",
            "Số người",
            "Căn cứ lúc vào",
            "Căn cứ lúc ra",
            "Vào bằng",
        ),
        "en": (
            "No.",
            "Unit code",
            "Site",
            "Hall",
            "Result",
            "In at",
            "Out at",
            "Present (minutes)",
            "Present (seconds)",
            "Late (minutes)",
            "Left early (minutes)",
            "People",
            "In at, as told by",
            "Out at, as told by",
            "In by",
        ),
    }
)
CONFERENCE_HEADERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"vi": ("Hội nghị", "Bắt đầu"), "en": ("Conference", "Start")}
)
STATES: Mapping[str, Mapping[Attendance, str]] = MappingProxyType(
    {
        "vi": {
            Attendance.EXPECTED: "Chưa vào",
            Attendance.PRESENT: "Có mặt",
            Attendance.LATE: "Vào muộn",
            Attendance.ABSENT: "Vắng",
            Attendance.UNKNOWN: "Chưa rõ",
        },
        "en": {
            Attendance.EXPECTED: "Not in yet",
            Attendance.PRESENT: "Present",
            Attendance.LATE: "Late",
            Attendance.ABSENT: "Absent",
            Attendance.UNKNOWN: "Not known",
        },
    }
)
SOURCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "vi": {
            "events": "máy chủ cầu báo",
            "census": "đếm trên máy chủ cầu",
            "heartbeat": "trang của điểm cầu",
            "estimated": "ước tính",
            "failover": "chuyển máy chủ cầu",
        },
        "en": {
            "events": "the bridge",
            "census": "a count on the bridge",
            "heartbeat": "the hall's page",
            "estimated": "an estimate",
            "failover": "a move to another bridge",
        },
    }
)
MEANS: Mapping[str, Mapping[Means, str]] = MappingProxyType(
    {
        "vi": {
            Means.LINK: "đường dẫn",
            Means.SIP: "thiết bị SIP",
            Means.H323: "thiết bị H.323",
            Means.PHONE: "điện thoại",
        },
        "en": {
            Means.LINK: "link",
            Means.SIP: "SIP room system",
            Means.H323: "H.323 room system",
            Means.PHONE: "telephone",
        },
    }
)
TALLIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vi": ("được mời", "có mặt", "vào muộn", "vắng", "chưa rõ", "số người"),
        "en": ("invited", "present", "late", "absent", "not known", "people"),
    }
)
REPORT_HEADERS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "vi": ("Mã đơn vị", "Xã, phường", "Cả kỳ", "Tổng cộng"),
        "en": ("Unit code", "Commune or ward", "All months", "Total"),
    }
)
SHEET_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"vi": ("Điểm danh", "Tổng hợp"), "en": ("Attendance", "Report")}
)
PARTS: Mapping[str, str] = MappingProxyType(
    {"vi": "{rows} trong {whole} điểm cầu", "en": "{rows} of {whole} halls"}
)
NOTHING = Stretches()
_SECONDS_A_MINUTE = 60


def sheet_csv(
    conference: Conference,
    rows: Sequence[SheetRow],
    sites: Mapping[SiteId, Site],
    *,
    beside: Stretches = NOTHING,
    locale: str = "vi",
) -> bytes:
    """Return a conference's sheet as CSV, one line for each site in the order of the rows.

    Each line names the conference and what holds for all its halls, so that files of many can be
    put one below the other.
    """
    named = (conference.title, _moment(conference.period.start))
    told = in_cells(beside, locale)
    return csv_file(
        (*CONFERENCE_HEADERS[locale], *SHEET_HEADERS[locale], *COLUMNS[locale]),
        ((*named, *cells, *told) for cells in _sheet_cells(rows, sites, locale)),
    )


def sheet_xlsx(
    conference: Conference,
    rows: Sequence[SheetRow],
    sites: Mapping[SiteId, Site],
    *,
    beside: Stretches = NOTHING,
    locale: str = "vi",
) -> bytes:
    """Return a conference's sheet as a workbook with the title and the period above it.

    One that holds a part of the halls says so there.
    What holds for all its halls is on a second page.
    """
    period = f"{_moment(conference.period.start)} – {_moment(conference.period.end)}"
    whole = len(conference.sites)
    part = PARTS[locale].format(rows=len(rows), whole=whole)
    sheet = Page(
        name=SHEET_NAMES[locale][0],
        above=(conference.title, period, *([part] if len(rows) < whole else [])),
        header=SHEET_HEADERS[locale],
        rows=list(_sheet_cells(rows, sites, locale)),
    )
    more = page(beside, locale)
    return xlsx_book([sheet, more] if more else [sheet])


def report_csv(report: Report, *, locale: str = "vi") -> bytes:
    """Return the monthly report as CSV, one line for each commune and one for all."""
    return csv_file(_report_header(report, locale), _report_cells(report, locale))


def report_xlsx(report: Report, *, title: str, locale: str = "vi") -> bytes:
    """Return the monthly report as a workbook with the title above it."""
    return xlsx_file(
        SHEET_NAMES[locale][1],
        (title,),
        _report_header(report, locale),
        list(_report_cells(report, locale)),
    )


def _sheet_cells(
    rows: Sequence[SheetRow], sites: Mapping[SiteId, Site], locale: str
) -> Iterable[tuple[Cell, ...]]:
    for number, row in enumerate(rows, start=1):
        site = sites[row.site]
        yield (
            number,
            site.unit_code,
            site.label,
            site.name,
            STATES[locale][row.state],
            _moment(row.first_in),
            _moment(row.last_out),
            row.present_seconds // _SECONDS_A_MINUTE,
            row.present_seconds,
            row.late_minutes,
            row.left_early_minutes,
            row.headcount,
            *(SOURCES[locale].get(source, source) for source in told_by(row)),
            ", ".join(MEANS[locale][one] for one in Means if one in row.means),
        )


def _report_header(report: Report, locale: str) -> list[str]:
    code, name, whole, _ = REPORT_HEADERS[locale]
    groups = [f"{month:%m/%Y}" for month in report.months] + [whole]
    return [code, name, *(f"{group}: {words}" for group in groups for words in TALLIES[locale])]


def _report_cells(report: Report, locale: str) -> Iterable[tuple[Cell, ...]]:
    for row in report.rows:
        yield (row.unit.code, row.unit.name, *_tally_cells((*row.months, row.total)))
    yield ("", REPORT_HEADERS[locale][3], *_tally_cells((*report.totals, report.total)))


def _tally_cells(tallies: Iterable[Tally]) -> Iterable[int]:
    for one in tallies:
        yield from (one.invited, one.present, one.late, one.absent, one.unknown, one.people)


def _moment(moment: datetime | None) -> str:
    """Return a moment as offices write it, to the second, so that nothing is lost."""
    return "" if moment is None else f"{moment.astimezone(ZONE):%d/%m/%Y %H:%M:%S}"
