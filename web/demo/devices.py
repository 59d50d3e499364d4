"""Devices of the demo: real addresses on this machine, so that the board shows real looks."""

from __future__ import annotations

from datetime import datetime, timedelta

from meetings.directory.finding import find_sites
from meetings.model import Site
from meetings.office.workdays import local_day
from meetings.store import Connection
from monitoring.devices import add_device
from monitoring.model import DeviceKind, NewDevice, NewTarget, ProbeKind
from web.settings import LOOPBACK

HERE = "127.0.0.1"
CLOSED_PORT = 1
INTERVAL = timedelta(seconds=20)
BROKEN = frozenset({"03158", "03208"})
UNWATCHED = frozenset({"03370"})
WITH_ROUTER = frozenset({"03160", "03203", "03295"})


async def watch_halls(conn: Connection, now: datetime, *, port: int, by: str) -> None:
    """Give the communes' halls a codec that answers, but for two; some have a router too."""
    halls = await find_sites(conn, on=local_day(now), group="all-communes", limit=400)
    for hall in halls:
        for device in devices_of(hall, port):
            await add_device(conn, device, by=by, now=now, networks=LOOPBACK)


def devices_of(hall: Site, port: int) -> tuple[NewDevice, ...]:
    """Return what stands in a hall."""
    if hall.unit_code in UNWATCHED:
        return ()
    broken = hall.unit_code in BROKEN
    codec = target(ProbeKind.TCP, CLOSED_PORT if broken else port)
    found = [device(hall, "Thiết bị hội nghị truyền hình", DeviceKind.CODEC, codec)]
    if hall.unit_code in WITH_ROUTER:
        router = target(ProbeKind.ICMP, None)
        found.append(device(hall, "Bộ định tuyến", DeviceKind.ROUTER, router))
    return tuple(found)


def device(hall: Site, name: str, kind: DeviceKind, at: NewTarget) -> NewDevice:
    """Return a device of the demo with one target."""
    return NewDevice(site=hall.id, name=name, kind=kind, demo=True, targets=(at,))


def target(probe: ProbeKind, port: int | None) -> NewTarget:
    """Return an address on this machine."""
    return NewTarget(probe=probe, host=HERE, port=port, interval=INTERVAL)
