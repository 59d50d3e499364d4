"""Calls that went astray, as pages and receivers saw them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bridges.receiving.astray import Seen, Setting, Stray
from meetings.store import Connection

# Two receivers write beside the pages: everybody in one order.
SAVE_STRAYS = """
    INSERT INTO strays (bridge, setting, sure, at, method, url, address)
    SELECT n.bridge, n.setting, n.sure, n.at, n.method, n.url, n.address
      FROM unnest($1::text[], $2::text[], $3::boolean[], $4::timestamptz[], $5::text[],
                  $6::text[], $7::text[]) AS n (bridge, setting, sure, at, method, url, address)
     ORDER BY n.bridge, n.setting
        ON CONFLICT (bridge, setting) DO UPDATE
       SET sure = EXCLUDED.sure, at = EXCLUDED.at, method = EXCLUDED.method, url = EXCLUDED.url,
           address = EXCLUDED.address
     WHERE strays.at < EXCLUDED.at AND (EXCLUDED.sure OR NOT strays.sure)
"""
DELETE_MENDED = """
    DELETE FROM strays s
     USING unnest($1::text[], $2::text[], $3::timestamptz[]) AS r (bridge, setting, at)
     WHERE s.bridge = r.bridge AND s.setting = r.setting AND s.at < r.at
"""
DELETE_OLD_STRAYS = """
    DELETE FROM strays WHERE at < $1
"""
LIST_STRAYS = """
    SELECT bridge, setting, sure, at, method, url, address
      FROM strays
     WHERE bridge IN ('', $1) AND at > $2
     ORDER BY bridge DESC, setting
"""


async def save_seen(conn: Connection, seen: Seen) -> None:
    """Write which calls went astray, and forget those whose setting is right by now."""
    if strays := list(seen.strays.values()):
        await conn.execute(
            SAVE_STRAYS,
            [one.bridge for one in strays],
            [one.setting.value for one in strays],
            [one.sure for one in strays],
            [one.at for one in strays],
            [one.method for one in strays],
            [one.url for one in strays],
            [one.address for one in strays],
        )
    if seen.right:
        bridges, settings = zip(*seen.right, strict=True)
        await conn.execute(DELETE_MENDED, bridges, settings, list(seen.right.values()))


async def delete_old_strays(conn: Connection, before: datetime) -> None:
    """Forget what nobody mended and nobody is told of any more."""
    await conn.execute(DELETE_OLD_STRAYS, before)


async def list_strays(conn: Connection, bridge: str, after: datetime) -> Sequence[Stray]:
    """Return a bridge's calls that went astray since a moment, then those that are nobody's."""
    rows = await conn.fetch(LIST_STRAYS, bridge, after)
    return [
        Stray(
            bridge=row["bridge"],
            setting=Setting(row["setting"]),
            sure=row["sure"],
            at=row["at"],
            method=row["method"],
            url=row["url"],
            address=row["address"],
        )
        for row in rows
    ]
