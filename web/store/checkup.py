"""What a check-up asks the database; it changes nothing and waits for nobody."""

from meetings.store import Connection

GET_SERVER_VERSION = "SELECT current_setting('server_version_num')::int"
GET_FINGERPRINT = "SELECT key_fingerprint FROM installation"
COUNT_DEAD = "SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL"


async def get_server_version(conn: Connection) -> int:
    """Return the server's version, 180004 for 18.4."""
    return int(await conn.fetchval(GET_SERVER_VERSION))


async def get_fingerprint(conn: Connection) -> str:
    """Return the fingerprint of the keys in use, "" before the first start."""
    return str(await conn.fetchval(GET_FINGERPRINT))


async def count_dead(conn: Connection) -> int:
    """Return how many messages were given up."""
    return int(await conn.fetchval(COUNT_DEAD))
