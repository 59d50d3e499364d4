"""Explaining: one sentence for each reason, the same on pages and in the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from meetings.model import Period
from meetings.office.workdays import midnight
from meetings.scheduling.reasons import Reason, Rule
from web.formats import clock_time, local_day, long_date
from web.i18n import N_
from web.wording.naming import Names, rival_in
from web.wording.speech import Speech

MOST_NAMES = 4

Say = Callable[[Reason, Names, Speech], str]


def sentence(reason: Reason, names: Names, speech: Speech) -> str:
    """Return the reason as one sentence in the reader's language."""
    return WORDS[reason.rule](reason, names, speech)


def span(period: Period) -> str:
    """Write from when until when; of whole days only the days, of several days each end's."""
    start, end = period.start, period.end
    first, last = local_day(start), local_day(end - timedelta.resolution)
    if start == midnight(first) and end == midnight(last + timedelta(days=1)):
        return f"{first:%d/%m}" if first == last else f"{first:%d/%m} – {last:%d/%m}"
    if first == local_day(end):
        return f"{clock_time(start)} – {clock_time(end)}, {first:%d/%m}"
    return f"{clock_time(start)} {first:%d/%m} – {clock_time(end)} {local_day(end):%d/%m}"


def who(reason: Reason, names: Names, speech: Speech) -> str:
    """Return what is meant: up to four names, and how many more."""
    called = (names.of(one, speech.locale) for one in reason.subjects)
    return speech.listing(called, most=MOST_NAMES)


def host(reason: Reason, names: Names, speech: Speech) -> str:
    """Return who holds it, with the title where that may be known."""
    rival = rival_in(reason)
    name = names.unit(rival.host, speech.locale)
    return f"{name} ({rival.title})" if rival.conference in names.known else name


def held(words: str, *, apart: str = "") -> Say:
    """Return what says who holds it from when until when, and how near that is at least.

    `apart` is said where the periods keep apart and only what halls need between them does not.
    """

    def say(reason: Reason, names: Names, speech: Speech) -> str:
        return speech.tell(
            apart if apart and reason.limit else words,
            names=who(reason, names, speech),
            host=host(reason, names, speech),
            when=span(reason.period),
            limit=speech.number(reason.limit),
        )

    return say


def blacked_out(reason: Reason, names: Names, speech: Speech) -> str:
    """Say what cannot be had and why."""
    words = N_("%(names)s cannot be had %(when)s: %(why)s.")
    if reason.limit:
        words = N_(
            "%(names)s cannot be had %(when)s: %(why)s; %(limit)s minutes are needed to set up and"
            " clear away."
        )
    return speech.tell(
        words,
        names=who(reason, names, speech),
        when=span(reason.period),
        why=(reason.holder.words if reason.holder else "").rstrip("."),
        limit=speech.number(reason.limit),
    )


def no_seats(reason: Reason, names: Names, speech: Speech) -> str:
    """Say how many seats are wanted and how many are free, or who uses how many."""
    if reason.holder is not None:
        return speech.tell(
            "%(host)s uses %(n)s places on the bridges, %(when)s.",
            host=host(reason, names, speech),
            n=speech.number(reason.given),
            when=span(reason.period),
        )
    return speech.tell(
        "The bridges have %(free)s places free at that time, %(wanted)s are needed.",
        free=speech.number(reason.limit),
        wanted=speech.number(reason.given),
    )


def limited(words: str) -> Say:
    """Return what says what the host may have, and what it has or asks for."""

    def say(reason: Reason, names: Names, speech: Speech) -> str:
        return speech.tell(
            words,
            host=who(reason, names, speech),
            given=speech.number(reason.given),
            limit=speech.number(reason.limit),
        )

    return say


def crowded(reason: Reason, names: Names, speech: Speech) -> str:
    """Say how many the host would have, and how many it may."""
    return speech.tell(
        "%(host)s would have %(given)s conferences that are not over, and may have %(limit)s.",
        host=who(reason, names, speech),
        given=speech.number(reason.given + 1),
        limit=speech.number(reason.limit),
    )


def past(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say that it is over."""
    return speech.tell("The time %(when)s lies in the past.", when=span(reason.period))


def far_ahead(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say on which day it begins, and how far that is."""
    return speech.tell(
        "%(day)s is %(given)s days away. Is the year right?",
        day=long_date(reason.period.start, speech.locale),
        given=speech.number(reason.given),
    )


def day_off(reason: Reason, names: Names, speech: Speech) -> str:
    """Say that offices do not work, and what day it is where the calendar knows that."""
    at = reason.until or reason.period.start
    day, known = long_date(at, speech.locale), names.days.get(local_day(at))
    if known is None:
        return speech.tell("%(day)s is not a working day.", day=day)
    name = known.name_en if speech.locale == "en" and known.name_en else known.name
    return speech.tell("%(day)s is not a working day: %(name)s.", day=day, name=name)


def out_of_hours(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say when offices work."""
    opens, closes = clock_time(reason.period.start), clock_time(reason.period.end)
    return speech.tell(
        "It lies outside the working hours of that day, %(opens)s – %(closes)s.",
        opens=opens,
        closes=closes,
    )


def lunch(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say when lunch is."""
    start, end = clock_time(reason.period.start), clock_time(reason.period.end)
    return speech.tell("It runs into lunch, %(start)s – %(end)s.", start=start, end=end)


def short_notice(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say by when the invitation should have gone out."""
    day = long_date(reason.until, speech.locale) if reason.until else ""
    return speech.tell(
        "Invitations go out at least %(limit)s working days before; the last day was %(day)s."
        " An urgent conference is exempt when it says why.",
        limit=speech.number(reason.limit),
        day=day,
    )


def long(reason: Reason, _names: Names, speech: Speech) -> str:
    """Say how long it is and how long is usual."""
    return speech.tell(
        "It lasts %(given)s; conferences of this kind usually last %(limit)s at most.",
        given=speech.length(timedelta(minutes=reason.given)),
        limit=speech.length(timedelta(minutes=reason.limit)),
    )


WORDS: Mapping[Rule, Say] = MappingProxyType(
    {
        Rule.PAST: past,
        Rule.HORIZON: limited(
            N_("%(host)s books at most %(limit)s days ahead; this is %(given)s days away.")
        ),
        Rule.QUOTA: crowded,
        Rule.SITE_TAKEN: held(
            N_("%(names)s: taken by %(host)s, %(when)s."),
            apart=N_(
                "%(names)s: taken by %(host)s, %(when)s; %(limit)s minutes are needed to set up"
                " and clear away."
            ),
        ),
        Rule.OFFICIAL_TAKEN: held(N_("%(names)s: taken by %(host)s, %(when)s.")),
        Rule.LINE_TAKEN: held(N_("The shared line %(names)s is taken by %(host)s, %(when)s.")),
        Rule.BLACK_OUT: blacked_out,
        Rule.NO_SEATS: no_seats,
        Rule.FAR_AHEAD: far_ahead,
        Rule.DAY_OFF: day_off,
        Rule.OUT_OF_HOURS: out_of_hours,
        Rule.LUNCH: lunch,
        Rule.SHORT_NOTICE: short_notice,
        Rule.TIGHT: held(
            N_("%(names)s: less than %(limit)s minutes from the conference of %(host)s, %(when)s.")
        ),
        Rule.LONG: long,
    }
)
