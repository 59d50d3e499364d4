"""Fill an empty store: conferences booked as anybody books them, a past told over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg
import structlog

from bridges.jitsi.names import user_id
from bridges.placement.placing import place
from bridges.registered.registry import TRIAL
from bridges.trial.config import TrialConfig
from bridges.trial.model import RoomName
from bridges.trial.past import Stay, replay
from meetings.directory.finding import find_sites, resolve_groups, sites_by_ids, unit_by_code
from meetings.links.invitations import declare_headcount
from meetings.model import Conference, ConferenceId, Grant, Role, Site, SiteId, Unit, Wish
from meetings.office.workdays import local_day
from meetings.people.grants import add_person
from meetings.scheduling import booking
from meetings.scheduling.conferences import conference_by_id
from meetings.store import Connection
from web.database import transaction
from web.demo import store
from web.demo.attendance import Turnout, turnout
from web.demo.devices import watch_halls
from web.demo.scenarios import Planned, Scenario, plan

log = structlog.get_logger(__name__)

ACTOR = "program:demo"
AHEAD = timedelta(days=5)
"""How long before its start a past conference was booked."""

PEOPLE = (
    ("demo.thuky", "Thư ký mẫu", Role.SECRETARY, "11.vpubnd"),
    ("demo.kythuat", "Kỹ thuật viên mẫu", Role.TECHNICIAN, "11"),
    ("demo.lanhdao", "Lãnh đạo mẫu", Role.LEADER, "11"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the demo is played on: the trial bridge, the key of links, our own port."""

    trial: TrialConfig
    link_key: bytes = field(repr=False)
    port: int


async def load(pool: asyncpg.Pool, stage: Stage, now: datetime) -> None:
    """Load the demo into a store without conferences, and tell of its past.

    The rows are one transaction, so a kill leaves all of them or none.  What the bridge tells of
    the past comes after it; a past that was not told yet is told at the next start.
    """
    async with transaction(pool) as conn:
        if await store.claim_demo(conn, now):
            await fill(conn, stage, now)
        untold = await store.list_untold(conn, ACTOR)
    for conference in untold:
        await tell(pool, stage.trial, conference)
    log.info("demo told", conferences=len(untold))


async def fill(conn: Connection, stage: Stage, now: datetime) -> None:
    """Write people, conferences and devices."""
    await add_people(conn, now)
    for part in plan(now):
        conference = await book(conn, part, stage.link_key, now)
        if part.over:
            await finish(conn, conference)
    await watch_halls(conn, now, port=stage.port, by=ACTOR)


async def add_people(conn: Connection, now: datetime) -> None:
    """Add one person for each role; nobody can sign in as them before an admin makes a link."""
    for login, name, role, code in PEOPLE:
        unit = await unit_by_code(conn, code, local_day(now))
        await add_person(
            conn,
            login=login,
            name=name,
            unit=unit.id,
            email=f"{login}@diemcau.invalid",
            grants=[Grant(role=role, unit=unit.id)],
            by=ACTOR,
            demo=True,
        )


async def book(conn: Connection, part: Planned, link_key: bytes, now: datetime) -> Conference:
    """Book one conference with its room and its links; the past was booked in the past."""
    moment = part.period.start - AHEAD if part.over else now
    wish = await wish_of(conn, part, now)
    conference = await booking.book(conn, wish, by=ACTOR, now=moment, key=link_key)
    await place(conn, conference, bridge=TRIAL, now=moment)
    return conference


async def wish_of(conn: Connection, part: Planned, now: datetime) -> Wish:
    """Return the wish for a scenario: the host's own hall is the main site."""
    scenario, today = part.scenario, local_day(now)
    host = await unit_by_code(conn, scenario.host, today)
    main = (await halls_of(conn, host, now))[0]
    return Wish(
        title=scenario.title,
        kind=scenario.kind,
        host=host.id,
        chair=scenario.chair,
        main_site=main.id,
        sites=await sites_of(conn, scenario, now) | {main.id},
        period=part.period,
        demo=True,
    )


async def sites_of(conn: Connection, scenario: Scenario, now: datetime) -> frozenset[SiteId]:
    """Return the sites of a scenario's groups and of its units named one by one."""
    on = local_day(now)
    grouped = await resolve_groups(conn, scenario.groups, on) if scenario.groups else frozenset()
    units = [await unit_by_code(conn, code, on) for code in scenario.units]
    halls = [hall.id for unit in units for hall in await halls_of(conn, unit, now)]
    return grouped | frozenset(halls)


async def halls_of(conn: Connection, unit: Unit, now: datetime) -> list[Site]:
    """Return the halls of one unit."""
    return await find_sites(conn, on=local_day(now), below=unit.id)


async def finish(conn: Connection, conference: Conference) -> None:
    """End a past conference and write the head-counts its halls declared."""
    await booking.end(conn, conference.id, by=ACTOR, now=conference.period.end)
    at = conference.period.start + timedelta(minutes=10)
    for site, people in turnout_of(conference).headcounts:
        await declare_headcount(conn, conference.id, site, people, by=ACTOR, now=at)


def turnout_of(conference: Conference) -> Turnout:
    """Return who came to a past conference, the same each time it is asked."""
    return turnout(
        conference.sites, conference.period, main=conference.main_site, seed=conference.id
    )


async def tell(pool: asyncpg.Pool, trial: TrialConfig, conference: ConferenceId) -> None:
    """Let the trial bridge tell the receiver who came, as it would have done then."""
    async with transaction(pool) as conn:
        told = await conference_by_id(conn, conference)
        room = await store.get_room_name(conn, conference)
        sites = await sites_by_ids(conn, told.sites)
    await replay(trial, RoomName(room), stays_of(turnout_of(told), sites))


def stays_of(came: Turnout, sites: Mapping[SiteId, Site]) -> list[Stay]:
    """Return the visits in the bridge's words."""
    return [
        Stay(
            user_id=user_id(visit.site),
            name=sites[visit.site].label,
            joined_at=visit.stay.start,
            left_at=visit.stay.end,
        )
        for visit in came.visits
    ]
