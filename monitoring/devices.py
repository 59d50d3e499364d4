"""Saying what is looked at: devices of a hall and their targets, each change with its audit row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from meetings.audit import record
from meetings.directory.finding import site_by_id
from meetings.model import SiteId
from meetings.news import announce
from meetings.store import Connection
from monitoring.addresses import Network
from monitoring.errors import BadTarget
from monitoring.model import Device, DeviceId, NewDevice, NewTarget, TargetId, WatchedTarget
from monitoring.rules import LONGEST_DEVICE_NAME, problems
from monitoring.store import devices as store
from monitoring.store.devices import get_watched_target as target_by_id
from monitoring.store.devices import list_watched_targets as list_targets

__all__ = [
    "add_device",
    "add_target",
    "device_by_id",
    "list_devices",
    "list_targets",
    "remove_demo_devices",
    "remove_device",
    "remove_target",
    "rest_target",
    "target_by_id",
    "watch_target",
]

TARGETS = "targets"
"""The topic on which probers hear that they must look at other things."""


async def add_device(
    conn: Connection,
    wish: NewDevice,
    *,
    by: str,
    now: datetime,
    networks: Iterable[Network] = (),
) -> Device:
    """Add a device with its targets; looking begins within seconds.

    Raises:
        BadTarget: with every field that cannot be right.
        DeviceExists: the site has one of that name.
        SitesNotFound: there is no such site.
    """
    refuse_bad(wish, tuple(networks))
    await site_by_id(conn, wish.site)
    device = await store.insert_device(conn, wish)
    for target in wish.targets:
        await store.insert_target(conn, device, target, now=now)
    shown = [f"{target.probe.value} {target.host}" for target in wish.targets]
    await _tell(conn, device, wish.site, "device.add", by=by, name=wish.name, targets=shown)
    return await device_by_id(conn, device, now)


def refuse_bad(wish: NewDevice, networks: tuple[Network, ...]) -> None:
    """Raise BadTarget with everything that is wrong with a wished device."""
    found = [problem for target in wish.targets for problem in problems(target, networks)]
    if not 0 < len(wish.name.strip()) <= LONGEST_DEVICE_NAME or not wish.name.isprintable():
        found.append(("name", "bad-name"))
    if found:
        raise BadTarget(found)


async def add_target(
    conn: Connection,
    device: DeviceId,
    wish: NewTarget,
    *,
    by: str,
    now: datetime,
    networks: Iterable[Network] = (),
) -> WatchedTarget:
    """Add a target to a device.

    Raises:
        BadTarget: with every field that cannot be right.
        DeviceNotFound: there is no such device.
    """
    if found := problems(wish, networks):
        raise BadTarget(found)
    site = (await store.get_device(conn, device)).site
    target = await store.insert_target(conn, device, wish, now=now)
    what = f"{wish.probe.value} {wish.host}"
    await _tell(conn, device, site, "target.add", by=by, target=target, what=what)
    return await target_by_id(conn, target, now)


async def remove_device(conn: Connection, device: DeviceId, *, by: str) -> None:
    """Stop looking at a device and forget what was seen of it."""
    known = await store.get_device(conn, device)
    await store.delete_device(conn, device)
    await _tell(conn, device, known.site, "device.remove", by=by, name=known.name)


async def remove_target(conn: Connection, target: TargetId, *, by: str, now: datetime) -> None:
    """Stop looking at a target and forget what was seen of it."""
    known = await target_by_id(conn, target, now)
    await store.delete_target(conn, target)
    await _tell(conn, known.device, known.site, "target.remove", by=by, target=target)


async def watch_target(conn: Connection, target: TargetId, *, by: str, now: datetime) -> None:
    """Look at a target again; doing it twice changes nothing."""
    known = await target_by_id(conn, target, now)
    if await store.save_enabled(conn, target, enabled=True):
        await _tell(conn, known.device, known.site, "target.watch", by=by, target=target)


async def rest_target(conn: Connection, target: TargetId, *, by: str, now: datetime) -> None:
    """Leave a target alone for now, keeping what was seen of it; twice changes nothing."""
    known = await target_by_id(conn, target, now)
    if await store.save_enabled(conn, target, enabled=False):
        await _tell(conn, known.device, known.site, "target.rest", by=by, target=target)


async def remove_demo_devices(conn: Connection, *, by: str) -> int:
    """Take the demo's devices away; return how many there were."""
    removed = await store.delete_demo_devices(conn)
    if removed:
        await record(
            conn, actor=by, action="device.remove-demo", subject="demo", detail={"devices": removed}
        )
        await announce(conn, "board", TARGETS)
    return removed


async def device_by_id(conn: Connection, device: DeviceId, now: datetime) -> Device:
    """Return a device with its targets."""
    known = await store.get_device(conn, device)
    targets = await list_targets(conn, now, site=known.site)
    return _with_targets(known, targets)


async def list_devices(conn: Connection, site: SiteId | None, now: datetime) -> list[Device]:
    """Return the devices of a site (None: of all) with targets and states, spare ones last."""
    targets = await list_targets(conn, now, site=site)
    return [_with_targets(device, targets) for device in await store.list_devices(conn, site)]


def _with_targets(device: Device, targets: Iterable[WatchedTarget]) -> Device:
    return Device(
        id=device.id,
        site=device.site,
        name=device.name,
        kind=device.kind,
        spare=device.spare,
        demo=device.demo,
        targets=tuple(target for target in targets if target.device == device.id),
    )


async def _tell(
    conn: Connection, device: DeviceId, site: SiteId, action: str, *, by: str, **detail: object
) -> None:
    unit = (await site_by_id(conn, site)).unit_id
    detail |= {"site": site}
    await record(
        conn, actor=by, action=action, subject=f"device:{device}", unit=unit, detail=detail
    )
    await announce(conn, "board", TARGETS)
