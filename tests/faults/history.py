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
REFUSED = frozenset({"site-busy", "official-busy", "line-busy"})

LIST_CONFERENCES = """
    SELECT c.id, c.title, c.state, lower(c.period) AS starts_at, upper(c.period) AS ends_at,
           ARRAY(SELECT i.site_id FROM invitations i WHERE i.conference_id = c.id ORDER BY 1)
               AS invited,
           ARRAY(SELECT h.site_id FROM holds h
                  WHERE h.conference_id = c.id AND h.firm AND h.during = c.period ORDER BY 1)
               AS held,
           ARRAY(SELECT o.official_id FROM official_holds o
                  WHERE o.conference_id = c.id AND o.firm AND o.during = c.period ORDER BY 1)
               AS officials,
           ARRAY(SELECT l.line_id FROM line_holds l
                  WHERE l.conference_id = c.id AND l.firm AND l.during = c.period ORDER BY 1)
               AS lines,
           (SELECT count(*) FROM links l WHERE l.conference_id = c.id) AS links,
           (SELECT count(*) FROM rooms r WHERE r.conference_id = c.id) AS rooms,
           (SELECT sum(s.seats) FROM seat_holds s WHERE s.conference_id = c.id) AS seats
      FROM conferences c
     ORDER BY c.id
"""
COUNT_OVERLAPS = """
    SELECT (SELECT count(*) FROM holds a JOIN holds b
                ON a.site_id = b.site_id AND a.conference_id < b.conference_id
                   AND a.during && b.during
             WHERE a.firm AND b.firm)
         + (SELECT count(*) FROM official_holds a JOIN official_holds b
                ON a.official_id = b.official_id AND a.conference_id < b.conference_id
                   AND a.during && b.during
             WHERE a.firm AND b.firm)
         + (SELECT count(*) FROM line_holds a JOIN line_holds b
                ON a.line_id = b.line_id AND a.conference_id < b.conference_id
                   AND a.during && b.during
             WHERE a.firm AND b.firm)
"""
LIST_LINES = """
    SELECT id, line_id FROM sites WHERE line_id IS NOT NULL
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
    chair: int | None = None
    delegates: frozenset[int] = frozenset()
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
    def officials(self) -> frozenset[int]:
        return self.delegates | ({self.chair} if self.chair is not None else set())

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
    """Tell whether the holder's promise of the hall stood at some moment of the refused try."""
    return rival["site"] in holder.sites & refused.sites and stood(holder, refused, rival)


def stood(holder: Call, refused: Call, told: Mapping[str, Any]) -> bool:
    """Tell whether the holder's conference stood at some moment of the refused try, in its way."""
    begun_in_time = holder.begun <= refused.done
    gone = holder.cancel is not None and 0 < holder.cancel.done < refused.asked
    return (
        begun_in_time
        and not gone
        and (told["start"], told["end"]) == (holder.start, holder.end)
        and told["start"] < refused.end
        and refused.start < told["end"]
    )


def impossible_reasons(calls: Sequence[Call], lines: Mapping[int, int]) -> list[str]:
    """Return the reasons of refusals that were not so: each names who held what was asked for."""
    booked = {call.id: call for call in calls if call.is_booked}
    wrong = []
    for call in calls:
        if call.is_booked or call.status != CONFLICT:
            continue
        if not call.body["reasons"]:
            wrong.append(f"{call.key} was refused for nothing")
        for reason in call.body["reasons"]:
            holder = booked.get(reason["holder"]["id"])
            named = {(one["kind"], one["id"]) for one in reason["subjects"]}
            shared = holder and held_by(holder, lines) & held_by(call, lines)
            if not shared or not named or not named <= shared or not stood(holder, call, reason):  # type: ignore[arg-type]  # shared
                wrong.append(f"{call.key} was refused by {reason}")
    return wrong


def held_by(call: Call, lines: Mapping[int, int]) -> set[tuple[str, int]]:
    """Return everything that a conference holds: halls, their lines, officials."""
    found = {("site", site) for site in call.sites}
    found |= {("line", lines[site]) for site in call.sites if site in lines}
    return found | {("official", one) for one in call.officials}


async def contradictions(conn: Connection, calls: Sequence[Call]) -> list[str]:
    """Return everything in which the store differs from what clients were told."""
    rows = await conn.fetch(LIST_CONFERENCES)
    lines = {row["id"]: row["line_id"] for row in await conn.fetch(LIST_LINES)}
    found = [f"{await conn.fetchval(COUNT_OVERLAPS)} overlaps"]
    found = [] if found == ["0 overlaps"] else found
    by_title: dict[str, list[Any]] = {}
    for row in rows:
        by_title.setdefault(row["title"], []).append(row)
    for call in calls:
        found += unlike(call, by_title.pop(call.key, []), lines)
    found += [f"nobody asked for {title}" for title in by_title]
    audit = {(subject, action): n for subject, action, n in await conn.fetch(COUNT_AUDIT)}
    wanted = wanted_audit(calls)
    if audit != wanted:
        found.append(f"audit differs: {set(audit.items()) ^ set(wanted.items())}")
    return found + impossible_rivals(calls) + impossible_reasons(calls, lines)


def wanted_audit(calls: Sequence[Call]) -> dict[tuple[str, str], int]:
    """Return how many audit rows each change must have: one."""
    booked = [call for call in calls if call.is_booked]
    wanted = {(f"conference:{call.id}", "conference.book"): 1 for call in booked}
    for call in booked:
        if call.cancel is not None:
            wanted[f"conference:{call.id}", "conference.cancel"] = 1
    return wanted


def unlike(call: Call, rows: Sequence[Any], lines: Mapping[int, int]) -> list[str]:
    """Return how the rows of one wish differ from what its client was told in the end."""
    if not call.is_booked:
        return [f"{call.key} was refused and is there"] if rows else []
    if len(rows) != 1 or rows[0]["id"] != call.id:
        return [f"{call.key} was told {call.id}, there is {[row['id'] for row in rows]}"]
    [row] = rows
    sites = sorted(call.sites)
    off = call.cancel is not None
    names = ("state", "invited", "held", "officials", "lines", "links", "rooms", "seats")
    seen = tuple(row[name] for name in names)
    count, people = len(sites), sorted(call.officials)
    shared = sorted({lines[site] for site in sites if site in lines})
    wanted = ("cancelled", sites, [], [], [], count, 1, None) if off else (
        "confirmed", sites, sites, people, shared, count, 1, count
    )  # fmt: skip
    return [] if seen == wanted else [f"{call.key} is {seen}, not {wanted}"]
