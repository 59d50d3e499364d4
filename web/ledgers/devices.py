"""Devices, a row for each way of looking at one; a file adds what is not there yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from meetings.model import SiteId
from meetings.store import Connection
from meetings.store.sites import SiteRecord, list_site_records
from monitoring.devices import add_device, add_target, list_devices
from monitoring.errors import BadTarget
from monitoring.model import Device, DeviceKind, NewDevice, NewTarget, ProbeKind, Target
from web.input.forms import Body
from web.input.typed import Number
from web.input.words import Name, ShortText, UnitCode
from web.ledgers.model import Clerk, Difference, Draft, Row, given, read_row
from web.ledgers.sites import kept_units
from web.permissions import Permission

YES = frozenset({"yes", "true", "1", "x", "có"})


class DeviceBody(Body):
    """What a row says of a device and one way to look at it."""

    unit: UnitCode
    hall: ShortText = ""
    name: Name
    kind: DeviceKind
    spare: ShortText = ""
    probe: ProbeKind
    host: Name
    port: Annotated[Number, Field(ge=1, le=65535)] | None = None
    path: ShortText = "/"
    interval_seconds: Annotated[Number, Field(ge=5, le=86400)] = 60


class Devices:
    """The ledger of devices."""

    COLUMNS: ClassVar[tuple[str, ...]] = tuple(DeviceBody.model_fields)
    NEEDED: ClassVar[tuple[str, ...]] = ("unit", "name", "kind", "probe", "host")
    PERMISSION: ClassVar[Permission] = Permission.MANAGE_DEVICES

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return the devices of today's halls."""
        halls = await kept_halls(conn, clerk)
        by_id = {one.id: one for one in halls.values()}
        return [
            cells_of(device, watched.target, by_id[device.site])
            for device in await list_devices(conn, None, clerk.now)
            if device.site in by_id
            for watched in device.targets
        ]

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Add devices and ways of looking that are not there; nothing is changed or removed."""
        draft, halls = Draft(), await kept_halls(conn, clerk)
        known = {(one.site, one.name): one for one in await list_devices(conn, None, clerk.now)}
        for row in rows:
            body = read_row(draft, row, DeviceBody, given(row, self.COLUMNS))
            if body is None:
                continue
            hall = halls.get((body.unit, body.hall)) or only_hall(halls, body)
            if hall is None:
                draft.wrong(row, "hall" if body.hall else "unit", "unknown-hall")
                continue
            try:
                await write(conn, clerk, draft, row, body=body, hall=hall, known=known)
            except BadTarget as error:
                for column, code in error.problems:
                    draft.wrong(row, column, code)
        return draft


Halls = dict[tuple[str, str], SiteRecord]
Known = dict[tuple[SiteId, str], Device]


async def kept_halls(conn: Connection, clerk: Clerk) -> Halls:
    """Return today's halls whose devices the clerk keeps, by unit and name."""
    units = await kept_units(conn, clerk, Permission.MANAGE_DEVICES)
    found = await list_site_records(conn, clerk.today)
    return {(one.unit, one.name): one for one in found if one.unit in units}


def only_hall(halls: Halls, body: DeviceBody) -> SiteRecord | None:
    """Return the unit's hall where the row names none and there is only one."""
    found = [one for (unit, _), one in halls.items() if unit == body.unit]
    return found[0] if not body.hall and len(found) == 1 else None


async def write(
    conn: Connection,
    clerk: Clerk,
    draft: Draft,
    row: Row,
    *,
    body: DeviceBody,
    hall: SiteRecord,
    known: Known,
) -> None:
    """Add what the row says, unless it is there."""
    target = NewTarget(
        probe=body.probe,
        host=body.host,
        port=body.port,
        path=body.path,
        interval=timedelta(seconds=body.interval_seconds),
    )
    device, by = known.get((hall.id, body.name)), clerk.actor.name
    label = f"{hall.unit} · {body.name} · {body.probe.value} {body.host}"
    what = "add"
    if device is None:
        wish = NewDevice(
            site=hall.id,
            name=body.name,
            kind=body.kind,
            spare=body.spare.lower() in YES,
            targets=(target,),
        )
        known[hall.id, body.name] = await add_device(
            conn, wish, by=by, now=clerk.now, networks=clerk.networks
        )
    elif any(is_same(one.target, target) for one in device.targets):
        what = "same"
    else:
        await add_target(conn, device.id, target, by=by, now=clerk.now, networks=clerk.networks)
    draft.differences.append(Difference(line=row.line, what=what, label=label))


def is_same(target: Target, new: NewTarget) -> bool:
    """Tell whether both look at the same thing."""
    return (target.probe, target.host, target.port) == (new.probe, new.host, new.port)


def cells_of(device: Device, target: Target, hall: SiteRecord) -> tuple[str, ...]:
    """Return one way of looking at a device as the file shows it."""
    return (
        hall.unit,
        hall.name,
        device.name,
        device.kind.value,
        "yes" if device.spare else "",
        target.probe.value,
        target.host,
        "" if target.port is None else str(target.port),
        target.path,
        str(int(target.interval.total_seconds())),
    )
