"""What the audit keeps, told to people: each action, each kind of subject, each detail.

A test holds the tables to what the program writes: an action or a detail without words fails it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from bridges.model import MoveReason
from meetings.approval.submissions import What
from meetings.office.days import DayKind, SeasonName
from meetings.scheduling.reasons import Rule
from meetings.series.edits import Scope
from web.i18n import N_
from web.wording import approval_words, content_phrases, directory_phrases, phrases, policy_phrases
from web.wording.audit_fields import COUNTS, FIELDS
from web.wording.legacies import STARTS
from web.wording.room_phrases import ROOM_ACTIONS

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        **phrases.ACTIONS,
        "submission.overtake": N_("A change left nothing of a submission"),
        "admission.make": N_("Let a room system into a room"),
        "target.watch": N_("Looks at an address again"),
        "target.rest": N_("Left an address alone"),
        "device.remove-demo": N_("Removed the devices of the demo"),
        "demo.remove": N_("Removed the demo"),
        "keys.use": N_("Uses another key from now on"),
        "keys.rotate": N_("Put a fresh key into the key file"),
        "keys.forget": N_("Took old keys out of the key file"),
    }
)
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "conference": N_("Conference"),
        "site": N_("Hall"),
        "unit": N_("Unit"),
        "person": N_("User"),
        "device": N_("Device"),
        "bridge": N_("Bridge"),
        "group": N_("Group"),
        "series": N_("Series"),
        "line": N_("Shared line"),
        "contact": N_("Contact"),
        "official": N_("Official"),
        "policy": N_("Booking rules of"),
        "defaults": N_("What conferences start from in"),
        "chain": N_("Chain of approval"),
        "black-out": N_("Black-out"),
        "submission": N_("Submission"),
        "correction": N_("Correction"),
        "template": N_("Template"),
        "poll": N_("Poll about days"),
        "token": N_("Access token"),
        "calendar": N_("Office calendar"),
        "directory": N_("Directory"),
        "installation": N_("Installation"),
        "demo": N_("Demo"),
    }
)


def as_text(words: Mapping[Any, str]) -> dict[str, str]:
    """Return words by their codes as the audit writes these."""
    return {str(code): said for code, said in words.items()}


class Of(Enum):
    """What the value of a detail names."""

    TEXT = auto()
    HALL = auto()
    UNIT = auto()
    CODE = auto()
    PERSON = auto()
    ACTOR = auto()
    OFFICIAL = auto()
    LINE = auto()
    CONFERENCE = auto()
    SUBJECT = auto()
    RECORD = auto()
    GRANT = auto()
    CONTRADICTION = auto()
    SECONDS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """How a detail is told: its label, what its value names, and words for values that are codes.

    A list of a detail that has `many` holds some of them; of others it is before and after.
    """

    label: str
    of: Of = Of.TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    many: bool = False


WARNINGS: Mapping[str, str] = MappingProxyType(
    {
        Rule.FAR_AHEAD: N_("far ahead"),
        Rule.DAY_OFF: N_("day off"),
        Rule.OUT_OF_HOURS: N_("out of working hours"),
        Rule.LUNCH: N_("over lunch"),
        Rule.SHORT_NOTICE: N_("short notice"),
        Rule.TIGHT: N_("tight turn-round"),
        Rule.LONG: N_("unusually long"),
    }
)
"""What is said against a booking and can be overridden."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        **as_text(phrases.KINDS),
        "unit": N_("Unit"),
        "site": N_("Hall"),
        "contact": N_("Contact"),
        "jitsi": N_("Jitsi"),
        "trial": N_("Built-in trial bridge"),
        "jwt": N_("Token secret"),
        "reservation": N_("Secret of reservation calls"),
        "event": N_("Secret of events"),
        DayKind.HOLIDAY: N_("Holiday"),
        DayKind.SWAP_OFF: N_("Day off that is swapped for another one"),
        DayKind.MAKE_UP: N_("Make-up working day"),
    }
)
WHATS: Mapping[str, str] = MappingProxyType(
    {
        What.CHANGE: N_("Change of a conference"),
        What.HOST: N_("Another host"),
        What.SERIES: N_("New series"),
        What.SERIES_CHANGE: N_("Change of a series"),
        What.SERIES_DATE: N_("A date of a series"),
        **{name.partition(".")[2]: words for name, words in ROOM_ACTIONS.items()},
    }
)
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        Scope.ONE: N_("Only this date"),
        Scope.FOLLOWING: N_("This date and those after it"),
        Scope.ALL: N_("All coming dates of the series"),
    }
)
MOVES: Mapping[str, str] = MappingProxyType(
    {
        MoveReason.FAILOVER: N_("the bridge broke down"),
        MoveReason.DRAIN: N_("the bridge is being emptied"),
        MoveReason.ASKED: N_("somebody asked for it"),
    }
)
SEASONS: Mapping[str, str] = MappingProxyType(
    {SeasonName.SUMMER: N_("Summer"), SeasonName.WINTER: N_("Winter")}
)
OWN: Mapping[tuple[str, str], Tell] = MappingProxyType(
    {
        ("official", "title"): Tell(label=N_("Position")),
        ("official", "name"): Tell(label=N_("Who holds it")),
        ("room.remove", "subject"): Tell(label=N_("Hall"), of=Of.HALL),
        ("room.mute", "subject"): Tell(label=N_("Hall"), of=Of.HALL),
        ("unit.merge", "units"): Tell(label=N_("Units"), of=Of.CODE, many=True),
        ("site.change", "gateway"): Tell(label=N_("Room system")),
    }
)
"""Details that an action, or all of a kind of subject, tells in its own way."""

