"""A house in which every kind of page has something to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridges.placing import place
from meetings.asking import request
from meetings.handing import offer
from meetings.handovers import Receiver
from meetings.invitations import link_secret, make_links
from meetings.model import Period, State
from meetings.polls import Answer, answer, open_poll
from meetings.templates import save_template
from tests.makers import a_conference, a_wish, all_communes, some_sites
from web.booking import LINKS

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
        await make_links(conn, soon, keyring.derive(LINKS))
    wish = await a_wish(conn, start=now() + timedelta(days=3), host="11")
    asked = await request(conn, wish, steps=(), bridge="", by="program:test", now=now())
    giver = Receiver(name="program:test", person=None, books_for=frozenset())
    await offer(conn, asked.id, host=None, owner=None, giver=giver, version=None, now=now())
    template, poll, asked_unit = await a_poll(conn, past)
    secret = link_secret(keyring.derive(LINKS), soon.id, (await some_sites(conn, 2))[1], 1)
    return {
        "past": past.id,
        "soon": soon.id,
        "asked": asked.id,
        "hall": f"/j/{secret}",
        "template": template,
        "poll": poll,
        "asked_unit": asked_unit,
    }


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
