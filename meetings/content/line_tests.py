"""The line test of a conference: tied to it, noted hall by hall."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from meetings.audit import record_beside
from meetings.content.line_test_errors import LineTestExists, LineTestNotFound, LineTestOfATest
from meetings.content.line_test_rules import Outcome, Summary, summary
from meetings.errors import SitesNotFound
from meetings.kinds import Kind, Visibility
from meetings.model import Conference, ConferenceId, Period, SiteId, Wish
from meetings.rules import PLANNED, wish_of
from meetings.store import Connection
from meetings.store import line_tests as store
from meetings.store.conferences import get_conference, lock_conference
from meetings.store.line_tests import Result

TITLE = "Thử đường truyền: %s"
LONGEST_TITLE = 300

__all__ = ["LineTest", "Result"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTest:
    """The rehearsal of a conference with what was noted so far."""

    rehearsal: Conference
    results: dict[SiteId, Result]

    @property
    def summary(self) -> Summary:
        """Return what the results come to."""
        outcomes = {int(site): one.outcome for site, one in self.results.items()}
        return summary(len(self.rehearsal.sites), outcomes)


async def find_line_test(conn: Connection, conference: ConferenceId) -> LineTest | None:
    """Return the line test of a conference, if it has one that was not called off."""
    rehearsal = await store.find_rehearsal(conn, conference)
    if rehearsal is None:
        return None
    return LineTest(
        rehearsal=await get_conference(conn, rehearsal),
        results=await store.list_results(conn, rehearsal),
    )


async def rehearsal_wish(conn: Connection, conference: ConferenceId, period: Period) -> Wish:
    """Return the wish for the line test of a conference, which stays locked.

    Raises:
        LineTestExists: it has one.
        LineTestOfATest: it is itself a test, or over.
    """
    main = await lock_conference(conn, conference)
    if main.kind is Kind.REHEARSAL or main.state not in PLANNED:
        raise LineTestOfATest
    if await store.find_rehearsal(conn, conference) is not None:
        raise LineTestExists
    return replace(
        wish_of(main),
        title=(TITLE % main.title)[:LONGEST_TITLE],
        kind=Kind.REHEARSAL,
        period=period,
        chair="",
        chair_id=None,
        delegates=frozenset(),
        visibility=Visibility.INTERNAL,
    )


async def tie(conn: Connection, main: Conference, rehearsal: Conference, *, by: str) -> None:
    """Tie a rehearsal that was booked to its conference."""
    await store.insert_test(conn, main.id, rehearsal.id)
    await record_beside(conn, main, "line-test.plan", by=by, rehearsal=rehearsal.id)


async def note_result(
    conn: Connection,
    rehearsal: ConferenceId,
    site: SiteId,
    outcome: Outcome,
    *,
    remark: str,
    by: str,
    now: datetime,
) -> None:
    """Note what the test of a hall said; the last word counts.

    Raises:
        LineTestNotFound: the conference is no line test.
        SitesNotFound: the hall is not in it.
    """
    main = await store.find_main(conn, rehearsal)
    if main is None:
        raise LineTestNotFound
    found = await get_conference(conn, rehearsal)
    if site not in found.sites:
        raise SitesNotFound(frozenset({site}))
    result = Result(site=site, outcome=outcome, remark=remark, noted_by=by, noted_at=now)
    await store.save_result(conn, rehearsal, result)
    await record_beside(
        conn,
        await get_conference(conn, main),
        "line-test.note",
        by=by,
        site=site,
        outcome=outcome.value,
    )
