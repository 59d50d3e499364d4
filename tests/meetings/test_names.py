"""The order of the Vietnamese alphabet, search without diacritics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.directory.importing import shipped_rows
from meetings.directory.unit_rows import REFORM
from meetings.model import COMMUNE_KINDS
from meetings.names import fold, sort_key

# Sorted by ICU's `vi` collation.
COMMUNES = [
    "Búng Lao",
    "Chà Tở",
    "Chiềng Sinh",
    "Điện Biên Phủ",
    "Mường Ảng",
    "Mường Chà",
    "Mường Lạn",
    "Mường Lay",
    "Mường Luân",
    "Mường Mùn",
    "Mường Nhà",
    "Mường Nhé",
    "Mường Phăng",
    "Mường Pồn",
    "Mường Thanh",
    "Mường Toong",
    "Mường Tùng",
    "Nà Bủng",
    "Nà Hỳ",
    "Na Sang",
    "Na Son",
    "Nà Tấu",
    "Nậm Kè",
    "Nậm Nèn",
    "Núa Ngam",
    "Pa Ham",
    "Phình Giàng",
    "Pu Nhi",
    "Pú Nhung",
    "Quài Tở",
    "Quảng Lâm",
    "Sam Mứn",
    "Sáng Nhè",
    "Si Pa Phìn",
    "Sín Chải",
    "Sín Thầu",
    "Sính Phình",
    "Thanh An",
    "Thanh Nưa",
    "Thanh Yên",
    "Tìa Dình",
    "Tủa Chùa",
    "Tủa Thàng",
    "Tuần Giáo",
    "Xa Dung",
]


def test_the_communes_sort_as_icu_sorts_them():
    names = [
        row.name
        for row in shipped_rows("dien-bien")
        if row.kind in COMMUNE_KINDS and row.valid_from == REFORM
    ]

    assert sorted(names, key=sort_key) == COMMUNES


@pytest.mark.parametrize(
    "ordered",
    [
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g"],
        ["o", "ô", "ơ", "p", "u", "ư", "v"],
        ["Na", "Nà", "Na Sang", "Na Son", "Nà Tấu"],
        ["Phường 1", "Phường 10", "Phường 2"],
    ],
)
def test_sort_key_follows_letters_then_tones(ordered):
    assert sorted(set(ordered), key=sort_key) == ordered


@given(st.text())
def test_sort_key_is_plain_ascii(name):
    assert sort_key(name).isascii()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Điện  Biên Phủ", "dien bien phu"),
        ("Hòa", "hoa"),
        ("Hoà", "hoa"),
        ("SỞ Y TẾ", "so y te"),
        ("Mường Nhé", "muong nhe"),
    ],
)
def test_fold_leaves_what_people_type(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_fold_twice_is_fold_once(text):
    assert fold(fold(text)) == fold(text)
