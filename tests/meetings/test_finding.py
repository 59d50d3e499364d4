"""Two hundred names found both ways: with and without marks, composed and not, either tone."""

from __future__ import annotations

import csv
import unicodedata
from datetime import date

import pytest

from meetings.directory.finding import find_sites
from meetings.directory.importing import SHIPPED
from meetings.names import fold
from tests.makers import a_directory

# Where the tone stands in open syllables of two vowels: the old way, and the new one.
PLACEMENTS = (
    ("òa", "oà"),
    ("óa", "oá"),
    ("ỏa", "oả"),
    ("õa", "oã"),
    ("ọa", "oạ"),
    ("òe", "oè"),
    ("óe", "oé"),
    ("ủy", "uỷ"),
    ("úy", "uý"),
    ("ùy", "uỳ"),
    ("ũy", "uỹ"),
    ("ụy", "uỵ"),
)


def names() -> list[str]:
    """Return the names of the 129 communes, the 45, and offices, with words of both placements."""
    found = []
    for file in ("predecessors.csv", "communes.csv", "offices.csv"):
        text = (SHIPPED / "dien-bien" / file).read_text("utf-8")
        found += [row["name"] for row in csv.DictReader(text.splitlines())]
    found += [f"Xã H{old} Bình" for old, _ in PLACEMENTS]
    return found


NAMES = names()


def test_there_are_200_names():
    assert len(NAMES) >= 200


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_names_fold_alike_however_they_are_typed(form):
    bare = [fold(name) for name in NAMES]

    assert [fold(unicodedata.normalize(form, name)) for name in NAMES] == bare
    assert [fold(name.upper()) for name in NAMES] == bare
    assert [fold(one) for one in bare] == bare
    assert all(one.isascii() for one in bare)


@pytest.mark.parametrize(("old", "new"), PLACEMENTS)
def test_tones_fold_alike_in_either_place(old, new):
    assert fold(f"H{old}") == fold(f"H{new}")


async def test_every_hall_is_found_by_its_name_with_and_without_marks(conn):
    await a_directory(conn)
    for day in (date(2025, 6, 30), date(2026, 11, 23)):
        sites = await find_sites(conn, on=day, group="all-communes", limit=1000)
        for site in sites:
            typed = {
                site.label,
                unicodedata.normalize("NFD", site.label),
                fold(site.label),
                site.label.upper(),
            }
            for text in typed:
                found = await find_sites(conn, text, on=day, limit=1000)
                assert site.id in {one.id for one in found}, (site.label, text)
