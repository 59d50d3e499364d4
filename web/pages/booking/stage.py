"""Where a conference stands before it is booked: who agreed, whose turn it is, what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meetings.approval.chains import Approval, Decision, Request, may_decide
from meetings.directory.finding import units_by_ids
from meetings.model import Conference, Person, PersonId, State, Unit, UnitId
from meetings.people.grants import people_by_ids
from meetings.rules import owner_in
from meetings.scheduling.displacing import Plan, plan_for
from meetings.store import Connection
from meetings.store.approvals import find_request
from web.access.visibility import known_of
from web.approval.approving import decider_of, spoken_against
from web.pages.acting import actor_words
from web.pages.booking.gaveway import GaveWay, gave_way_of
from web.pages.booking.warned import NOTHING, Question, asked_about
from web.pages.conference.conferences import Found, unit_name
from web.pages.reading import Reader
from web.permissions import Permission
from web.wording import approval_words, phrases

LOOKS: Mapping[Decision, str] = {Decision.APPROVED: "ok", Decision.REFUSED: "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step: who may answer, and what was answered."""

    who: str
    state: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """A conference that holds wanted halls; named only where the reader may know it."""

    title: str
    host: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the page shows of a draft, a request, or one that was answered."""

    lead: str
    lines: tuple[Line, ...]
    may_answer: bool
    may_submit: bool
    may_withdraw: bool
    yields: tuple[Yield, ...] = ()
    stays: tuple[Yield, ...] = ()
    digest: str = ""
    gave_way: GaveWay | None = None
    against: Question = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names behind the ids of a request."""

    people: Mapping[PersonId, Person]
    units: Mapping[UnitId, Unit]


async def stage_of(conn: Connection, found: Found, reader: Reader) -> Stage | None:
    """Return where the conference stands; nothing for one that nobody was asked about."""
    asked = await find_request(conn, found.conference.id)
    if asked is None:
        return None
    names = await names_of(conn, asked.approvals)
    requested = found.conference.state is State.REQUESTED
    turn = asked.turn if requested else None
    books = found.is_mine(reader, Permission.BOOK)
    draft = found.conference.state is State.DRAFT
    answers = bool(turn and may_decide(turn, found.host.path, decider_of(reader.actor)))
    plan = await plan_for(conn, found.conference, now=reader.now) if answers else None
    over = plan is not None and found.is_mine(reader, Permission.DISPLACE)
    return Stage(
        lead=lead(found, turn, names, reader),
        lines=() if draft else tuple(line(one, turn, names, reader) for one in asked.approvals),
        may_answer=answers,
        may_submit=books and draft,
        may_withdraw=books and requested,
        yields=await yields_of(conn, plan.displaced, reader) if plan and over else (),
        stays=await yields_of(conn, stay_of(plan, over=over), reader) if plan else (),
        digest=plan.digest if plan else "",
        gave_way=await gave_way_of(conn, found, asked, reader),
        against=await against_of(conn, found, asked, reader) if answers else NOTHING,
    )


async def against_of(conn: Connection, found: Found, asked: Request, reader: Reader) -> Question:
    """Return what speaks against the conference now, for whose answer is the last one."""
    left = sum(one.decision is None for one in asked.approvals)
    against = await spoken_against(conn, found.conference, now=reader.now) if left == 1 else ()
    return await asked_about(conn, reader, against)


def stay_of(plan: Plan, *, over: bool) -> tuple[Conference, ...]:
    """Return who holds halls and gives way to nobody here."""
    return plan.protected if over else (*plan.displaced, *plan.protected)


async def yields_of(
    conn: Connection, found: Sequence[Conference], reader: Reader
) -> tuple[Yield, ...]:
    """Return the conferences as the page names them."""
    hosts = await units_by_ids(conn, {one.host for one in found})
    known = await known_of(conn, reader.actor, found, hosts)
    return tuple(
        Yield(
            title=one.title if one.id in known else "",
            host=unit_name(hosts[one.host], reader.speech),
            when=reader.speech.span(one.period),
        )
        for one in found
    )


def lead(found: Found, turn: Approval | None, names: Names, reader: Reader) -> str:
    """Say in one sentence where it stands and who is next."""
    speech = reader.speech
    state = found.conference.state
    if state is State.DRAFT:
        return speech.tell("This is a draft. It holds no hall until it is sent off.")
    if turn is not None:
        return speech.tell(
            "Waits for the approval of %(who)s. No hall is held until then.",
            who=who(turn, names, reader),
        )
    if state is State.REFUSED and not found.conference.cancel_reason:
        return speech.tell("Nobody answered before it was to begin.")
    if state is State.REFUSED:
        return speech.tell("Refused: %(reason)s", reason=found.conference.cancel_reason)
    return speech.tell("Everybody who was to agree has agreed.")


def line(one: Approval, turn: Approval | None, names: Names, reader: Reader) -> Line:
    """Return one step."""
    speech = reader.speech
    if one.decision is not None and one.at is not None:
        word = approval_words.DECISIONS[one.decision]
        at = speech.moment(one.at, today=reader.now)
        said = f"{speech.word(word)} · {actor_words(one.by, names.people, reader)} · {at}"
        return Line(
            who=who(one, names, reader), state=LOOKS[one.decision], words=said, reason=one.reason
        )
    waits = turn is not None and one.place == turn.place
    words = speech.tell("Waits for an answer") if waits else speech.tell("Not asked yet")
    return Line(
        who=who(one, names, reader), state="warn" if waits else "dim", words=words, reason=""
    )


def who(one: Approval, names: Names, reader: Reader) -> str:
    """Say who may answer a step."""
    step, speech = one.step, reader.speech
    if step.role is not None and step.unit is not None:
        unit = unit_name(names.units[step.unit], speech)
        return f"{speech.word(phrases.ROLES[step.role])} · {unit}"
    people = [names.people[one].name for one in sorted(step.people) if one in names.people]
    return speech.tell(" or ").join(people) if people else speech.tell("An administrator")


async def names_of(conn: Connection, approvals: Sequence[Approval]) -> Names:
    """Return the names behind the ids of steps."""
    units = {one.step.unit for one in approvals if one.step.unit is not None}
    people = {person for one in approvals for person in one.step.people}
    people |= {person for one in approvals if (person := owner_in(one.by.partition(" ")[0]))}
    return Names(people=await people_by_ids(conn, people), units=await units_by_ids(conn, units))
