"""Targets: addresses that are looked at, each on a device of a hall."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.directory.finding import site_by_id
from meetings.idempotency import Answer
from meetings.model import SiteId
from meetings.store import Connection
from monitoring.devices import (
    add_device,
    add_target,
    list_devices,
    list_targets,
    remove_device,
    remove_target,
    target_by_id,
)
from monitoring.model import DeviceKind, NewDevice, NewTarget, ProbeKind, TargetId, WatchedTarget
from web.api import views
from web.api.answering import GONE, change, done, shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_query
from web.input.addressed import PREFIX, id_of
from web.input.forms import Body, Id
from web.input.typed import TypedId
from web.input.words import LINE
from web.keys import CLOCK, SETTINGS
from web.permissions import Permission, require, require_over, units_of
from web.transactions import connection

routes = Endpoints("targets")

Host = Annotated[str, Field(strict=True, min_length=1, max_length=253), LINE]
Path = Annotated[str, Field(strict=True, min_length=1, max_length=500), LINE]
DeviceName = Annotated[str, Field(strict=True, min_length=1, max_length=100), LINE]


class TargetsQuery(PageQuery):
    """Which targets: of one site, or of all of one's units."""

    site: TypedId | None = None


class TargetBody(Body):
    """What is to be looked at; a device that the site does not have yet is added with it."""

    site: Id
    device: DeviceName
    device_kind: DeviceKind = DeviceKind.CODEC
    spare: Annotated[bool, Field(strict=True)] = False
    probe: ProbeKind
    host: Host
    port: Annotated[int, Field(strict=True, ge=1, le=65535)] | None = None
    path: Path = "/"
    tls: Annotated[bool, Field(strict=True)] = False
    interval_seconds: Annotated[int, Field(strict=True, ge=5, le=86_400)] = 60
    timeout_seconds: Annotated[float, Field(ge=0.1, le=30, allow_inf_nan=False)] = 3

    def target(self) -> NewTarget:
        """Return what is to be looked at."""
        return NewTarget(
            probe=self.probe,
            host=self.host,
            port=self.port,
            path=self.path,
            tls=self.tls,
            interval=timedelta(seconds=self.interval_seconds),
            timeout=timedelta(seconds=self.timeout_seconds),
        )

    def new_device(self) -> NewDevice:
        """Return the device with its first target."""
        return NewDevice(
            site=SiteId(self.site),
            name=self.device,
            kind=self.device_kind,
            spare=self.spare,
            targets=(self.target(),),
        )


def target_view(found: WatchedTarget) -> views.TargetView:
    """Return a target with what was last seen of it."""
    target = found.target
    return views.TargetView(
        id=target.id,
        site=found.site,
        device=found.device_name,
        device_kind=found.device_kind,
        spare=found.spare,
        probe=target.probe,
        host=target.host,
        port=target.port,
        path=target.path,
        tls=target.tls,
        interval_seconds=round(target.interval.total_seconds()),
        timeout_seconds=round(target.timeout.total_seconds(), 3),
        enabled=found.enabled,
        state=found.state,
        since=found.since,
        reason=found.reason,
    )


@routes.endpoint(
    "GET",
    "/targets",
    allow=Permission.READ_BOARD,
    tells=Tells(answer=views.Page[views.TargetView], query=TargetsQuery),
)
async def show_all(request: web.Request) -> web.Response:
    """List what is looked at in one's units, and what was last seen."""
    query = read_query(request, TargetsQuery)
    async with connection(request) as conn:
        found = await list_targets(
            conn,
            request.config_dict[CLOCK](),
            units=units_of(require(request), Permission.READ_BOARD),
            site=None if query.site is None else SiteId(query.site),
            after=None if query.next is None else TargetId(query.next),
            limit=query.limit + 1,
        )
    ids = [int(one.target.id) for one in found]
    items = [target_view(one) for one in found[: query.limit]]
    return shown(views.Page[views.TargetView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "POST",
    "/targets",
    allow=Permission.MANAGE_DEVICES,
    tells=Tells(answer=views.TargetView, status=HTTPStatus.CREATED, body=TargetBody, keyed=True),
)
async def add(request: web.Request) -> web.Response:
    """Look at an address from now on."""
    body = await read_body(request, TargetBody)

    async def work(conn: Connection) -> Answer:
        site = await site_by_id(conn, SiteId(body.site))
        require_over(request, Permission.MANAGE_DEVICES, site.unit_path)
        view = target_view(await add_to_device(conn, request, body))
        headers = {"Location": f"{PREFIX}/targets/{view.id}"}
        return done(view, status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


async def add_to_device(conn: Connection, request: web.Request, body: TargetBody) -> WatchedTarget:
    """Add the target to the site's device of that name, which is added when there is none."""
    by, now = require(request).name, request.config_dict[CLOCK]()
    networks = request.config_dict[SETTINGS].networks_to_probe
    devices = {device.name: device for device in await list_devices(conn, SiteId(body.site), now)}
    if body.device in devices:
        device = devices[body.device].id
        return await add_target(conn, device, body.target(), by=by, now=now, networks=networks)
    added = await add_device(conn, body.new_device(), by=by, now=now, networks=networks)
    return added.targets[0]


@routes.endpoint(
    "GET", f"/targets/{ID}", allow=Permission.READ_BOARD, tells=Tells(answer=views.TargetView)
)
async def show(request: web.Request) -> web.Response:
    """Show one target and what was last seen of it."""
    async with connection(request) as conn:
        found = await find_target(conn, request, Permission.READ_BOARD)
    return shown(target_view(found))


@routes.endpoint(
    "DELETE",
    f"/targets/{ID}",
    allow=Permission.MANAGE_DEVICES,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def remove(request: web.Request) -> web.Response:
    """Look no more, and forget what was seen; the last target takes its device along."""
    by, now = require(request).name, request.config_dict[CLOCK]()

    async def work(conn: Connection) -> Answer:
        found = await find_target(conn, request, Permission.MANAGE_DEVICES)
        targets = await list_targets(conn, now, site=found.site)
        if [one.device for one in targets].count(found.device) > 1:
            await remove_target(conn, found.target.id, by=by, now=now)
        else:
            await remove_device(conn, found.device, by=by)
        return GONE

    return await change(request, work)


async def find_target(
    conn: Connection, request: web.Request, permission: Permission
) -> WatchedTarget:
    """Return the target in the address, if the actor's permission reaches its hall."""
    found = await target_by_id(conn, TargetId(id_of(request)), request.config_dict[CLOCK]())
    site = await site_by_id(conn, found.site)
    require_over(request, permission, site.unit_path)
    return found
