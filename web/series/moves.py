"""What another rule or time makes of a series, carried out: all of it or nothing."""

from __future__ import annotations

from datetime import date

from bridges.placement.placing_series import place_all
from meetings.series.writing import write_dates
from meetings.store import Connection
from meetings.store.occurrences import insert_skips
from meetings.store.seriesedits import detach, renumber, replace_skips
from meetings.store.warnings import save_warnings
from web.scheduling.booking import Desk
from web.series.dates import cancel_all, save_dates
from web.series.outcomes import Outcome

REASON = "Lịch họp định kỳ đã thay đổi"


async def carry(conn: Connection, desk: Desk, outcome: Outcome, *, since: date) -> None:
    """Call off what has no date any more, move the others and book what is new; the gate is held.

    The dates that are left out are written too, so that they are seen and can be put back.
    """
    turn, found = outcome.turn, outcome.found
    await cancel_all(conn, desk, [turn.held[number] for number in found.gone], reason=REASON)
    await detach(conn, found.gone)
    await save_dates(conn, desk, turn.held, outcome.what, outcome.amended)
    after = turn.after
    if not turn.repeats:
        await insert_skips(conn, after.id, found.skipped)
        return
    await renumber(conn, found.dates)
    await replace_skips(conn, after.id, found.skipped, since=min(since, after.schedule.first_day))
    made = await write_dates(
        conn,
        after.id,
        after.wish,
        found.new,
        halls=outcome.new_halls,
        key=desk.link_key,
        by=desk.actor.name,
        owner=after.created_by,
        now=desk.now,
    )
    said = outcome.new_warnings.items()
    await save_warnings(conn, ((made[day], 1, reasons) for day, reasons in said))
    periods = {made[one.date]: one.period for one in found.new}
    seats = len(after.wish.sites)
    await place_all(conn, periods, outcome.bridges, kind=after.wish.kind, seats=seats)
