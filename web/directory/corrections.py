"""Corrections, alike from pages and programs: proposed, decided, and told by mail."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from meetings.directory import corrections
from meetings.directory.finding import unit_by_id
from meetings.directory.proposals import FIELDS, Corrected, Correction, CorrectionId, Proposal
from meetings.model import PersonId, Role, Unit, UnitId
from meetings.outbox import enqueue
from meetings.people.grants import person_by_id
from meetings.store import Connection
from meetings.store import corrections as store
from meetings.store.readers import list_holders
from web.directory.contacts import Mail, Phone
from web.errors import BadForm, Forbidden, PageNotFound
from web.i18n import N_
from web.input.forms import Body, Id
from web.input.words import OpenName, Reason, Who
from web.keys import CATALOGUES, CLOCK, SETTINGS
from web.permissions import Permission, may, require, require_over


class CorrectionBody(Body):
    """What should be different about a record; fields left out stay."""

    kind: Corrected
    record: Id
    reason: Annotated[Reason, Field(min_length=1)]
    name: OpenName | None = None
    full_name: OpenName | None = None
    name_en: Who | None = None
    title: Who | None = None
    phone: Phone | None = None
    email: Mail | None = None

    def wanted(self) -> dict[str, str]:
        """Return the fields that were given."""
        given: dict[str, str] = self.model_dump(
            exclude_none=True, exclude={"kind", "record", "reason"}
        )
        return given


class RefusalBody(Body):
    """Why a correction is not made."""

    remark: Annotated[Reason, Field(min_length=1)]


async def seen(
    conn: Connection, request: web.Request, kind: Corrected, record: int
) -> tuple[Unit, dict[str, str]]:
    """Return a record's unit and the fields that may be corrected, to somebody who may propose.

    Raises:
        PageNotFound: there is no such record.
        Forbidden: its unit is not theirs.
    """
    found: dict[str, Any] | None = await store.lock_record(conn, kind.value, record)
    if found is None:
        raise PageNotFound
    unit = await unit_by_id(conn, UnitId(found["unit_id"]))
    require_over(request, Permission.PROPOSE, unit.path)
    return unit, {name: str(found[name]) for name in FIELDS[kind]}


async def propose(conn: Connection, request: web.Request, body: CorrectionBody) -> Correction:
    """Put a correction on the table and tell who decides.

    Raises:
        BadForm: a field is none of the record's, or nothing would change.
    """
    unit, current = await seen(conn, request, body.kind, body.record)
    wanted = body.wanted()
    if strange := sorted(wanted.keys() - current.keys()):
        raise BadForm(dict.fromkeys(strange, "unknown-field"))
    after = {name: text for name, text in wanted.items() if text != current[name]}
    if not after:
        raise BadForm({"record": "nothing-to-correct"})
    merged = current | after
    if body.kind is Corrected.CONTACT and not merged["phone"] and not merged["email"]:
        raise BadForm({"phone": "required"})
    new = Proposal(
        kind=body.kind,
        record=body.record,
        unit=unit.id,
        before={name: current[name] for name in after},
        after=after,
        reason=body.reason,
    )
    by, now = require(request).name, request.config_dict[CLOCK]()
    identity = await corrections.propose(conn, new, by=by, now=now)
    await tell_deciders(conn, request, unit, identity)
    return await store.lock_correction(conn, identity)


async def to_decide(conn: Connection, request: web.Request, correction: int) -> Correction:
    """Return a correction to somebody who answers for the unit above its own.

    Raises:
        CorrectionNotFound: there is none, or none for this actor.
        Forbidden: it is theirs to propose, not to decide.
    """
    found = await store.lock_correction(conn, correction)
    unit = await unit_by_id(conn, found.unit)
    actor = require(request)
    if not may(actor, Permission.MANAGE_DIRECTORY, unit.path[:-1] or unit.path):
        raise Forbidden(Permission.MANAGE_DIRECTORY.value)
    return found


async def approve(conn: Connection, request: web.Request, correction: int) -> Correction:
    """Make the record say what was proposed, and tell the proposer."""
    found = await to_decide(conn, request, correction)
    by, now = require(request).name, request.config_dict[CLOCK]()
    await corrections.approve(conn, found.id, by=by, now=now)
    await tell_proposer(conn, request, found, sentence=APPROVED)
    return await store.lock_correction(conn, found.id)


async def refuse(
    conn: Connection, request: web.Request, correction: int, body: RefusalBody
) -> Correction:
    """Leave the record as it is, and tell the proposer why."""
    found = await to_decide(conn, request, correction)
    by, now = require(request).name, request.config_dict[CLOCK]()
    await corrections.refuse(conn, found.id, remark=body.remark, by=by, now=now)
    await tell_proposer(conn, request, found, sentence=REFUSED, remark=body.remark)
    return await store.lock_correction(conn, found.id)


WAITING = N_("%(unit)s: a correction waits for your decision")
APPROVED = N_("%(unit)s: your correction is approved")
REFUSED = N_("%(unit)s: your correction is refused")


async def tell_deciders(
    conn: Connection, request: web.Request, unit: Unit, correction: CorrectionId
) -> None:
    """Queue a letter to everybody who may decide."""
    for one in await list_holders(conn, unit.path[:-1] or unit.path, Role.ADMIN):
        key = f"correction/{correction}/{one.person}"
        await send(conn, request, key, to=one.person, sentence=WAITING, unit=unit)


async def tell_proposer(
    conn: Connection,
    request: web.Request,
    found: Correction,
    *,
    sentence: str,
    remark: str = "",
) -> None:
    """Queue a letter to who proposed it, if that is a person with an address."""
    kind, _, number = found.proposed_by.partition(":")
    if kind == "person":
        unit = await unit_by_id(conn, found.unit)
        key = f"correction/{found.id}/decided"
        to = PersonId(int(number))
        await send(conn, request, key, to=to, sentence=sentence, unit=unit, remark=remark)


async def send(
    conn: Connection,
    request: web.Request,
    key: str,
    *,
    to: PersonId,
    sentence: str,
    unit: Unit,
    remark: str = "",
) -> None:
    """Queue one letter in the person's language."""
    person = await person_by_id(conn, to)
    if not person.email:
        return
    words = request.config_dict[CATALOGUES][person.locale]
    subject = words.gettext(sentence) % {"unit": unit.full_name}
    address = f"{request.config_dict[SETTINGS].base_url}/corrections"
    text = "\n".join(part for part in (subject + ".", remark, address, "") if part)
    await enqueue(
        conn, key, person.email, {"subject": subject, "text": text}, request.config_dict[CLOCK]()
    )
