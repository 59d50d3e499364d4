"""What units that become one say differently, in words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import time
from types import MappingProxyType

from meetings.approval.chains import Step
from meetings.kinds import Kind, Visibility
from meetings.reforms.inheritance import Contradiction, Outcome
from web.i18n import N_, Catalogue
from web.wording import content_phrases, phrases, policy_phrases

STARTS: Mapping[str, str] = MappingProxyType(
    {
        "line_test_days": N_("Line test: working days before"),
        "line_test_at": N_("Line test: begins at"),
        "line_test_minutes": N_("Line test: minutes"),
        "visibility": N_("Who sees the title"),
        "signature": N_("Who signs the weekly schedule"),
    }
)
OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.KEPT: N_("The unit that goes on keeps its own."),
        Outcome.SET_AGAIN: N_("None is taken over: it must be set again."),
        Outcome.ALL_GO_ON: N_("All of them go on: end those who do not stay."),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """A contradiction in words."""

    unit: str
    what: str
    said: tuple[tuple[str, str], ...]
    outcome: str


def in_words(one: Contradiction, catalogue: Catalogue) -> Unsettled:
    """Return a contradiction in the words of a language."""
    return Unsettled(
        unit=one.unit,
        what=subject_words(one.what, catalogue),
        said=tuple((code, value_words(value, catalogue)) for code, value in one.said),
        outcome=catalogue.gettext(OUTCOMES[one.outcome]),
    )


def subject_words(what: str, catalogue: Catalogue) -> str:
    """Say what it is about; an official's title is said as it is."""
    part, _, name = what.partition(".")
    if part == "policy":
        return catalogue.gettext(policy_phrases.TERMS[name])
    if part == "defaults":
        return catalogue.gettext(STARTS[name])
    if part == "chain":
        kind = f": {catalogue.gettext(phrases.KINDS[Kind(name)])}" if name else ""
        return catalogue.gettext(N_("Who must agree")) + kind
    return name


def value_words(value: Hashable, catalogue: Catalogue) -> str:
    """Say what a unit says."""
    if isinstance(value, Visibility):
        return catalogue.gettext(content_phrases.VISIBILITIES[value])
    if isinstance(value, Step):
        named = N_("named people")
        return catalogue.gettext(phrases.ROLES[value.role] if value.role else named)
    if isinstance(value, tuple):
        said = [value_words(one, catalogue) for one in value if one]
        return (" → " if isinstance(value[0], Step) else " / ").join(said) if said else "–"
    return as_text(value)


def as_text(value: Hashable) -> str:
    """Write what a unit says for a program."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Step):
        return value.role.value if value.role else "people"
    if isinstance(value, tuple):
        return " > ".join(as_text(one) for one in value if one)
    return str(value) or "–"
