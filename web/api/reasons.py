"""Reasons as the API tells them: what was run against, who holds it, and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from aiohttp import web

from meetings.model import Conference, ConferenceId
from meetings.scheduling.reasons import HolderKind, Reason, Rule
from meetings.scheduling.resources import SubjectKind
from meetings.store import Connection
from web.api.views import UnitName, View
from web.input.moments import Moment
from web.keys import ACTOR
from web.wording.explaining import sentence
from web.wording.naming import Names, read_names
from web.wording.speech import Speech, speech_of

HALLS_RULES = frozenset({Rule.SITE_TAKEN, Rule.BLACK_OUT})
"""Of these the limit is a number of minutes between two times."""


class SubjectView(View):
    """What is meant: a hall, an official, a line or the host."""

    kind: SubjectKind
    id: int
    label: str


class HolderView(View):
    """Who stands in the way; id and title of a conference only for those who may know it."""

    kind: HolderKind
    id: int | None
    host: UnitName | None
    title: str | None


class ReasonView(View):
    """One thing against a wish; `start` and `end` are the holder's, or the wished ones.

    `minutes` are what halls need to set up and clear away between two times that keep apart.
    """

    rule: Rule
    subjects: list[SubjectView]
    holder: HolderView | None
    start: Moment
    end: Moment
    minutes: int
    sentence: str


def reason_view(reason: Reason, names: Names, speech: Speech) -> ReasonView:
    """Return a reason as far as the asker may see it."""
    return ReasonView(
        rule=reason.rule,
        subjects=[
            SubjectView(kind=one.kind, id=one.id, label=names.of(one)) for one in reason.subjects
        ],
        holder=holder_view(reason, names),
        start=reason.period.start,
        end=reason.period.end,
        minutes=reason.limit if reason.rule in HALLS_RULES else 0,
        sentence=sentence(reason, names, speech),
    )


def holder_view(reason: Reason, names: Names) -> HolderView | None:
    """Return who stands in the way as far as the asker may see it."""
    holder = reason.holder
    if holder is None:
        return None
    host = None if holder.host is None else names.units[holder.host]
    known = holder.kind is HolderKind.BLACK_OUT or ConferenceId(holder.id) in names.known
    return HolderView(
        kind=holder.kind,
        id=holder.id if known else None,
        host=None if host is None else UnitName(code=host.code, name=host.name),
        title=holder.words if known else None,
    )


async def reason_views(
    conn: Connection, request: web.Request, reasons: Sequence[Reason]
) -> list[ReasonView]:
    """Return the reasons with the names behind their ids."""
    [views] = await each_views(conn, request, [reasons])
    return views


async def each_views(
    conn: Connection, request: web.Request, said: Sequence[Sequence[Reason]]
) -> list[list[ReasonView]]:
    """Return what speaks against each of many; the names are read once for all."""
    every = [reason for reasons in said for reason in reasons]
    names, speech = await read_names(conn, request[ACTOR], every), speech_of(request)
    return [[reason_view(one, names, speech) for one in reasons] for reasons in said]


async def dated_views(
    conn: Connection, request: web.Request, said: Mapping[date, Sequence[Reason]]
) -> dict[date, list[ReasonView]]:
    """Return what speaks against each of many dates."""
    return dict(zip(said, await each_views(conn, request, list(said.values())), strict=True))


async def warning_views(
    conn: Connection, request: web.Request, conference: Conference
) -> list[ReasonView]:
    """Return what was said against a conference just now."""
    return await reason_views(conn, request, conference.warnings)
