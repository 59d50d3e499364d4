"""A house in which every kind of page has something to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridges.control.recording_rules import NewRecording
from bridges.control.recordings import take_in
from bridges.placement.placing import place
from bridges.placement.rooms import room_of
from bridges.receiving.astray import Seen, Setting, Stray
from bridges.store.strays import save_seen
from meetings.approval.asking import request
from meetings.approval.chains import Step
from meetings.approval.handing import offer
from meetings.approval.handovers import Receiver
from meetings.approval.submissions import Subject, What
from meetings.approval.submitting import submit
from meetings.content.polls import Answer, answer, open_poll
from meetings.content.templates import save_template
from meetings.content.upstreams import Upstream
from meetings.directory.officials import add_line
from meetings.links.invitations import link_secret, make_links
from meetings.model import Changes, Period, Role, State
from meetings.scheduling.black_outs import add_black_out
from meetings.scheduling.resources import Subject as Thing
from meetings.scheduling.resources import SubjectKind
from meetings.store.gateways import save_gateway
from meetings.store.upstreams import save_upstreams
from tests.makers import a_conference, a_wish, all_communes, an_official, some_sites
from tests.repeating import repeat
from web.approval.submitting import CHANGES
from web.scheduling.booking import LINKS

ASKED = "SELECT id FROM units WHERE kind = 'commune' ORDER BY id LIMIT 6"
PRESENT = """
    INSERT INTO presences (conference_id, site_id, starts_at, ends_at, evidence)
    SELECT $1, unnest($2::bigint[]), $3, $4, 'events'
"""


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def stage(conn, bridge, keyring):
    """Have something on every page."""
    _ = bridge
    return await furnish(conn, keyring)


async def furnish(conn, keyring):
    """One conference of 45 halls that is over, and one of three that begins soon."""
    async with conn.transaction():
        halls = sorted(await all_communes(conn))
        begun = now() - timedelta(days=1, hours=2)
        past = await a_conference(conn, sites=halls, start=begun, state=State.ENDED)
        await conn.execute(PRESENT, past.id, halls[:40], begun, begun + timedelta(hours=2))
        soon = await a_conference(conn, start=now() + timedelta(minutes=20))
        await place(conn, soon, bridge=None, now=now())
        await two_recordings(conn, soon)
        await make_links(conn, soon, keyring.derive(LINKS))
        await a_cascade(conn, past, soon)
        await save_gateway(conn, soon.sites[0], "sip:bung-lao@gw.dienbien.example")
        await save_gateway(conn, soon.sites[2], "h323:10.20.3.4")
        await save_seen(conn, Seen(strays=astray(), right={}))
    wish = await a_wish(conn, start=now() + timedelta(days=3), host="11")
    asked = await request(conn, wish, steps=(), bridge="", by="program:test", now=now())
    giver = Receiver(name="program:test", person=None, books_for=frozenset())
    await offer(conn, asked.id, host=None, owner=None, giver=giver, version=None, now=now())
    series = await a_series(conn, keyring.derive(LINKS))
    submission = await a_submission(conn, asked.host)
    official, line = await some_black_outs(conn, soon)
    template, poll, asked_unit = await a_poll(conn, past)
    secret = link_secret(keyring.derive(LINKS), soon.id, (await some_sites(conn, 2))[1], 1)
    return {
        "past": past.id,
        "soon": soon.id,
        "asked": asked.id,
        "series": series,
        "submission": submission,
        "official": official,
        "line": line,
        "hall": f"/j/{secret}",
        "template": template,
        "poll": poll,
        "asked_unit": asked_unit,
    }


def astray() -> dict[tuple[str, Setting], Stray]:
    """Calls of the built-in bridge, and of somebody's, to addresses where nothing is."""
    told = [
        (
            "trial",
            Setting.RESERVATIONS,
            "hop.dienbien.example/bridges/trial/conference",
        ),
        ("trial", Setting.EVENTS, "hop.dienbien.example/bridges/thu/events/room/created"),
        ("", Setting.NONE, "hop.dienbien.example/jitsi/reservation"),
    ]
    return {
        (bridge, setting): Stray(
            bridge=bridge,
            sure=bool(bridge),
            setting=setting,
            at=now() - timedelta(minutes=5),
            method="POST",
            url=url,
            address="10.20.3.9",
        )
        for bridge, setting, url in told
    }


