"""Files between their preview and their confirmation."""

from __future__ import annotations

from meetings.store import Connection

SAVE_FILE = """
    WITH old AS (DELETE FROM import_files WHERE at < now() - INTERVAL '1 day')
    INSERT INTO import_files (actor, kind, digest, content) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor, kind) DO UPDATE
       SET digest = EXCLUDED.digest, content = EXCLUDED.content, at = now()
"""
GET_FILE = """
    SELECT content FROM import_files WHERE actor = $1 AND kind = $2 AND digest = $3
"""
DELETE_FILE = """
    DELETE FROM import_files WHERE actor = $1 AND kind = $2
"""


async def save_file(
    conn: Connection, actor: str, kind: str, *, digest: str, content: bytes
) -> None:
    """Keep the last file of a kind that somebody looked at, for a day."""
    await conn.execute(SAVE_FILE, actor, kind, digest, content)


async def find_file(conn: Connection, actor: str, kind: str, *, digest: str) -> bytes | None:
    """Return the file of that digest if it is still the one looked at."""
    content: bytes | None = await conn.fetchval(GET_FILE, actor, kind, digest)
    return content


async def delete_file(conn: Connection, actor: str, kind: str) -> None:
    """Forget the file."""
    await conn.execute(DELETE_FILE, actor, kind)
