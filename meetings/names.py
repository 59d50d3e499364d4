"""Vietnamese names: sorted as people sort them, and found without diacritics.

The sort key has two levels: first the letters with their hats, horns and strokes, then the tones
of all letters in a row.  It gives the order of ICU's `vi` collation without needing ICU, which
the embedded PostgreSQL does not carry.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"

# The order of tones: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES: Mapping[str, str] = MappingProxyType(
    {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
)
_NO_TONE = "0"

# Where a letter stands among those written with the same base: a ă â, d đ, e ê, o ô ơ, u ư.
_MARKED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("a", _BREVE): "1",
        ("a", _CIRCUMFLEX): "2",
        ("e", _CIRCUMFLEX): "1",
        ("o", _CIRCUMFLEX): "1",
        ("o", _HORN): "2",
        ("u", _HORN): "1",
    }
)
# Below every character of a name, so that a name sorts before the names it begins.
_LEVEL = "\t"


def sort_key(name: str) -> str:
    """Return an ASCII key that sorts names by the Vietnamese alphabet in byte order."""
    letters, tones = [], []
    for cluster in _clusters(name):
        letters.append(_letter(cluster))
        tones.append(next((_TONES[mark] for mark in cluster if mark in _TONES), _NO_TONE))
    return "".join(letters) + _LEVEL + "".join(tones).rstrip(_NO_TONE)


def fold(text: str) -> str:
    """Return the text in lower case without diacritics, with single blanks, for searching."""
    bare = "".join(char for char in _decomposed(text) if not unicodedata.combining(char))
    return " ".join(bare.replace("đ", "d").split())


def _decomposed(text: str) -> str:
    # Twice, since some compatibility forms turn into capitals.
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())


def _clusters(name: str) -> Iterator[str]:
    """Yield each base character with its combining marks."""
    cluster = ""
    for char in _decomposed(" ".join(name.split())):
        if cluster and not unicodedata.combining(char):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _letter(cluster: str) -> str:
    base = cluster[0]
    if base == "đ":
        return "d1"
    if not ("a" <= base <= "z"):
        return base if base.isascii() and base.isprintable() else f"~{ord(base):06x}"
    return base + next((_MARKED[base, m] for m in cluster if (base, m) in _MARKED), "0")
