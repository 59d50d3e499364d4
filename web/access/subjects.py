"""What a change is about, judged from its address alone, before anything of its body is read.

Each handler judges once more what it loads under a lock.  This is the one place that keeps a body
which cannot be read from being told of before the subject is known to be one's own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from aiohttp import web

from meetings.errors import MeetingsError
from meetings.idempotency import is_kept
from meetings.model import ConferenceId, UnitId
from meetings.store import Connection
from web.access.actors import Actor
from web.access.visibility import see, see_for
from web.approval.answer_sight import see_asked, see_offered
from web.approval.submission_sight import see_submission
from web.errors import Forbidden, PageNotFound
from web.input.addressed import PREFIX, code_of
from web.input.once import read_key
from web.permissions import Permission, may
from web.store.subjects import LIST_PATHS, list_paths, list_roots
from web.transactions import connection

Sight: TypeAlias = Callable[[Connection, Actor, ConferenceId], Awaitable[object]]
"""How a conference is looked for on behalf of an actor."""

LONGEST_ID = 18

OPEN = frozenset({Permission.SIGNED_IN, Permission.READ_SITES, Permission.READ_CONFERENCES})
"""What these allow reaches further than the subtree of a grant."""

OF_THE_HOST = frozenset(
    {Permission.BOOK, Permission.CONTROL, Permission.SHOW_LINKS, Permission.ADMIT}
)
"""What who is only invited to a conference does not hold over it."""

OF_OTHERS = ("/hand-over/accept", "/hand-over/decline", "/line-test/results")
"""What the receiver of an offer and the technician of an invited hall do under these."""

ANSWERS: Mapping[str, Sight] = MappingProxyType(
    {
        "/approve": see_asked,
        "/refuse": see_asked,
        "/hand-over/accept": see_offered,
        "/hand-over/decline": see_offered,
    }
)
"""What answers something that waits: whoever was to is told that somebody else has done so."""

HIDDEN = frozenset({"templates", "polls", "series"})
"""Of these others are not told that they are there."""


async def judge_subject(request: web.Request, actor: Actor, permission: Permission) -> None:
    """Refuse a change of what is not the actor's; what does not exist is the handler's to tell.

    A change that was made under its key already is answered again, whosever the subject is now.

    Raises:
        Forbidden, PageNotFound, ConferenceNotFound, SubmissionNotFound: it is somebody else's.
    """
    kind, key = subject_of(request)
    if kind is None:
        return
    hosts = permission in OF_THE_HOST and not request.path.endswith(OF_OTHERS)
    sight = next((one for end, one in ANSWERS.items() if request.path.endswith(end)), see)
    async with connection(request) as conn:
        try:
            await judge(conn, actor, permission, kind, key, hosts=hosts, sight=sight)
        except (Forbidden, PageNotFound, MeetingsError):
            sent = read_key(request)
            if not (sent and await is_kept(conn, actor=actor.name, key=sent)):
                raise


def subject_of(request: web.Request) -> tuple[str | None, int | str]:
    """Return the kind and the key of what an address names, or no kind where it names nothing."""
    resource = request.match_info.route.resource
    path = resource.canonical.removeprefix(PREFIX) if resource else ""
    kind = path.split("/")[1] if path.startswith("/") else ""
    if kind == "groups":
        return kind, ""
    if "code" in request.match_info:
        return (kind if kind in LIST_PATHS else None), code_of(request)
    number = request.match_info.get("id", "")
    known = kind in LIST_PATHS or kind in {"conferences", "submissions"}
    if not (known and number.isascii() and number.isdigit() and len(number) <= LONGEST_ID):
        return None, ""
    return kind, int(number)


async def judge(
    conn: Connection,
    actor: Actor,
    permission: Permission,
    kind: str,
    key: int | str,
    *,
    hosts: bool,
    sight: Sight,
) -> None:
    """Refuse what is hidden from the actor, or beyond the permission; `hosts`: for hosts only."""
    if kind == "conferences" and hosts:
        await see_for(conn, actor, ConferenceId(int(key)), permission)
    elif kind == "conferences":
        await sight(conn, actor, ConferenceId(int(key)))
    elif kind == "submissions":
        await see_submission(conn, actor, int(key))
    elif permission not in OPEN:
        paths = await paths_of(conn, kind, key)
        if paths and not any(may(actor, permission, path) for path in paths):
            raise PageNotFound if kind in HIDDEN else Forbidden(permission.value)


async def paths_of(conn: Connection, kind: str, key: int | str) -> list[tuple[UnitId, ...]]:
    """Return the paths to the units that it belongs to."""
    return await (list_roots(conn) if kind == "groups" else list_paths(conn, kind, key))
