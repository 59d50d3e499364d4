"""A busy week of a province, as the views of the schedule are looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from meetings.directory.finding import find_sites
from meetings.model import Kind, State
from meetings.store import Connection
from tests.makers import a_conference, all_communes

PLANS = (
    # day, hour, hours, sites, host, chair, title
    (
        0,
        8,
        2.5,
        "all",
        "11.vpubnd",
        "Chủ tịch UBND tỉnh",
        "Họp giao ban trực tuyến tháng 11 với các xã, phường",
    ),
    (
        0,
        14,
        2.0,
        "5",
        "11.skhcn",
        "Giám đốc Sở Khoa học và Công nghệ",
        "Tập huấn kỹ năng số cho cán bộ kỹ thuật cấp xã",
    ),
    (
        1,
        8,
        3.5,
        "all",
        "11.vptu",
        "Phó Bí thư Thường trực Tỉnh ủy",
        "Hội nghị quán triệt, triển khai Nghị quyết của Bộ Chính trị",
    ),
    (1, 14, 1.5, "8", "11.syt", "Giám đốc Sở Y tế", "Triển khai tiêm chủng mùa đông - xuân"),
    (1, 15, 2.0, "12-", "11.snv", "Phó Chánh Văn phòng UBND tỉnh", "Giao ban cải cách hành chính"),
    (
        2,
        7.5,
        2.0,
        "6",
        "11.sdttg",
        "Phó Chủ tịch UBND tỉnh",
        "Giảm nghèo bền vững các xã biên giới",
    ),
    (
        2,
        8,
        2.0,
        "9-",
        "11.snnmt",
        "Giám đốc Sở Nông nghiệp và Môi trường",
        "Ứng phó mưa lũ, sạt lở đất",
    ),
    (2, 9, 2.0, "4--", "11.03166", "Chủ tịch UBND xã", "Giao ban thôn, bản"),
    (
        2,
        14,
        2.5,
        "all",
        "11.vpubnd",
        "Chủ tịch UBND tỉnh",
        "Triển khai nhiệm vụ phát triển kinh tế - xã hội năm 2027",
    ),
    (3, 8, 4.0, "all", "11.vphdnd", "Chủ tịch HĐND tỉnh", "Kỳ họp chuyên đề HĐND tỉnh"),
    (3, 14, 0.5, "all", "11.skhcn", "Trưởng ca trực kỹ thuật", "Phiên kết nối thử kỹ thuật"),
    (
        4,
        8,
        3.5,
        "all",
        "11.sgddt",
        "Phó Chủ tịch UBND tỉnh",
        "Tổng kết năm học và triển khai nhiệm vụ năm học mới",
    ),
    (4, 14, 2.0, "10", "11.stp", "Giám đốc Sở Tư pháp", "Tập huấn hòa giải ở cơ sở"),
)


async def a_busy_week(conn: Connection, monday: datetime) -> list[int]:
    """Book the week that begins on that local Monday midnight; return the conferences' ids."""
    communes = sorted(await all_communes(conn, monday))
    offices = {
        site.unit_code: site.id
        for site in await find_sites(conn, on=monday.date(), limit=500)
        if site.id not in communes
    }
    ids = []
    for day, hour, hours, which, host, chair, title in PLANS:
        begun = monday + timedelta(days=day, hours=hour)
        count = which.rstrip("-")
        shift = 15 * which.count("-")
        halls = communes if which == "all" else communes[shift : shift + int(count)]
        unit = host if host in offices else "11.vpubnd"
        booked = await a_conference(
            conn,
            sites=[offices[unit], *halls],
            start=begun.astimezone(UTC),
            length=timedelta(hours=hours),
            title=title,
            host=unit,
            chair=chair,
            kind=Kind.BRIEFING,
            state=State.CONFIRMED,
        )
        ids.append(int(booked.id))
    return ids
