"""The audit as people read it: names in place of numbers, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest

from meetings.audit import record
from meetings.directory.officials import add_line
from tests.makers import a_person, a_site, a_unit, an_official

ACTOR = "program:test"
SET_UP = "Điểm cầu cần chuẩn bị trước hội nghị (phút)"
DETAIL = re.compile(r"<td><small>(.*?)</small></td>")


@pytest.fixture
async def written(conn):
    """Write rows of which each detail names something by its number, the newest first."""
    site, other = await a_site(conn, "Sín Thầu"), await a_site(conn, "Mường Nhé")
    unit = await a_unit(conn, "11.vpubnd")
    line = await add_line(conn, unit.id, "Kênh Mường Nhé", sites=[site.id], by=ACTOR)
    person, chair = await a_person(conn), await an_official(conn)
    rows: list[tuple[str, str, dict[str, object]]] = [
        ("line.change", f"line:{line.id}", {"sites": [[site.id], [site.id, other.id]]}),
        ("site.terms", f"site:{site.id}", {"line": [None, line.id], "set_up_minutes": [None, 15]}),
        ("policy.change", f"policy:{unit.id}", {"most_open": [None, 20], "holds": 3}),
        ("conference.amend", "conference:7", {"chair_id": ["None", str(chair)]}),
        ("conference.hand-over", "conference:7", {"host": unit.id, "owner": 0}),
        ("room.carry", "conference:7", {"what": "mute", "for": f"person:{person.id}"}),
        ("room.move", "conference:7", {"from": "a", "to": "b", "reason": "drain"}),
        ("unit.merge", "unit:03158", {"units": ["03158"], "since": "2026-07-01"}),
        ("bridge.rotate", "bridge:a", {"kind": "jwt", "grace_seconds": 3600}),
        ("bridge.change", "bridge:a", {"draining": True}),
        ("black-out.add", "black-out:1", {"of": f"line:{line.id}", "reason": "Bảo trì"}),
        ("correction.propose", "correction:1", {"kind": "site", "record": site.id}),
    ]
    for action, subject, detail in reversed(rows):
        await record(conn, actor=ACTOR, action=action, subject=subject, unit=unit.id, detail=detail)
    return site, other, person


async def told(client, lang: str) -> list[str]:
    text = await (await client.get("/audit", cookies={"lang": lang})).text()
    return [unescape(one) for one in DETAIL.findall(text)]


async def test_details_are_told_in_words_with_names(client_for, written):
    site, other, person = written
    admin = await client_for("admin")

    vietnamese, english = await told(admin, "vi"), await told(admin, "en")

    halls = f"{site.name} → {site.name}, {other.name}"
    assert vietnamese[:12] == [
        f"Điểm cầu: {halls}",
        f"Đường truyền dùng chung: trống → Kênh Mường Nhé; {SET_UP}: trống → 15",
        "Số lượt giữ chỗ đã điều chỉnh: 3; Số hội nghị chưa kết thúc, mỗi đơn vị: trống → 20",
        "Chủ trì: trống → Chủ tịch UBND tỉnh",
        "Đơn vị chủ trì: Văn phòng UBND tỉnh; Người phụ trách: không ai",
        f"Người yêu cầu: {person.name}; Việc: Tắt tiếng một điểm cầu",
        "Từ: a; Lý do: máy chủ cầu đang được rút tải; Đến: b",
        "Từ: 01/07/2026; Đơn vị: Xã Leng Su Sìn",
        "Loại: Khóa ký mã vào họp; Khóa cũ còn dùng được: 1 giờ",
        "Không nhận hội nghị mới: có",
        "Của: Đường truyền dùng chung Kênh Mường Nhé; Lý do: Bảo trì",
        f"Loại: Điểm cầu; Bản ghi: Điểm cầu {site.name}",
    ]
    assert english[0] == f"Halls: {halls}"
    assert (
        english[4]
        == "Host: Office of the Provincial People's Committee; Who looks after it: nobody"
    )
    assert english[8] == "What kind: Token secret; The former one counts for: 1 h"
