"""What clients asked, when, and what they were told; and whether the store agrees with it.

A call whose answer never came has an unknown outcome: it is asked again with the same key until
an answer comes, and that answer must then be the whole truth about every one of its tries.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meetings.store import Connection

CREATED, OK, CONFLICT, UNAVAILABLE = 201, 200, 409, 503
BUSY = "site-busy"

LIST_CONFERENCES = """
    SELECT c.id, c.title, c.state, lower(c.period) AS starts_at, upper(c.period) AS ends_at,
           ARRAY(SELECT i.site_id FROM invitations i WHERE i.conference_id = c.id ORDER BY 1)
               AS invited,
           ARRAY(SELECT h.site_id FROM holds h
                  WHERE h.conference_id = c.id AND h.firm AND h.during = c.period ORDER BY 1)
               AS held,
           (SELECT count(*) FROM links l WHERE l.conference_id = c.id) AS links,
           (SELECT count(*) FROM rooms r WHERE r.conference_id = c.id) AS rooms,
           (SELECT sum(s.seats) FROM seat_holds s WHERE s.conference_id = c.id) AS seats
      FROM conferences c
     ORDER BY c.id
"""
COUNT_OVERLAPS = """
    SELECT count(*) FROM holds a JOIN holds b
        ON a.site_id = b.site_id AND a.conference_id < b.conference_id AND a.during && b.during
     WHERE a.firm AND b.firm
"""
COUNT_AUDIT = """
    SELECT subject, action, count(*) FROM audit WHERE subject LIKE 'conference:%' GROUP BY 1, 2
"""
COUNT_DEADLOCKS = """
    SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()
"""


@dataclass(slots=True, kw_only=True)
class Call:
    """One wish of a client with everything that was tried for it."""

    key: str
    sites: frozenset[int]
    start: str
    end: str
    begun: float = field(default_factory=time.monotonic)
    asked: float = 0.0
    done: float = 0.0
    tries: int = 0
    status: int = 0
    text: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    cancel: Call | None = None

    @property
    def is_booked(self) -> bool:
        return self.status == CREATED

    @property
    def id(self) -> int:
        return int(self.body["id"])


def impossible_rivals(calls: Sequence[Call]) -> list[str]:
    """Return the rivals named in refusals that held nothing of what was asked at that time."""
    booked = {call.id: call for call in calls if call.is_booked}
    wrong = []
    for call in calls:
        if call.is_booked or call.status != CONFLICT:
            continue
        for rival in call.body["rivals"]:
            holder = booked.get(rival["conference"])
            if holder is None or not could_hold(holder, call, rival):
                wrong.append(f"{call.key} was refused for {rival}")
    return wrong


def could_hold(holder: Call, refused: Call, rival: Mapping[str, Any]) -> bool:
    """Tell whether the holder's promise stood at some moment of the refused try."""
    begun_in_time = holder.begun <= refused.done
    gone = holder.cancel is not None and 0 < holder.cancel.done < refused.asked
    return (
        begun_in_time
        and not gone
        and rival["site"] in holder.sites & refused.sites
        and (rival["start"], rival["end"]) == (holder.start, holder.end)
        and rival["start"] < refused.end
        and refused.start < rival["end"]
    )


async def contradictions(conn: Connection, calls: Sequence[Call]) -> list[str]:
    """Return everything in which the store differs from what clients were told."""
    rows = await conn.fetch(LIST_CONFERENCES)
    found = [f"{await conn.fetchval(COUNT_OVERLAPS)} overlaps"]
    found = [] if found == ["0 overlaps"] else found
    by_title: dict[str, list[Any]] = {}
    for row in rows:
        by_title.setdefault(row["title"], []).append(row)
    for call in calls:
        found += unlike(call, by_title.pop(call.key, []))
    found += [f"nobody asked for {title}" for title in by_title]
    audit = {(subject, action): n for subject, action, n in await conn.fetch(COUNT_AUDIT)}
    wanted = wanted_audit(calls)
    if audit != wanted:
        found.append(f"audit differs: {set(audit.items()) ^ set(wanted.items())}")
    return found + impossible_rivals(calls)


def wanted_audit(calls: Sequence[Call]) -> dict[tuple[str, str], int]:
    """Return how many audit rows each change must have: one."""
    booked = [call for call in calls if call.is_booked]
    wanted = {(f"conference:{call.id}", "conference.book"): 1 for call in booked}
    for call in booked:
        if call.cancel is not None:
            wanted[f"conference:{call.id}", "conference.cancel"] = 1
    return wanted


def unlike(call: Call, rows: Sequence[Any]) -> list[str]:
    """Return how the rows of one wish differ from what its client was told in the end."""
    if not call.is_booked:
        return [f"{call.key} was refused and is there"] if rows else []
    if len(rows) != 1 or rows[0]["id"] != call.id:
        return [f"{call.key} was told {call.id}, there is {[row['id'] for row in rows]}"]
    [row] = rows
    sites = sorted(call.sites)
    off = call.cancel is not None
    seen = (row["state"], row["invited"], row["held"], row["links"], row["rooms"], row["seats"])
    count = len(sites)
    wanted = ("cancelled", sites, [], count, 1, None) if off else (
        "confirmed", sites, sites, count, 1, count
    )  # fmt: skip
    return [] if seen == wanted else [f"{call.key} is {seen}, not {wanted}"]
