"""Every sentence is there in Vietnamese, none is left over, and its values are the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import web

ROOT = Path(web.__file__).parent
CATALOGUES = sorted((ROOT / "locale" / "vi" / "LC_MESSAGES").glob("*.po"))
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "translate": (2,),
    "tell": None,
    "tell_many": (1, 2),
}
VALUE = re.compile(r"%\((\w+)\)s")
NESTED = re.compile(r"""f["'][^"'\n]*\{[^}\n]*\b(?:tell|tell_many)\(""")


def extracted() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(str(ROOT), METHODS, {"templates/**.html": {}}, KEYWORDS)
    return {
        message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found
    }


def catalogues() -> Iterator[Catalog]:
    for path in CATALOGUES:
        with path.open("rb") as source:
            yield read_po(source, locale="vi")


def translated() -> dict[str | tuple[str, ...], tuple[str, ...]]:
    return {
        message.id if isinstance(message.id, str) else tuple(message.id): (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for messages in catalogues()
        for message in messages
        if message.id
    }


def test_every_sentence_has_its_vietnamese():
    known = {message for message, words in translated().items() if all(words)}

    assert extracted() - known == set()


def test_no_sentence_is_translated_in_two_places():
    counted = Counter(str(message.id) for messages in catalogues() for message in messages)

    assert [message for message, times in counted.items() if message and times > 1] == []


def test_no_sentence_is_left_over():
    assert set(translated()) - extracted() == set()


def test_values_are_the_same_in_both_languages():
    wrong = [
        message
        for message, words in translated().items()
        for text in words
        if set(VALUE.findall(text))
        != set(VALUE.findall(message if isinstance(message, str) else message[-1]))
    ]

    assert wrong == []


def test_sentence_with_values_has_no_bare_percent():
    bare = [
        text
        for words in translated().values()
        for text in words
        if "%" in VALUE.sub("", text).replace("%%", "")
    ]

    assert bare == []


def test_no_sentence_hides_in_an_f_string():
    """There the extraction of Python 3.11 does not see it."""
    hidden = [path.name for path in ROOT.rglob("*.py") if NESTED.search(path.read_text("utf-8"))]

    assert hidden == []


def test_templates_hold_no_style_and_no_script_of_their_own():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)")
    wrong = [
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if inline.search(path.read_text("utf-8"))
    ]

    assert wrong == []