TELLS: Mapping[str, Tell] = MappingProxyType(
    {
        **{name: Tell(label=words) for name, words in COUNTS.items()},
        **{name: Tell(label=words) for name, words in FIELDS.items()},
        **{name: Tell(label=words) for name, words in policy_phrases.TERMS.items()},
        **{name: Tell(label=words) for name, words in STARTS.items() if name != "signature"},
        "audience": Tell(label=N_("Who may open it"), words=as_text(content_phrases.AUDIENCES)),
        "chair_id": Tell(label=N_("Chaired by"), of=Of.OFFICIAL),
        "delegates": Tell(label=N_("Delegates"), of=Of.OFFICIAL),
        "deputy": Tell(label=N_("Deputy"), of=Of.PERSON),
        "draining": Tell(label=N_("Takes no new conferences")),
        "duty": Tell(label=N_("Duty"), words=directory_phrases.DUTIES),
        "fields": Tell(label=N_("What changed"), words=FIELDS, many=True),
        "fingerprints": Tell(label=N_("Fingerprints of the keys"), many=True),
        "for": Tell(label=N_("Asked by"), of=Of.ACTOR),
        "grace_seconds": Tell(label=N_("The former one counts for"), of=Of.SECONDS),
        "grants": Tell(label=N_("Roles"), of=Of.GRANT, many=True),
        "host": Tell(label=N_("Host"), of=Of.UNIT),
        "jibri_urls": Tell(label=FIELDS["jibri_urls"], many=True),
        "jvb_urls": Tell(label=FIELDS["jvb_urls"], many=True),
        "kind": Tell(label=N_("What kind"), words=KINDS),
        "kinds": Tell(label=N_("Kinds of units"), words=as_text(phrases.UNIT_KINDS), many=True),
        "line": Tell(label=N_("Shared line"), of=Of.LINE),
        "main_site": Tell(label=N_("Main hall"), of=Of.HALL),
        "of": Tell(label=N_("Of"), of=Of.SUBJECT),
        "outcome": Tell(label=N_("Outcome"), words=as_text(content_phrases.OUTCOMES)),
        "over": Tell(label=N_("Over"), of=Of.UNIT),
        "overridden": Tell(label=N_("Booked in spite of"), words=WARNINGS, many=True),
        "owner": Tell(label=N_("Who looks after it"), of=Of.PERSON),
        "people": Tell(label=N_("People"), of=Of.PERSON, many=True),
        "reason": Tell(label=N_("Reason"), words=MOVES),
        "record": Tell(label=N_("Record"), of=Of.RECORD),
        "relay": Tell(label=N_("Relayed through"), of=Of.HALL),
        "displaced": Tell(label=N_("Conferences that give way, no."), many=True),
        "rivals": Tell(label=N_("Held by conferences no."), many=True),
        "role": Tell(label=N_("Role"), words=as_text(phrases.ROLES)),
        "scope": Tell(label=N_("Which dates"), words=SCOPES),
        "season": Tell(label=N_("Season"), words=SEASONS),
        "senders": Tell(label=FIELDS["senders"], many=True),
        "site": Tell(label=N_("Hall"), of=Of.HALL),
        "sites": Tell(label=N_("Halls"), of=Of.HALL, many=True),
        "sites_added": Tell(label=N_("Halls added"), of=Of.HALL, many=True),
        "sites_removed": Tell(label=N_("Halls taken away"), of=Of.HALL, many=True),
        "tags": Tell(label=N_("Tags"), many=True),
        "targets": Tell(label=N_("Looked at by"), many=True),
        "unsettled": Tell(label=N_("Said differently"), of=Of.CONTRADICTION, many=True),
        "urgency": Tell(label=N_("Urgency"), words=as_text(approval_words.URGENCIES)),
        "visibility": Tell(
            label=N_("Who sees the title"), words=as_text(content_phrases.VISIBILITIES)
        ),
        "what": Tell(label=N_("What"), words=WHATS),
        "call_systems": Tell(
            label=N_("Call the room systems at the start"), words=phrases.YES_OR_NO
        ),
    }
)
"""How each detail is told."""


def tell_of(action: str, key: str) -> Tell | None:
    """Return how a detail of an action is told, None where nobody thought of it."""
    kind = action.partition(".")[0]
    return OWN.get((action, key)) or OWN.get((kind, key)) or TELLS.get(key)
