"""One hall: its devices, whether they answer, what changed, what it is promised to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web

from meetings.directory.finding import site_by_id, unit_by_id
from meetings.errors import SitesNotFound
from meetings.model import Site, SiteId, Unit
from meetings.store import Connection
from meetings.store.gateways import list_gateways
from monitoring.board import history, site_health
from monitoring.devices import add_device, device_by_id, list_devices, remove_device
from monitoring.errors import BadTarget, DeviceExists
from monitoring.model import (
    Device,
    DeviceId,
    ProbeKind,
    SiteHealth,
    Target,
    WatchedTarget,
)
from web.answers import redirect
from web.errors import PageNotFound
from web.keys import SETTINGS
from web.pages.booking.wishing import Typed
from web.pages.conference.callers import callers
from web.pages.halls.devices import FIRST, LABELS, typed_in, wish_in
from web.pages.halls.hallbooking import EMPTY, booked_of
from web.pages.halls.hallbooking import LABELS as BOOKED
from web.pages.home.mine import marks_of
from web.pages.home.watching import chip_of, since, why
from web.pages.reading import Reader, form_of, number_in, reader_of
from web.pages.views.entries import change_entry, coming_of
from web.permissions import Permission, may, require_over
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording import phrases
from web.wording.sentences import say
from web.wording.speech import Speech

routes = Routes()

PAGE = "/sites/{id:[0-9]+}"
AHEAD = timedelta(days=60)
CHANGES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The hall."""

    id: SiteId
    label: str
    full_name: str
    name: str
    code: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Whether the hall can be reached, and why not."""

    state: str
    words: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLine:
    """One way a device is looked at."""

    words: str
    state: str
    state_words: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """One device."""

    id: DeviceId
    name: str
    kind: str
    targets: Sequence[TargetLine]


@routes.get(PAGE, allow=Permission.READ_SITES)
async def show(request: web.Request) -> web.Response:
    """Show the hall."""
    return await site_page(request, reader_of(request), Typed(values={}))


@routes.post(f"{PAGE}/devices", allow=Permission.MANAGE_DEVICES)
async def add(request: web.Request) -> web.Response:
    """Add a device and what to look at."""
    reader, form = reader_of(request), await form_of(request)
    site = SiteId(number_in(request, "id"))
    try:
        wish = wish_in(form, site)
        async with transaction(request) as conn:
            await require_site(conn, request, site)
            await add_device(
                conn,
                wish,
                by=reader.actor.name,
                now=reader.now,
                networks=request.config_dict[SETTINGS].networks_to_probe,
            )
    except BadTarget as error:
        errors = {field: say(request, code) for field, code in error.problems}
        return await site_page(request, reader, typed_in(form, errors))
    except DeviceExists as error:
        return await site_page(request, reader, typed_in(form, {"name": say(request, error.code)}))
    return redirect(f"/sites/{site}?said=device-added")


@routes.post(f"{PAGE}/devices/{{device:[0-9]+}}/remove", allow=Permission.MANAGE_DEVICES)
async def remove(request: web.Request) -> web.Response:
    """Stop looking at a device."""
    reader, site = reader_of(request), SiteId(number_in(request, "id"))
    device = DeviceId(number_in(request, "device"))
    async with transaction(request) as conn:
        await require_site(conn, request, site)
        if (await device_by_id(conn, device, reader.now)).site != site:
            raise PageNotFound
        await remove_device(conn, device, by=reader.actor.name)
    return redirect(f"/sites/{site}?said=device-removed")


async def require_site(conn: Connection, request: web.Request, site: SiteId) -> None:
    """Refuse who does not look after the devices of this hall."""
    found = await site_by_id(conn, site)
    require_over(request, Permission.MANAGE_DEVICES, found.unit_path)


async def site_page(
    request: web.Request, reader: Reader, typed: Typed, *, opened: str = "device"
) -> web.Response:
    """Return the hall's page, with the form that was sent as typed."""
    site_id = SiteId(number_in(request, "id"))
    async with connection(request) as conn:
        try:
            site = await site_by_id(conn, site_id)
            health = await site_health(conn, site_id, reader.now)
        except SitesNotFound as error:
            raise PageNotFound from error
        unit = await unit_by_id(conn, site.unit_id)
        marks = await marks_of(conn, reader, site_id)
        told = await callers(conn, [unit.id], reader.speech, on=reader.day, site=site_id)
        devices = await list_devices(conn, site_id, reader.now)
        booked = await booked_of(conn, site, reader)
        gateway = (await list_gateways(conn, [site_id])).get(site_id, "")
        changes, changed = await history(conn, site_id, limit=CHANGES)
        coming = await coming_of(conn, site_id, reader, until=reader.now + AHEAD)
    return render(
        request,
        "site.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        site=head(site, unit),
        health=state_of(health, reader),
        devices=[device_line(device, reader) for device in devices],
        callers=told,
        **marks,
        may_keep=reader.may(Permission.MANAGE_DIRECTORY, unit),
        may_manage=may(reader.actor, Permission.MANAGE_DEVICES, site.unit_path),
        booked=booked,
        opened=opened if typed.errors else "",
        form=replace(typed, values={**FIRST, **EMPTY, **booked.values, **typed.values}),
        **choices(reader.speech),
        gateway=gateway,
        **coming,
        history=[change_entry(one, reader) for one in changes],
        changed=changed,
    )


def choices(speech: Speech) -> dict[str, Any]:
    """Return the labels of the forms, and what can be chosen for a device."""
    return {
        "labels": {name: speech.word(words) for name, words in {**LABELS, **BOOKED}.items()},
        "kinds": [(kind, speech.word(words)) for kind, words in phrases.DEVICES.items()],
        "probes": [(probe, speech.word(words)) for probe, words in phrases.PROBES.items()],
    }


def head(site: Site, unit: Unit) -> Head:
    """Return the hall's names."""
    return Head(
        id=site.id,
        label=site.label,
        full_name=unit.full_name,
        name=site.name,
        code=site.unit_code,
        phone=site.phone,
    )


def state_of(health: SiteHealth, reader: Reader) -> State:
    """Return whether the hall can be reached, in words."""
    chip, reason = chip_of(health, reader.speech), why(health, reader.speech)
    told = since(health, reader)
    text = reader.speech.tell("%(why)s, since %(since)s", why=reason, since=told)
    return State(
        state=chip.state, words=chip.words, why=text.capitalize() if reason and told else ""
    )


def device_line(device: Device, reader: Reader) -> DeviceLine:
    """Return one device's line."""
    kind = phrases.DEVICES[device.kind.value]
    return DeviceLine(
        id=device.id,
        name=device.name,
        kind=reader.speech.word(kind),
        targets=[target_line(target, reader) for target in device.targets],
    )


def target_line(watched: WatchedTarget, reader: Reader) -> TargetLine:
    """Return one way a device is looked at."""
    state = watched.state.value
    return TargetLine(
        words=address_words(watched.target),
        state=phrases.HEALTH_LOOKS[state],
        state_words=reader.speech.word(phrases.HEALTH[state]),
        since=reader.speech.moment(watched.since, today=reader.now),
    )


def address_words(target: Target) -> str:
    """Write what is looked at as technicians do."""
    port = f":{target.port}" if target.port is not None else ""
    path = target.path if target.probe is ProbeKind.HTTP else ""
    return f"{target.probe.value} {target.host}{port}{path}"
