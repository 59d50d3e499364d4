"""JSON as RFC 8259 means it: no NaN, no name twice, no number or depth that breaks a reader."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

from web.errors import BadForm, BadRequest

LONGEST_NUMBER = 20
FAR_ABOVE = 100_000_000_000_000_000_000
FAR_BELOW = -FAR_ABOVE
"""Stand for every longer whole number: no field of ours takes them, and they cost nothing."""

LONGEST_NAME = 60


def parse(body: bytes) -> Any:
    """Return the value of a JSON document.

    Raises:
        BadRequest: it is no JSON, or nested beyond reason.
        BadForm: a name stands twice in one object.
    """
    try:
        text = body.decode("utf-8")
        return json.loads(
            text, object_pairs_hook=once, parse_int=whole, parse_constant=refuse_constant
        )
    except RecursionError:
        raise BadRequest("too-deep") from None
    except ValueError as error:
        raise BadRequest("not-json") from error


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object, unless two of its members have one name."""
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        raise BadForm({shown(name): "repeated" for name, _ in times.most_common(1)})
    return found


def whole(digits: str) -> int:
    """Return a whole number; one longer than any of ours becomes one that no field takes."""
    if len(digits) > LONGEST_NUMBER:
        return FAR_BELOW if digits.startswith("-") else FAR_ABOVE
    return int(digits)


def refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python would read and JSON does not know."""
    raise ValueError(name)


def shown(name: str) -> str:
    """Return a name from outside as it may stand in an answer: short and printable."""
    short = name[:LONGEST_NAME]
    return "".join(char if char.isprintable() else "�" for char in short)


def is_plain(text: str, *, also: Iterable[str] = ()) -> bool:
    """Tell whether a text has no control, no direction override, no half of a character.

    Joiners are let through: scripts and signs are written with them.  `also` may name controls
    that the field takes, such as the line feed.
    """
    allowed = frozenset(also) | JOINERS
    return not any(
        unicodedata.category(char) in UNWANTED or char in NONCHARACTERS
        for char in text
        if char not in allowed
    )


UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
JOINERS = frozenset({"\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"})
NONCHARACTERS = frozenset({"\ufffe", "\uffff"})
