"""Lists ask the database as often for many rows as for few."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from meetings.content.polls import open_poll
from meetings.content.templates import save_template
from meetings.directory.officials import add_line
from meetings.model import Period
from meetings.scheduling.black_outs import add_black_out
from meetings.scheduling.resources import Subject, SubjectKind
from tests.makers import a_conference, a_unit, all_communes, an_official

LISTS = (
    "/",
    "/conferences",
    "/schedule/week",
    "/schedule/month",
    "/schedule/leaders",
    "/schedule/halls",
    "/schedule/weekly",
    "/sites",
    "/units",
    "/board",
    "/report",
    "/people",
    "/audit",
)


@pytest.mark.parametrize("path", LISTS)
async def test_list_asks_as_often_for_many_as_for_few(
    client_for, conn, bridge, count_queries, path
):
    admin = await client_for("admin")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    await a_conference(conn, start=soon)
    await admin.get(path)
    few = await count_queries(admin, path)

    for number in range(1, 5):
        await a_conference(conn, start=soon + timedelta(hours=3 * number))

    assert (await count_queries(admin, path), few > 0) == (few, True)


async def test_list_of_polls_asks_as_often_for_many_as_for_few(
    client_for, conn, bridge, count_queries
):
    admin = await client_for("admin")
    held = await a_conference(conn)
    now = datetime.now(UTC)

    async def ask(name: str) -> None:
        template = await save_template(conn, held, name, by="program:test", now=now)
        await open_poll(conn, template, [held.period], [held.host], by="program:test", now=now)

    await ask("Một")
    await admin.get("/polls")
    few = await count_queries(admin, "/polls")
    for name in ("Hai", "Ba", "Bốn"):
        await ask(name)

    assert (await count_queries(admin, "/polls"), few > 0) == (few, True)
    assert (await (await admin.get("/polls")).text()).count('href="/polls/') == 4


@pytest.mark.parametrize("path", ["/api/v1/black-outs", "/sites/{}", "/officials/{}", "/lines/{}"])
async def test_list_of_black_outs_asks_as_often_for_many_as_for_few(
    client_for, conn, count_queries, path
):
    admin = await client_for("admin")
    held = await a_conference(conn)
    line = await add_line(conn, held.host, "Kênh", sites=held.sites, by="program:test")
    things = {
        "/sites/{}": Subject(SubjectKind.SITE, held.sites[0]),
        "/officials/{}": Subject(SubjectKind.OFFICIAL, await an_official(conn)),
        "/lines/{}": Subject(SubjectKind.LINE, line.id),
    }
    subject = things.get(path, things["/sites/{}"])
    place = path.format(subject.id)

    async def shut(reason: str) -> None:
        period = Period(held.period.start, held.period.end + timedelta(days=1))
        await add_black_out(conn, subject, period, reason=reason, unit=held.host, by="program:test")

    await shut("Một")
    await admin.get(place)
    few = await count_queries(admin, place)
    for reason in ("Hai", "Ba", "Bốn"):
        await shut(reason)

    assert (await count_queries(admin, place), few > 0) == (few, True)
    assert "Bốn" in await (await admin.get(place)).text()


async def test_list_of_lines_asks_as_often_for_many_as_for_few(client_for, conn, count_queries):
    admin, unit = await client_for("admin"), await a_unit(conn, "11")
    halls = sorted(await all_communes(conn))
    await add_line(conn, unit.id, "Một", sites=halls[:1], by="program:test")
    await admin.get("/lines")
    few = await count_queries(admin, "/lines")

    for number, name in enumerate(("Hai", "Ba", "Bốn"), start=1):
        sites = halls[10 * number : 10 * number + 9]
        await add_line(conn, unit.id, name, sites=sites, by="program:test")

    assert (await count_queries(admin, "/lines"), few > 0) == (few, True)
    assert (await (await admin.get("/lines")).text()).count('<a href="/lines/') == 4
