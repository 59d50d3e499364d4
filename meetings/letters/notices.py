"""What the owner of a conference and its approvers are told by mail, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from meetings.letters.notice_words import WORDS
from meetings.model import Conference, Period, SiteId
from meetings.office.workdays import ZONE
from meetings.scheduling.ways import Alternative


class Notice(StrEnum):
    """Of what somebody is told."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    CLASH = "clash"
    DISPLACED = "displaced"
    OFFER = "offer"
    SUBMITTED = "submitted"
    SUBMISSION_APPROVED = "submission-approved"
    SUBMISSION_REFUSED = "submission-refused"
    SUBMISSION_LAPSED = "submission-lapsed"
    SUBMISSION_OVERTAKEN = "submission-overtaken"
    HAND_OFFER = "hand-offer"
    HAND_ACCEPTED = "hand-accepted"
    HAND_DECLINED = "hand-declined"
    HAND_WITHDRAWN = "hand-withdrawn"
    HAND_LAPSED = "hand-lapsed"


class Told(Protocol):
    """What a letter is about: a conference, or what it is to become."""

    @property
    def title(self) -> str:
        """Return its name."""

    @property
    def period(self) -> Period:
        """Return when it is held."""

    @property
    def sites(self) -> tuple[SiteId, ...]:
        """Return its halls."""


def letter(
    notice: Notice,
    conference: Told,
    locale: str,
    *,
    reason: str = "",
    until: str = "",
    ways: Sequence[Alternative] = (),
) -> dict[str, str]:
    """Return subject and text of a notice."""
    words = WORDS[locale]
    said = words[f"{notice.value}-text"].format(reason=reason or words["none"], until=until)
    lines = [
        said,
        "",
        conference.title,
        words["when"].format(when=span(conference.period)),
        words["halls"].format(halls=len(conference.sites)),
        *(["", words["ways"]] if ways else []),
        *(words["way"].format(when=span(one.period), halls=len(one.sites)) for one in ways),
        "",
        words["end"],
        "",
    ]
    subject = words[notice.value].format(title=conference.title)
    return {"subject": subject, "text": "\n".join(lines)}


def invitation(
    what: str, conference: Conference, locale: str, *, changed: Sequence[str] = ()
) -> dict[str, str]:
    """Return what the secretary of an invited unit reads: invited, changed, or called off."""
    words = WORDS[locale]
    named = ", ".join(words[one] for one in changed if one in words)
    lines = [
        words[f"{what}-text"].format(changed=named),
        "",
        conference.title,
        words["when"].format(when=span(conference.period)),
        *([words["chaired"].format(chair=conference.chair)] if conference.chair else []),
        words["halls"].format(halls=len(conference.sites)),
        "",
        words["end"],
        "",
    ]
    return {"subject": words[what].format(title=conference.title), "text": "\n".join(lines)}


def span(period: Period) -> str:
    """Write 08:00 – 10:00, 25/11/2026; with both days where they differ."""
    start, end = period.start.astimezone(ZONE), period.end.astimezone(ZONE)
    if start.date() == end.date():
        return f"{start:%H:%M} – {end:%H:%M}, {start:%d/%m/%Y}"
    return f"{start:%H:%M %d/%m/%Y} – {end:%H:%M %d/%m/%Y}"


def clock(moment: datetime) -> str:
    """Write 14:30, 25/11/2026."""
    return f"{moment.astimezone(ZONE):%H:%M, %d/%m/%Y}"
