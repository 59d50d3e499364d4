"""Makers of what tests need: the line that calls one says what matters, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from meetings.directory.finding import find_sites, load_directory, resolve_groups, unit_by_code
from meetings.directory.officials import list_officials
from meetings.model import (
    Conference,
    Grant,
    Kind,
    OfficialId,
    Period,
    Person,
    Role,
    Site,
    SiteId,
    State,
    Unit,
    Wish,
)
from meetings.office.workdays import local_day
from meetings.people.grants import add_person
from meetings.scheduling.booking import begin, book, cancel, end
from meetings.store import Connection

DIRECTORY = "dien-bien"
MONDAY_EIGHT = datetime(2026, 11, 30, 1, tzinfo=UTC)
"""A Monday at 08:00 in Điện Biên; where tests do not care when."""


async def a_directory(conn: Connection) -> None:
    """Load Điện Biên: 45 communes with a hall each, the provincial offices, the groups."""
    await load_directory(conn, DIRECTORY)


async def a_unit(conn: Connection, code: str = "11") -> Unit:
    """Return the unit of that code as it is after the reform."""
    return await unit_by_code(conn, code, date(2026, 11, 30))


async def a_site(conn: Connection, name: str = "Sín Thầu") -> Site:
    """Return the first site found by that name."""
    return (await find_sites(conn, name, on=date(2026, 11, 30)))[0]


async def an_official(conn: Connection, title: str = "Chủ tịch UBND tỉnh") -> OfficialId:
    """Return the official of that title."""
    return (await list_officials(conn, title, on=date(2026, 11, 30)))[0].id


async def some_sites(conn: Connection, count: int) -> list[SiteId]:
    """Return the first communes' sites in Vietnamese order."""
    found = await find_sites(conn, on=date(2026, 11, 30), group="all-communes", limit=count)
    return [site.id for site in found]


async def a_wish(
    conn: Connection,
    *,
    sites: int | Collection[SiteId] = 3,
    start: datetime = MONDAY_EIGHT,
    length: timedelta = timedelta(hours=2),
    title: str = "Họp giao ban tháng",
    kind: Kind = Kind.BRIEFING,
    host: str = "11.vpubnd",
    chair: str = "Chủ tịch UBND tỉnh",
    demo: bool = False,
    chair_id: OfficialId | None = None,
    delegates: Collection[OfficialId] = (),
) -> Wish:
    """Return a wish of the first `sites` communes, or of these sites; the first is the main one."""
    chosen = await some_sites(conn, sites) if isinstance(sites, int) else list(sites)
    return Wish(
        title=title,
        kind=kind,
        host=(await a_unit(conn, host)).id,
        chair=chair,
        main_site=chosen[0],
        sites=frozenset(chosen),
        period=Period(start, start + length),
        demo=demo,
        chair_id=chair_id,
        delegates=frozenset(delegates),
    )


async def a_conference(
    conn: Connection,
    *,
    state: State = State.CONFIRMED,
    by: str = "program:test",
    now: datetime | None = None,
    **what: object,
) -> Conference:
    """Book a conference and lead it to its state; `what` is as for `a_wish`.

    It is booked an hour before its start, whenever that is, unless `now` says otherwise.
    """
    wish = await a_wish(conn, **what)  # type: ignore[arg-type]  # checked by a_wish's own callers
    booked = await book(conn, wish, by=by, now=now or wish.period.start - timedelta(hours=1))
    if state is State.CANCELLED:
        return await cancel(
            conn, booked.id, reason="mưa lũ", version=None, by=by, now=wish.period.start
        )
    if state in {State.LIVE, State.ENDED}:
        booked = await begin(conn, booked.id, wish.period.start)
    if state is State.ENDED:
        booked = await end(conn, booked.id, by=by, now=wish.period.end)
    return booked


async def all_communes(conn: Connection, on: datetime = MONDAY_EIGHT) -> frozenset[SiteId]:
    """Return the sites of the 45 communes."""
    return await resolve_groups(conn, ["all-communes"], local_day(on))


async def a_person(
    conn: Connection,
    role: Role = Role.SECRETARY,
    unit: str = "11",
    login: str | None = None,
    name: str = "",
) -> Person:
    """Add somebody with one role over one unit's subtree, named after the role."""
    of = (await a_unit(conn, unit)).id
    return await add_person(
        conn,
        login=login or f"{role.value}.{unit}",
        name=name or f"{role.value} {unit}",
        unit=of,
        by="program:test",
        grants=[Grant(role=role, unit=of)],
    )