async def two_recordings(conn, conference):
    """One that has an address, and one that lies with the recorder."""
    room = await room_of(conn, conference.id)
    for number, url in enumerate(("https://kho.dienbien.example/ghi/1.mp4", "")):
        new = NewRecording(
            folder="hjkdvxbnqsuwyzac",
            name=f"{room.name}_2026-11-26-08-0{number}-00.mp4",
            size=734_003_200,
            sha256=bytes([number]) * 32,
            seconds=5400,
            url=url,
            recorded_at=now(),
        )
        await take_in(conn, room.bridge_name, room.name, new, now=now())


async def a_series(conn, key, *, day=14):
    """A weekly series of which one date is left out, since somebody holds its halls."""
    start = (now() + timedelta(days=day)).replace(hour=1, minute=0, second=0)
    await a_conference(conn, start=start + timedelta(weeks=2))
    wish = await a_wish(conn, start=start, title="Giao ban tuần", host="11")
    async with conn.transaction():
        done = await repeat(
            conn, wish, "FREQ=WEEKLY;COUNT=6", key=key, by="program:test", now=now()
        )
    return done.id


async def a_submission(conn, host, *, day=9):
    """A change of a confirmed conference that a leader and an administrator must agree to."""
    start = (now() + timedelta(days=day)).replace(hour=2, minute=0, second=0)
    held = await a_conference(conn, start=start, title="Hội nghị triển khai nghị quyết", host="11")
    async with conn.transaction():
        later = Period(start + timedelta(hours=6), start + timedelta(hours=8))
        subject = Subject(
            what=What.CHANGE,
            host=host,
            title=held.title,
            period=later,
            sites=held.sites,
            payload={"changes": CHANGES.dump_python(Changes(period=later), mode="json")},
            lapses_at=start,
            conference=held.id,
        )
        steps = [Step(role=Role.ADMIN, unit=host), Step(role=Role.LEADER, unit=host)]
        made = await submit(conn, subject, steps, by="program:test", now=now())
    return made.id


async def a_cascade(conn, *conferences):
    """Let conferences relay the Government's through their second hall."""
    for one in conferences:
        address = "sip:hop01@cau.chinhphu.example"
        upstream = Upstream(name="Cầu Chính phủ", address=address, relay=one.sites[1])
        await save_upstreams(conn, {one.id: upstream})


async def a_poll(conn, conference):
    """A template, a poll of it in which some have answered, and the link of one unit."""
    template = await save_template(conn, conference, "Giao ban tuần", by="program:test", now=now())
    starts = [now() + timedelta(days=day) for day in (4, 5, 6)]
    periods = [Period(start, start + timedelta(hours=2)) for start in starts]
    units = [row["id"] for row in await conn.fetch(ASKED)]
    poll, secrets = await open_poll(conn, template, periods, units, by="program:test", now=now())
    for unit in units[:4]:
        said = [Answer.NO, Answer.YES, Answer.IF_NEED_BE]
        await answer(conn, poll.id, unit, said, by="program:test")
    return template.id, poll.id, f"/j/poll/{secrets[units[0]]}"


async def some_black_outs(conn, conference):
    """An official who is away, and a line of three halls that is being repaired."""
    official, host = await an_official(conn), conference.host
    line = await add_line(
        conn, host, "Kênh Mường Nhé", sites=conference.sites[:3], by="program:test"
    )
    period = Period(now() - timedelta(hours=1), now() + timedelta(days=2))
    for kind, one in ((SubjectKind.OFFICIAL, official), (SubjectKind.LINE, line.id)):
        thing, why = Thing(kind, one), "Đi công tác" if kind is SubjectKind.OFFICIAL else "Bảo trì"
        await add_black_out(conn, thing, period, reason=why, unit=host, by="program:test")
    return official, line.id
