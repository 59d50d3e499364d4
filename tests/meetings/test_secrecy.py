"""What counts as a mark of secrecy, and what only looks like one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.content.secrecy import LEVELS, find_mark
from meetings.errors import SecretContent
from meetings.rules import check_secrecy

MARKED = [
    ("Mật", "Mật"),
    ("MẬT", "Mật"),
    ("(Mật) Báo cáo tình hình biên giới", "Mật"),
    ("Báo cáo tình hình biên giới [mật]", "Mật"),
    ("Mật - Kế hoạch diễn tập", "Mật"),
    ("Kế hoạch diễn tập - Mật", "Mật"),
    ("Mật: kế hoạch diễn tập", "Mật"),
    ("Độ mật: Mật", "Mật"),
    ("Độ Mật", "Mật"),
    ("Kế hoạch diễn tập\nMật", "Mật"),
    ("Họp về phương án MẬT của tỉnh", "Mật"),
    ("Trao đổi tài liệu mật", "Mật"),
    ("Rà soát văn bản mật, quý IV", "Mật"),
    ("bao cao (mat).docx", "Mật"),
    ("tai-lieu-mat.pdf", "Mật"),
    ("12_mật_BC.pdf", "Mật"),
    ("M Ậ T", "Mật"),
    ("Báo cáo M.Ậ.T quý", "Mật"),
    ("Tối mật", "Tối mật"),
    ("Hội nghị tối mật về an ninh", "Tối mật"),
    ("TOI MAT", "Tối mật"),
    ("ke-hoach-toi-mat.pdf", "Tối mật"),
    ("T Ố I  M Ậ T", "Tối mật"),
    ("Tuyệt mật", "Tuyệt mật"),
    ("hồ sơ tuyệt mật", "Tuyệt mật"),
    ("TUYET_MAT.docx", "Tuyệt mật"),
    ("tuyệt  mật", "Tuyệt mật"),
    ("T U Y Ệ T M Ậ T", "Tuyệt mật"),
    ("Ｍậｔ", "Mật"),
    ("Tuyệt\u200d mật", "Tuyệt mật"),
    ("Mật - Độ khẩn: hỏa tốc", "Mật"),
]
INNOCENT = [
    "",
    "Họp giao ban tháng 11",
    "Mật độ dân số các xã biên giới",
    "MẬT ĐỘ DÂN SỐ",
    "Quản lý mật khẩu và tài khoản",
    "Tập huấn bảo mật thông tin",
    "Tuyên truyền Luật Bảo vệ bí mật nhà nước",
    "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "Bí mật kinh doanh của doanh nghiệp",
    "Phát triển nghề nuôi ong lấy mật ở Mường Nhé",
    "Mật ong Mường Ảng: nhãn hiệu và tiêu thụ",
    "Giá mật ong - mật mía năm 2027",
    "Quan hệ thân mật giữa hai nước",
    "Bệnh sỏi mật, viêm túi mật ở tuyến xã",
    "Ngành cơ yếu và mật mã dân sự",
    "Chủ trì: ông Nguyễn Văn Mật, Phó Chủ tịch xã",
    "Trông đèn buổi tối mật độ giao thông cao",
    "giai phong mat bang du an",
    "mat-bang-khu-tai-dinh-cu.pdf",
    "Toi mot nam hai lan",
    "tai-lieu-mat-bang.pdf",
    "ông Mật",
    "Họp tại phòng A B C",
]


@pytest.mark.parametrize(("text", "mark"), MARKED)
def test_mark_is_found_and_named(text, mark):
    assert find_mark(text) == mark


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_word_is_let_through(text):
    assert find_mark(text) == ""


@given(
    st.sampled_from(LEVELS),
    st.sampled_from(["{1} ({0}) {1}", "[{0}] {1}", "{0} - {1}", "{1} – {0}", "{1}\n{0}\n{1}"]),
    st.sampled_from([str.upper, str.lower, str.title, str.capitalize]),
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
    st.sampled_from(["Báo cáo tình hình", "Kế hoạch phòng thủ", "Hội nghị quý IV"]),
)
def test_mark_is_found_however_it_is_written(level, frame, case, form, title):
    text = unicodedata.normalize(form, frame.format(case(level), title))

    assert find_mark(text) == level


@given(st.text(max_size=300))
def test_any_text_is_judged_alike_composed_and_taken_apart(text):
    assert find_mark(unicodedata.normalize("NFD", text)) == find_mark(
        unicodedata.normalize("NFC", text)
    )


@given(st.text(alphabet="abcdeghiklnoprsuvxyđăâêôơư -,.0123456789", max_size=200))
def test_text_without_the_syllable_is_never_stopped(text):
    assert find_mark(text) == ""


def test_rule_names_the_field_and_the_mark():
    with pytest.raises(SecretContent) as caught:
        check_secrecy(title="Họp giao ban", note="Mang theo hồ sơ tuyệt mật")

    assert (caught.value.field, caught.value.mark) == ("note", "Tuyệt mật")


def test_what_is_left_as_it_is_is_not_judged():
    check_secrecy(title=None, note=None)
