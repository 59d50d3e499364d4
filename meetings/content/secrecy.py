"""Marks of state secrets in what people type: such content must not enter this system.

Decree 26/2020, Art. 6, and the three levels of the law: Mật, Tối mật, Tuyệt mật.  The syllable
`mật` also makes honey, density and passwords, so a lone one counts where it stands as a mark does:
in brackets, between dashes, in capitals, after `độ`, `tài liệu` and their like.  When in doubt
the text stops: an innocent title is reworded in a moment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LEVELS = ("Mật", "Tối mật", "Tuyệt mật")
"""The marks of the law, as a refusal names them."""

_JOINERS = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_TOKEN = re.compile(r"[^\W\d_]+|\d+", re.UNICODE)
_LONGEST = 20_000
_CORE = re.compile(r"m[\W_]*[aậ][\W_]*t", re.IGNORECASE)
"""Every mark holds these three letters, however it is spelled; hardly any other text does."""

# The syllables before and after which `mật` is no mark.
_BEFORE = frozenset(
    {
        "bí",
        "bảo",
        "cơ",
        "thân",
        "túi",
        "ong",
        "sỏi",
        "đường",
        "rỉ",
        "ngọt",
        "hoa",
        "nuốt",
        "viêm",
        "tuần",
        "gấu",
        "dịch",
        "nếm",
        "tuyến",
        "cẩn",
        "ông",
        "bà",
        "mía",
    }
)
_AFTER = frozenset(
    {
        "độ",
        "khẩu",
        "mã",
        "thiết",
        "ong",
        "vụ",
        "danh",
        "thư",
        "lệnh",
        "ngữ",
        "mía",
        "gấu",
        "nghị",
        "báo",
        "tông",
        "đàm",
        "thám",
        "hoa",
        "đường",
        "gà",
        "lợn",
        "dừa",
        "chú",
        "giáo",
        "tịch",
        "hiệu",
        "kế",
        "truyền",
        "ước",
    }
)
# What is classified when `mật` follows it.
_CLASSIFIED = (
    ("độ",),
    ("dấu",),
    ("mức",),
    ("loại",),
    ("diện",),
    ("tin",),
    ("văn", "bản"),
    ("tài", "liệu"),
    ("công", "văn"),
    ("hồ", "sơ"),
    ("nội", "dung"),
    ("họp",),
    ("hội", "nghị"),
    ("báo", "cáo"),
    ("kế", "hoạch"),
    ("đóng", "dấu"),
    ("cấp",),
)
# Without its signs `mat` is also a face, an eye, a loss: only the surest neighbours count.
_CLASSIFIED_BARE = (("do",), ("dau",), ("van", "ban"), ("tai", "lieu"), ("cong", "van"))
# What `mat` without its signs is when these follow: a site, a front, a password.
_AFTER_BARE = frozenset({"bang", "tran", "khau"})
_PARTS_OF_DAY = frozenset({"buổi", "đêm", "mỗi", "giờ"})
_OPENING, _CLOSING = "([{<«“\"'‘【", ")]}>»”\"'’】"
_DASHES = frozenset("-–—:;|/*#•·_")


@dataclass(frozen=True, slots=True)
class _Word:
    """A syllable in lower case with what was written, and what stands around it."""

    low: str
    written: str
    before: str
    after: str

    @property
    def is_bare(self) -> bool:
        return self.low.isascii()


def find_mark(text: str) -> str:
    """Return the mark of secrecy that a text carries, as the law writes it, or ""."""
    composed = unicodedata.normalize("NFKC", _JOINERS.sub("", text[:_LONGEST]))
    if not _CORE.search(composed):
        return ""
    if mark := _spaced_mark(composed):
        return mark
    words = _words(composed)
    shouted = not any(char.islower() for char in composed)
    return next((mark for at in range(len(words)) if (mark := _mark_at(words, at, shouted))), "")


def _words(text: str) -> list[_Word]:
    found = list(_TOKEN.finditer(text))
    starts = [0, *(match.end() for match in found)]
    ends = [*(match.start() for match in found), len(text)]
    gaps = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return [
        _Word(match[0].lower(), match[0], gaps[at], gaps[at + 1]) for at, match in enumerate(found)
    ]


def _mark_at(words: Sequence[_Word], at: int, shouted: bool) -> str:  # noqa: FBT001 - one of three facts about one place
    word = words[at]
    if word.low not in {"mật", "mat"}:
        return ""
    if level := _level_before(words, at):
        return level
    if word.is_bare:
        return LEVELS[0] if _is_bare_mark(words, at) else ""
    if _is_compound(words, at):
        return ""
    return LEVELS[0] if _stands_as_mark(words, at, shouted=shouted) else ""


def _level_before(words: Sequence[_Word], at: int) -> str:
    """Return the level that `tối` or `tuyệt` before makes of `mật`; either may lack its signs."""
    if not at or "\n" in words[at].before:
        return ""
    pair = (words[at - 1].low, words[at].low)
    if pair in {("tuyệt", "mật"), ("tuyet", "mat")}:
        return LEVELS[2]
    if pair not in {("tối", "mật"), ("toi", "mat")}:
        return ""
    evening = at > 1 and words[at - 2].low in _PARTS_OF_DAY
    return "" if evening and _is_compound(words, at) else LEVELS[1]


def _is_compound(words: Sequence[_Word], at: int) -> bool:
    """Tell whether the syllable is a part of a word that means something else."""
    word = words[at]
    joined_before = at > 0 and word.before in {" ", "-", "_"}
    joined_after = at + 1 < len(words) and word.after in {" ", "-", "_"}
    return (joined_before and words[at - 1].low in _BEFORE) or (
        joined_after and words[at + 1].low in _AFTER
    )


def _stands_as_mark(words: Sequence[_Word], at: int, *, shouted: bool) -> bool:
    word = words[at]
    return (
        _is_enclosed(word)
        or (
            _is_edge(word.before, first=at == 0) and _is_edge(word.after, first=_is_last(words, at))
        )
        or (word.written.isupper() and not shouted)
        or _follows(words, at, _CLASSIFIED)
        or (word.written == "Mật" and at > 0 and words[at - 1].written.islower())
    )


def _is_bare_mark(words: Sequence[_Word], at: int) -> bool:
    word = words[at]
    alone = len(words) == 1
    if at + 1 < len(words) and words[at + 1].low in _AFTER_BARE:
        return False
    return alone or _is_enclosed(word) or _follows(words, at, _CLASSIFIED_BARE)


def _is_last(words: Sequence[_Word], at: int) -> bool:
    return at + 1 == len(words)


def _is_enclosed(word: _Word) -> bool:
    before, after = word.before.rstrip(), word.after.lstrip()
    return bool(before and after) and before[-1] in _OPENING and after[0] in _CLOSING


def _is_edge(gap: str, *, first: bool) -> bool:
    """Tell whether a gap sets a word apart: an end of the text, a line, a dash, a colon."""
    return first or "\n" in gap or bool(_DASHES.intersection(gap))


def _follows(words: Sequence[_Word], at: int, phrases: Sequence[tuple[str, ...]]) -> bool:
    return any(
        tuple(word.low for word in words[max(0, at - len(phrase)) : at]) == phrase
        for phrase in phrases
    )


def _spaced_mark(text: str) -> str:
    """Return the mark written letter by letter, as `M Ậ T` or `T.Ố.I M.Ậ.T`."""
    for run in _spelled_runs(text):
        for level, spelled in ((2, "tuyệtmật"), (1, "tốimật"), (0, "mật")):
            if run.endswith(spelled):
                return LEVELS[level]
        for level, spelled in ((2, "tuyetmat"), (1, "toimat"), (0, "mat")):
            if run == spelled:
                return LEVELS[level]
    return ""


def _spelled_runs(text: str) -> Iterator[str]:
    run = ""
    for word in _words(text):
        if len(word.low) == 1 and len(word.before) <= (1 if len(run) <= 1 else 4):
            run += word.low
        else:
            if len(run) > 1:
                yield run
            run = word.low if len(word.low) == 1 else ""
    if len(run) > 1:
        yield run
