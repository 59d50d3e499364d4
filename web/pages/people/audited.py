"""What the audit keeps, in words: a subject by its name, a detail by its label."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from meetings.model import Period
from web.formats import day_and_time, short_date
from web.pages.acting import actor_words
from web.pages.people.named import KINDS, Names, granted, name_of
from web.pages.reading import Reader
from web.wording import phrases
from web.wording.audit_words import SUBJECTS, Of, Tell, tell_of
from web.wording.explaining import span
from web.wording.legacies import subject_words as contradiction_words

MOMENT = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")
DAY = re.compile(r"[12]\d{3}-\d\d-\d\d")
PAIR = 2
MOST_NAMES = 8
ENDS = frozenset({"to", "until"})
"""Details that are read after where or when it began."""

NOTHING = ("", "None", None)
"""How a field that says nothing was written down."""


def subject_words(subject: str, names: Names, reader: Reader) -> str:
    """Return what was changed, by its kind and its name where there is one."""
    kind, _, number = subject.partition(":")
    if kind not in SUBJECTS:
        return subject
    words = reader.speech.word(SUBJECTS[kind])
    if not number:
        return words
    name = name_of(KINDS.get(kind, Of.TEXT), number, names, reader.speech)
    # Most titles begin with the word itself.
    return name if number != name and KINDS.get(kind) is Of.CONFERENCE else f"{words} {name}"


def detail_words(action: str, detail: Mapping[str, object], names: Names, reader: Reader) -> str:
    """Return details in words, one after another."""
    keys = sorted(detail, key=lambda key: key in ENDS)
    return "; ".join(told(action, key, detail, names, reader) for key in keys)


def told(action: str, key: str, detail: Mapping[str, object], names: Names, reader: Reader) -> str:
    """Return one detail with its label."""
    tell = tell_of(action, key) or Tell(label=key)
    value = detail[key]
    if tell.of is Of.RECORD:
        value = f"{detail.get('kind')}:{value}"
    return f"{reader.speech.word(tell.label)}: {value_words(tell, value, names, reader)}"


def value_words(tell: Tell, value: object, names: Names, reader: Reader) -> str:
    """Return what a detail says: one thing, some of them, or what was before and what is now."""
    if not isinstance(value, list):
        if tell.many and isinstance(value, int):
            return reader.speech.number(value)
        return one_words(tell, value, names, reader)
    if period := period_in(value):
        return span(period)
    if any(isinstance(one, list) for one in value) or (len(value) == PAIR and not tell.many):
        return " → ".join(value_words(tell, one, names, reader) for one in value)
    if not value:
        return reader.speech.tell("none")
    each = (one_words(tell, one, names, reader) for one in value)
    return reader.speech.listing(each, most=MOST_NAMES)


def one_words(tell: Tell, value: object, names: Names, reader: Reader) -> str:
    """Return one value in words."""
    speech, text = reader.speech, str(value)
    if value in NOTHING:
        return speech.tell("empty")
    if text in tell.words:
        return speech.word(tell.words[text])
    if tell.of is Of.TEXT:
        return plain(value, reader)
    say = OTHERWISE.get(tell.of)
    return say(text, names, reader) if say else name_of(tell.of, text, names, speech)


def who_words(text: str, names: Names, reader: Reader) -> str:
    """Return who did something."""
    return actor_words(text, names.people, reader)


def grant_words(text: str, names: Names, reader: Reader) -> str:
    """Return a role and over what it is."""
    if (given := granted(text)) is None:
        return text
    role, unit = given
    place = name_of(Of.UNIT, str(unit), names, reader.speech)
    return f"{reader.speech.word(phrases.ROLES[role])} · {place}"


def difference_words(text: str, _names: Names, reader: Reader) -> str:
    """Return what units that became one had said differently."""
    return contradiction_words(text, reader.speech.catalogue)


def length_words(text: str, _names: Names, reader: Reader) -> str:
    """Return a length of time."""
    seconds = int(text)
    return reader.speech.length(timedelta(seconds=seconds)) if seconds else plain(0, reader)


OTHERWISE: Mapping[Of, Callable[[str, Names, Reader], str]] = MappingProxyType(
    {
        Of.SUBJECT: subject_words,
        Of.RECORD: subject_words,
        Of.ACTOR: who_words,
        Of.GRANT: grant_words,
        Of.CONTRADICTION: difference_words,
        Of.SECONDS: length_words,
    }
)
"""What is no plain name of something."""


def plain(value: object, reader: Reader) -> str:
    """Return a value by itself: a moment by the clock of the province, a day, a number, text."""
    if str(value) in {"True", "False"}:
        return reader.speech.tell("yes") if str(value) == "True" else reader.speech.tell("no")
    if isinstance(value, int):
        return reader.speech.number(value)
    if moment := moment_in(value):
        return day_and_time(moment)
    if day := day_in(value):
        return short_date(day)
    return str(value)


def period_in(value: list[object]) -> Period | None:
    """Return the period that two moments of a detail tell."""
    moments = [moment for one in value if (moment := moment_in(one))]
    if len(moments) == len(value) == PAIR and moments[0] < moments[1]:
        return Period(*moments)
    return None


def moment_in(value: object) -> datetime | None:
    """Return the moment that a detail tells; what somebody typed may only look like one."""
    try:
        return datetime.fromisoformat(str(value)) if MOMENT.fullmatch(str(value)) else None
    except ValueError:
        return None


def day_in(value: object) -> date | None:
    """Return the day that a detail tells."""
    try:
        return date.fromisoformat(str(value)) if DAY.fullmatch(str(value)) else None
    except ValueError:
        return None
