"""Lines on a bridge's page: what a check found, how secrets stand, what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bridges.inspection.brought import HELD
from bridges.jitsi.replies import Answer
from bridges.model import Bridge, BridgeSecrets, SecretKind
from bridges.receiving.held import Held, Pile, Why
from bridges.registered.rotation import former, is_spreading
from bridges.store.carried import Carried
from web import formats
from web.pages.booking.wishing import Typed
from web.pages.bridges import bridge_form as forms
from web.pages.looks import Chip
from web.pages.reading import Reader
from web.wording import check_words
from web.wording.mend_words import MEND, mend
from web.wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a check; `where` is the address it is about, where its sentence names none."""

    asked: str
    chip: Chip
    told: str
    where: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretLine:
    """One kind of secret, how far its rotation is, and the form that rotates it.

    `risk` is what comes to pass where Prosody does not get the new one in time.
    """

    kind: str
    words: str
    state: str
    risk: str
    form: Typed
    open: bool

    @property
    def problems(self) -> Typed:
        """What is wrong with the form, by the fields' ids."""
        named = {f"{self.kind}-{name}": words for name, words in self.form.errors.items()}
        return Typed(values={}, errors=named)


def held_lines(held: Held, speech: Speech, now: datetime) -> list[tuple[str, str]]:
    """Say what is held back, and why, each with how to mend it."""
    return [
        (pile_words(why, held[why], speech, now), speech.word(MEND[HELD[why]]))
        for why in Why
        if why in held
    ]


def pile_words(why: Why, pile: Pile, speech: Speech, now: datetime) -> str:
    """Say how many events are held back for a reason, and since when."""
    since = speech.moment(datetime.fromtimestamp(pile.since, now.tzinfo), today=now)
    if why is Why.WRONG_SECRET:
        return speech.tell_many(
            "%(n)s event since %(since)s came with a wrong secret; attendance lacks it.",
            "%(n)s events since %(since)s came with a wrong secret; attendance lacks them.",
            pile.records,
            since=since,
        )
    if why is Why.WRONG_ADDRESS:
        return speech.tell_many(
            "%(n)s event since %(since)s was posted to another address; attendance lacks it.",
            "%(n)s events since %(since)s were posted to another address; attendance lacks them.",
            pile.records,
            since=since,
        )
    if why is Why.TOO_LARGE:
        return speech.tell_many(
            "%(n)s event since %(since)s was too large to be taken; attendance lacks it.",
            "%(n)s events since %(since)s were too large to be taken; attendance lacks them.",
            pile.records,
            since=since,
        )
    return speech.tell_many(
        "%(n)s event since %(since)s cannot be read; attendance lacks it.",
        "%(n)s events since %(since)s cannot be read; attendance lacks them.",
        pile.records,
        since=since,
    )


def carried_words(bridge: Bridge, carried: Carried, reader: Reader) -> str:
    """Say what a bridge carries now, what it will have to at most, and how hard it works."""
    speech = reader.speech
    parts = [
        speech.tell(
            "Rooms in use: %(rooms)s, halls in them: %(sites)s",
            rooms=speech.number(carried.rooms),
            sites=speech.number(carried.sites),
        )
    ]
    if carried.promised_at is not None:
        parts.append(
            speech.tell(
                "at most %(n)s of %(seats)s seats promised, at %(at)s",
                n=speech.number(carried.promised),
                seats=speech.number(bridge.seats),
                at=speech.moment(carried.promised_at, today=reader.now),
            )
        )
    if bridge.stress is not None:
        share = formats.percent(bridge.stress, speech.locale)
        parts.append(speech.tell("stress %(share)s", share=share))
    return " · ".join(parts)


def overpromised(bridge: Bridge, carried: Carried, reader: Reader) -> str:
    """Say that more is promised than a bridge can carry, "" where that is not so."""
    if carried.promised_at is None or carried.promised <= bridge.seats:
        return ""
    return reader.speech.tell(
        "%(n)s seats are promised at %(at)s, more than the bridge has. What is booked stays; "
        "nothing more is placed here then.",
        n=reader.speech.number(carried.promised),
        at=reader.speech.moment(carried.promised_at, today=reader.now),
    )


def secret_lines(
    bridge: Bridge, secrets: BridgeSecrets, typed: Typed, reader: Reader
) -> Sequence[SecretLine]:
    """Return how each kind of secret stands, with what was typed to rotate it."""
    speech = reader.speech
    unturned = Typed(values={**forms.FIRST_TURN, "algorithm": bridge.algorithm.value})
    lines = []
    for kind, words in forms.SECRETS.items():
        before = former(secrets, kind, reader.now)
        until = before and speech.moment(before.ends_at, today=reader.now)
        state = speech.tell("the old one is good until %(at)s", at=until) if before else ""
        if kind is SecretKind.JWT and is_spreading(secrets, reader.now):
            state += "; " + speech.tell("the bridge does not take the new one yet")
        named = f"{speech.word(words)} ({bridge.algorithm})" if kind is SecretKind.JWT else ""
        is_open = typed.values.get("kind") == kind.value
        lines.append(
            SecretLine(
                kind=kind.value,
                words=named or speech.word(words),
                state=state,
                risk=speech.word(forms.RISKS[kind]),
                form=typed if is_open else unturned,
                open=is_open,
            )
        )
    return lines


def fact_lines(bridge: Bridge, speech: Speech) -> Sequence[tuple[str, str]]:
    """Return the settings that are set, in words, for whoever may only read them."""
    values = forms.values_of(bridge) | {"draining": bridge.draining and speech.tell("Yes")}
    return [
        (speech.word(label), str(values[name]))
        for name, label in forms.LABELS.items()
        if values.get(name)
    ]


def counted(answers: Sequence[Answer], speech: Speech) -> str:
    """Say how many answers of a check are how, the worst first."""
    counts = check_words.tally(answers)
    return " · ".join(f"{speech.word(words)}: {speech.number(n)}" for words, n in counts)


def finding(answer: Answer, reader: Reader) -> Finding:
    """Return one line of a check in the reader's language."""
    speech = reader.speech
    sentence, values = check_words.told(answer)
    advice = mend(answer)
    return Finding(
        asked=speech.word(check_words.ASKED[answer.asked]),
        chip=Chip(
            state=check_words.LOOKS[answer.verdict],
            words=speech.word(check_words.VERDICTS[answer.verdict]),
        ),
        told=speech.tell(sentence, **values),
        where=check_words.place(answer),
        mend=speech.word(advice) if advice else "",
    )
