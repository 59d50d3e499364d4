"""Marks of secrecy in every field that people type into, and the one secrecy there is."""

from __future__ import annotations

import pytest

from meetings.directory.unit_rows import parse_units
from meetings.kinds import Secrecy
from tests.web.api.test_forms import GOOD
from web.content.planned import ItemBody
from web.directory.corrections import CorrectionBody
from web.directory.groups import GroupBody, GroupChanges
from web.directory.officials import OfficialBody, OfficialChanges
from web.directory.reforms import NewUnitBody
from web.errors import BadForm
from web.files.papers import LinkBody
from web.input.forms import CancelBody, ChangesBody, WishBody, parse_form
from web.ledgers.sites import SiteBody
from web.scheduling.copying import TemplateBody
from web.scheduling.lines import LineBody
from web.series.forms import ScopeQuery, SeriesChangesBody

SYSTEM = "https://vanban.dienbien.gov.vn"


@pytest.mark.parametrize(
    ("model", "typed", "field"),
    [
        (WishBody, GOOD | {"chair": "Bí thư (Tuyệt mật)"}, "chair"),
        (ChangesBody, {"secretary": "Thư ký - Tối mật"}, "secretary"),
        (SeriesChangesBody, {"chair": "Bí thư (Tuyệt mật)"}, "chair"),
        (CancelBody, {"reason": "noi dung tuyet mat"}, "reason"),
        (ScopeQuery, {"reason": "noi dung tuyet mat"}, "reason"),
        (LinkBody, {"name": "Tài liệu", "url": f"{SYSTEM}/tai-lieu-tuyet-mat.pdf"}, "url"),
        (LinkBody, {"name": "Tài liệu", "url": f"{SYSTEM}/b%C3%A1o_c%C3%A1o_m%E1%BA%ADt"}, "url"),
        (ItemBody, {"title": "Báo cáo", "minutes": 5, "presenter": "Sở (Mật)"}, "presenter"),
        (TemplateBody, {"name": "Giao ban (Mật)", "conference": 1}, "name"),
        (GroupBody, {"code": "x", "name": "Nhóm", "tags": ["tuyệt mật"]}, "tags.0"),
        (GroupBody, {"code": "x", "name": "Nhóm (Mật)", "kinds": ["ward"]}, "name"),
        (GroupChanges, {"name_en": "tuyet mat"}, "name_en"),
        (OfficialBody, {"unit": "11", "title": "Tổ trưởng (Tối mật)"}, "title"),
        (OfficialChanges, {"name": "Lò Văn A - Mật"}, "name"),
        (LineBody, {"unit": "11", "name": "Kênh tuyệt mật"}, "name"),
        (SiteBody, {"unit": "11", "name": "Phòng họp (Mật)"}, "name"),
        (CorrectionBody, {"kind": "site", "record": 1, "reason": "Sai", "name": "Mật"}, "name"),
        (NewUnitBody, {"name": "A", "kind": "ward", "hall": "Phòng họp (Mật)"}, "hall"),
    ],
)
def test_mark_of_secrecy_is_stopped_wherever_it_is_typed(model, typed, field):
    with pytest.raises(BadForm) as caught:
        parse_form(model, typed)

    assert caught.value.problems[field].code == "secret-content"


@pytest.mark.parametrize(
    "title", ["Trưởng ban Bảo vệ bí mật nhà nước", "Phó Trưởng phòng Bảo mật thông tin", "Bản Mật"]
)
def test_office_that_guards_secrets_is_none(title):
    assert parse_form(OfficialBody, {"unit": "11", "title": title}).title == title


def test_hall_of_a_file_of_units_carries_no_mark():
    _, found = parse_units("code,name,kind,hall\n1,A,xã,Phòng họp (Mật)\n")

    assert [(one.column, one.code) for one in found] == [("hall", "secret-content")]


@pytest.mark.parametrize("name", ["tai-lieu-hop.pdf", "tai-lieu-mat-bang.pdf", "%E1%BA%ADt?m=1"])
def test_address_without_a_mark_is_taken(name):
    url = f"{SYSTEM}/{name}"

    assert parse_form(LinkBody, {"name": "Tài liệu", "url": url}).url == url


@pytest.mark.parametrize(
    "said", ["khong-mat", "không mật", "Không mật", "kho\u0302ng ma\u0323\u0302t"]
)
def test_the_one_secrecy_is_taken_as_officials_write_it(said):
    assert parse_form(WishBody, GOOD | {"secrecy": said}).secrecy is Secrecy.NONE


@pytest.mark.parametrize("said", ["mat", "tuyệt mật", "", "normal"])
def test_another_secrecy_is_refused_by_naming_the_one(said):
    with pytest.raises(BadForm) as caught:
        parse_form(WishBody, GOOD | {"secrecy": said})

    assert caught.value.problems["secrecy"].code == "only-not-secret"
