"""Which submissions somebody may know: of their hosts, their own, and those they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetings.approval.chains import may_decide
from meetings.approval.errors import SubmissionNotFound
from meetings.approval.submissions import Submission, What
from meetings.directory.finding import unit_by_id, units_by_ids
from meetings.model import ConferenceId, Unit
from meetings.series.plan import SeriesId
from meetings.store import Connection
from meetings.store import submissions as store
from meetings.store.turns import list_submitted
from web.access.actors import Actor
from web.approval.approving import decider_of
from web.permissions import Permission, holds, may, units_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSubmission:
    """A submission that somebody may know, and what they may do with it."""

    submission: Submission
    host: Unit
    may_answer: bool
    may_withdraw: bool


async def see_submission(conn: Connection, actor: Actor, number: int) -> SeenSubmission:
    """Return a submission to who reads its host's conferences, asked for it, or answers it.

    Raises:
        SubmissionNotFound: there is none of that id, or none for this actor.
    """
    found = await store.get_submission(conn, number)
    host = await unit_by_id(conn, found.subject.host)
    seen = seen_by(actor, found, host)
    if seen is None:
        raise SubmissionNotFound(number)
    return seen


def seen_by(actor: Actor, found: Submission, host: Unit) -> SeenSubmission | None:
    """Return a submission as far as the actor may know it."""
    decider = decider_of(actor)
    asked = any(may_decide(one, host.path, decider) for one in found.approvals)
    own = found.asked_by == actor.name
    if not (asked or own or may(actor, Permission.READ_CONFERENCES, host.path)):
        return None
    turn = found.turn
    return SeenSubmission(
        submission=found,
        host=host,
        may_answer=turn is not None and may_decide(turn, host.path, decider),
        may_withdraw=turn is not None and may_take_back(actor, host, own=own),
    )


def may_take_back(actor: Actor, host: Unit, *, own: bool) -> bool:
    """Tell whether the actor books for the host, or still books anywhere and asked themselves."""
    books = Permission.BOOK
    return may(actor, books, host.path) or (own and holds(actor, books))


async def submitted_of(
    conn: Connection,
    actor: Actor,
    *,
    conference: ConferenceId | None = None,
    series: SeriesId | None = None,
) -> int:
    """Return the number of the change that waits and that the actor may know, or 0.

    Of a series that is a change of its dates, not one that is put back.
    """
    what = None if series is None else What.SERIES_CHANGE
    found = await store.find_waiting(conn, conference=conference, series=series, what=what)
    if found is None:
        return 0
    host = await unit_by_id(conn, found.subject.host)
    return found.id if seen_by(actor, found, host) else 0


async def list_seen(
    conn: Connection,
    actor: Actor,
    *,
    mine: bool | None = None,
    after: int | None = None,
    limit: int,
) -> tuple[Sequence[SeenSubmission], int]:
    """Return what waits and the actor may know, the earliest first, and how much there is in all.

    `mine` leaves only what is the actor's to answer now, or only what is not.
    """
    units = units_of(actor, Permission.READ_CONFERENCES)
    turns = await list_submitted(
        conn, decider_of(actor), mine=mine, units=units, after=after, limit=limit
    )
    found = await store.list_submissions(conn, turns.ids)
    hosts = await units_by_ids(conn, {one.subject.host for one in found})
    seen = (seen_by(actor, one, hosts[one.subject.host]) for one in found)
    return [one for one in seen if one is not None], turns.total
