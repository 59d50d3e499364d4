"""What a file would do, row by row, or every wrong cell of it, on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from meetings.directory.finding import sites_by_ids
from meetings.directory.unit_rows import CellProblem
from meetings.model import Site, SiteId
from meetings.scheduling.reasons import digest_of
from meetings.scheduling.ways import Alternative
from meetings.store import Connection
from web.ledgers.model import Difference, Draft
from web.pages.booking.clashing import changes_of
from web.pages.reading import Reader
from web.render import render
from web.transactions import connection
from web.wording import cells, explaining
from web.wording.directory_phrases import LEDGER_NAMES
from web.wording.legacies import in_words
from web.wording.naming import Names, read_names
from web.wording.speech import Speech

MOST_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A wrong cell in words."""

    line: int
    column: str
    words: str
    value: str
    reasons: Sequence[str] = ()
    ways: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the ids in reasons and ways of a file are called."""

    names: Names
    sites: Mapping[SiteId, Site]


async def preview(
    request: web.Request,
    reader: Reader,
    kind: str,
    draft: Draft,
    digest: str,
    *,
    again: bool = False,
) -> web.Response:
    """Return the page that shows what a file does, or every wrong cell.

    What something speaks against comes first; `again`: something does that was not shown before.
    """
    speech = reader.speech
    differing = [one for one in draft.differences if one.what != "same"]
    shown = sorted(differing, key=lambda one: not one.warnings)[:MOST_SHOWN]
    async with connection(request) as conn:
        told = await read_told(conn, reader, draft.problems[:MOST_SHOWN], shown)
    return render(
        request,
        "import-preview.html",
        status=HTTPStatus.CONFLICT if again else status_of(draft),
        kind=kind,
        name=speech.word(LEDGER_NAMES[kind]),
        sentence=sentence(draft, reader),
        problems=wrong_cells(draft, told, reader),
        rest=max(0, len(draft.problems or differing) - MOST_SHOWN),
        differences=shown,
        warnings={
            one.line: [explaining.sentence(each, told.names, speech) for each in one.warnings]
            for one in shown
        },
        unsettled=[in_words(one, speech.catalogue) for one in draft.unsettled[:MOST_SHOWN]],
        same=speech.number(draft.count("same")),
        changes=draft.count("add") + draft.count("change"),
        digest=digest,
        again=again,
        accepted=digest_of(draft.against),
    )


def status_of(draft: Draft) -> HTTPStatus:
    """Return what a file is answered with that was tried."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if draft.problems else HTTPStatus.OK


async def read_told(
    conn: Connection,
    reader: Reader,
    problems: Sequence[CellProblem],
    differences: Sequence[Difference],
) -> Told:
    """Read what the ids are called that the page speaks of, all at once."""
    ways = [way for one in problems for way in one.ways]
    said = [reason for one in problems for reason in one.reasons]
    said += [reason for one in differences for reason in one.warnings]
    said += [reason for way in ways for reason in way.warnings]
    moved = {site for way in ways for site in way.left_out | way.added}
    return Told(
        names=await read_names(conn, reader.actor, said), sites=await sites_by_ids(conn, moved)
    )


def way_words(one: Alternative, told: Told, speech: Speech) -> str:
    """Say what could be had instead, and what speaks against that."""
    against = [explaining.sentence(each, told.names, speech) for each in one.warnings]
    return " · ".join([speech.span(one.period), *changes_of(one, told.sites, speech), *against])


def wrong_cells(draft: Draft, told: Told, reader: Reader) -> Sequence[Wrong]:
    """Return the wrong cells in words."""
    speech = reader.speech
    return [
        Wrong(
            line=one.line,
            column=one.column,
            words=as_sentence(cells.cell_words(one, speech.catalogue)),
            value=one.value,
            reasons=[explaining.sentence(each, told.names, speech) for each in one.reasons],
            ways=[way_words(way, told, speech) for way in one.ways],
        )
        for one in draft.problems[:MOST_SHOWN]
    ]


def sentence(draft: Draft, reader: Reader) -> str:
    """Say how it stands with the file."""
    speech = reader.speech
    if draft.problems:
        return speech.tell_many(
            "%(n)s cell must be put right", "%(n)s cells must be put right", len(draft.problems)
        )
    return speech.tell(
        "%(added)s added, %(changed)s changed",
        added=speech.number(draft.count("add")),
        changed=speech.number(draft.count("change")),
    )


def as_sentence(words: str) -> str:
    """Return words that stand behind a colon elsewhere as a sentence of their own."""
    whole = words[:1].upper() + words[1:]
    return whole if whole.endswith((".", ")")) else f"{whole}."
