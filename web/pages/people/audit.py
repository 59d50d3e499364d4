"""The audit for people: who did what, newest first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten
from types import MappingProxyType

from aiohttp import web

from meetings.audit import AuditEntry, list_audit
from web.formats import exact_time, short_date
from web.pages.acting import actor_words
from web.pages.people.audited import detail_words, subject_words
from web.pages.people.named import Names, names_in
from web.pages.reading import Reader, reader_of, word_in
from web.permissions import Permission
from web.render import render, same_page
from web.routes import Routes
from web.transactions import connection
from web.wording.audit_words import ACTIONS

routes = Routes()

PAGE = 50
LONGEST_DETAIL = 400

PAGES_OF: Mapping[str, str] = MappingProxyType(
    {
        "conference": "/conferences/{}",
        "site": "/sites/{}",
        "series": "/series/{}",
        "person": "/people/{}",
    }
)
"""Subjects that have a page of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the audit."""

    when: str
    actor: str
    action: str
    subject: str
    words: str
    url: str
    detail: str


@routes.get("/audit", allow=Permission.READ_AUDIT)
async def index(request: web.Request) -> web.Response:
    """Show what was done in the reader's subtrees."""
    reader = reader_of(request)
    subject = word_in(request, "subject")
    async with connection(request) as conn:
        entries = await list_audit(
            conn,
            units=reader.units(Permission.READ_AUDIT),
            subject=subject or None,
            before=before_in(request),
            limit=PAGE + 1,
        )
        names = await names_in(conn, entries[:PAGE])
    more = len(entries) > PAGE
    return render(
        request,
        "audit.html",
        subject=subject,
        rows=[row(entry, names, reader) for entry in entries[:PAGE]],
        next_page=same_page(request, before=entries[PAGE - 1].id) if more else "",
    )


def before_in(request: web.Request) -> int | None:
    """Return the id the older page begins below, if the address names one."""
    text = request.query.get("before", "")
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def row(entry: AuditEntry, names: Names, reader: Reader) -> Row:
    """Return a line in the reader's words."""
    kind, _, number = entry.subject.partition(":")
    people, detail = names.people, detail_words(entry.action, entry.detail, names, reader)
    behalf = ", ".join(actor_words(f"person:{one}", people, reader) for one in entry.on_behalf)
    who = actor_words(entry.actor, people, reader)
    lent = reader.speech.tell("for %(giver)s", giver=behalf)
    return Row(
        when=f"{exact_time(entry.at)} {short_date(entry.at)}",
        actor=f"{who} ({lent})" if behalf else who,
        action=reader.speech.word(ACTIONS.get(entry.action, entry.action)),
        subject=entry.subject,
        words=subject_words(entry.subject, names, reader),
        url=PAGES_OF[kind].format(number) if kind in PAGES_OF and number.isdigit() else "",
        detail=shorten(detail, LONGEST_DETAIL, placeholder=" …"),
    )
