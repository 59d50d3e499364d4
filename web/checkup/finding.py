"""What was found of one part."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one part; the sentence is a msgid and takes the values."""

    part: str
    well: bool
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


def well(part: str, sentence: str, **values: object) -> Finding:
    """Return that a part works."""
    return Finding(part=part, well=True, sentence=sentence, values=values)


def broken(part: str, sentence: str, **values: object) -> Finding:
    """Return that a part needs somebody."""
    return Finding(part=part, well=False, sentence=sentence, values=values)
