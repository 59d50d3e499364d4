"""Words for what a conference holds, by the value they stand for; English is the msgid."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridges.control.recording_rules import Audience
from meetings.content.agenda import Oddity, SegmentMode
from meetings.content.line_test_rules import Outcome
from meetings.content.polls import Answer
from meetings.model import Visibility
from web.i18n import N_

VISIBILITIES: Mapping[Visibility, str] = MappingProxyType(
    {
        Visibility.INTERNAL: N_("Only those it concerns"),
        Visibility.OPEN: N_("Everybody who signs in"),
    }
)

AUDIENCES: Mapping[Audience, str] = MappingProxyType(
    {
        Audience.HOST: N_("Of the host alone"),
        Audience.INVITED: N_("Of the host and of the units invited"),
    }
)

SEGMENTS: Mapping[SegmentMode, str] = MappingProxyType(
    {
        SegmentMode.RELAY: N_("Relay of a higher conference"),
        SegmentMode.INTERACTIVE: N_("Own discussion"),
    }
)

PLAN_WARNINGS: Mapping[Oddity, str] = MappingProxyType(
    {
        Oddity.OVERRUNS: N_("The agenda runs past the end of the conference."),
        Oddity.OVERLAPS: N_("Two points of the agenda overlap."),
        Oddity.BEFORE_START: N_("A point lies before the start of the conference."),
        Oddity.SEGMENT_OUTSIDE: N_("A part lies outside of the conference."),
    }
)

OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.OK: N_("Picture and sound are well"),
        Outcome.PICTURE: N_("Trouble with the picture"),
        Outcome.SOUND: N_("Trouble with the sound"),
        Outcome.NO_SHOW: N_("Did not come"),
    }
)

POLL_ANSWERS: Mapping[Answer, str] = MappingProxyType(
    {
        Answer.YES: N_("Suits us"),
        Answer.IF_NEED_BE: N_("If need be"),
        Answer.NO: N_("Does not suit us"),
    }
)

POLL_LOOKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Answer.YES.value: ("ok", POLL_ANSWERS[Answer.YES]),
        Answer.IF_NEED_BE.value: ("warn", POLL_ANSWERS[Answer.IF_NEED_BE]),
        Answer.NO.value: ("bad", POLL_ANSWERS[Answer.NO]),
        "": ("dim", N_("No answer yet")),
    }
)
"""How an answer looks: its state and its words."""

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "agenda.plan": N_("Planned the agenda"),
        "segments.plan": N_("Planned relayed and interactive parts"),
        "line-test.plan": N_("Planned a line test"),
        "line-test.note": N_("Noted a line test"),
        "defaults.change": N_("Changed what conferences start from"),
        "tiers.plan": N_("Planned the tiers"),
        "upstream.plan": N_("Planned what is relayed"),
        "upstream.drop": N_("Took away what is relayed"),
        "upstream.lost": N_("Noted that the upstream was lost"),
        "upstream.back": N_("Noted that the upstream was back"),
        "poll.close": N_("Closed a poll about days"),
        "poll.open": N_("Asked which day suits"),
        "poll.answer": N_("Answered which day suits"),
        "template.save": N_("Kept a template"),
        "template.remove": N_("Removed a template"),
        "document.add": N_("Added a document"),
        "document.remove": N_("Removed a document"),
    }
)

SAID: Mapping[str, str] = MappingProxyType(
    {
        "agenda-saved": N_("The agenda is saved."),
        "defaults-kept": N_("What conferences start from is kept."),
        "tiers-saved": N_("The tiers are saved."),
        "upstream-saved": N_("The upstream is saved."),
        "upstream-dropped": N_("Nothing is relayed any longer."),
        "upstream-lost": N_("The loss stands on the sheet."),
        "upstream-back": N_("It is noted that the upstream is back."),
        "line-test-planned": N_("The line test is booked; its halls have links of their own."),
        "line-test-noted": N_("The result is noted."),
        "template-saved": N_("The template is kept."),
        "template-removed": N_("The template is no longer there."),
        "poll-closed": N_("The poll is closed without a day."),
        "document-added": N_("The document is there for everybody who is invited."),
        "recordings-let": N_("It is kept who may open the recordings."),
        "recording-removed": N_("The recording is off the list; its file stays where it lies."),
        "document-removed": N_("The document is no longer there."),
    }
)
