from datetime import UTC, datetime

from meetings.store import Connection
from tests.makers import a_conference, a_directory
from web.demo.removing import remove
from web.demo.store import REMOVALS

COUNTS = """
    SELECT (SELECT count(*) FROM conferences) AS conferences,
           (SELECT count(*) FROM holds) AS holds,
           (SELECT count(*) FROM links) AS links,
           (SELECT count(*) FROM invitations) AS invitations
"""


# Tables whose rows would keep a conference from going.
POINTING = """
    SELECT conrelid::regclass::text AS name FROM pg_constraint
     WHERE contype = 'f' AND confrelid = 'conferences'::regclass AND confdeltype = 'a'
"""


async def counts(conn: Connection) -> dict[str, int]:
    row = await conn.fetchrow(COUNTS)
    return dict(row or {})


async def test_removing_takes_the_demo_and_leaves_what_people_booked(conn):
    await a_directory(conn)
    own = await a_conference(conn, start=datetime(2031, 1, 6, 1, tzinfo=UTC))
    before = await counts(conn)
    await a_conference(conn, start=datetime(2031, 1, 7, 1, tzinfo=UTC), demo=True)

    gone = await remove(conn, by="program:demo")

    assert gone == 1
    assert await counts(conn) == before
    assert await conn.fetchval("SELECT id FROM conferences") == own.id


async def test_removing_twice_is_removing_once(conn):
    await a_directory(conn)

    assert [await remove(conn, by="program:demo") for _ in range(2)] == [0, 0]


async def test_every_table_that_points_at_conferences_is_thought_of(conn):
    pointing = {row["name"] for row in await conn.fetch(POINTING)}

    assert (
        pointing - {statement.split()[1 + statement.startswith("DELETE")] for statement in REMOVALS}
        == set()
    )
