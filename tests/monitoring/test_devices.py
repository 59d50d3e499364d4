from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from meetings.audit import list_audit
from meetings.errors import SitesNotFound
from meetings.model import SiteId
from monitoring.devices import (
    add_device,
    add_target,
    list_devices,
    list_targets,
    remove_demo_devices,
    remove_device,
    remove_target,
    rest_target,
    target_by_id,
    watch_target,
)
from monitoring.errors import BadTarget, DeviceExists, DeviceNotFound, TargetNotFound
from monitoring.model import (
    DeviceId,
    DeviceKind,
    Health,
    NewDevice,
    NewTarget,
    ProbeKind,
    TargetId,
)
from monitoring.store.devices import list_enabled_targets
from tests.makers import a_directory, a_site, a_unit
from tests.monitoring.makers import NOON, a_device, only_target

BY = "person:1"
INSERT_TARGET = """
    INSERT INTO targets (device_id, probe, host, port, path) VALUES ($1, 'http', $2, 80, $3)
"""
PING = NewTarget(probe=ProbeKind.ICMP, host="10.11.0.7", timeout=timedelta(seconds=1))
PAGE = NewTarget(probe=ProbeKind.HTTP, host="codec.sin-thau.gov.vn", port=443, tls=True, path="/x")


@pytest.fixture
async def site(conn):
    await a_directory(conn)
    return await a_site(conn)


def a_codec(site, *targets: NewTarget) -> NewDevice:
    return NewDevice(site=site.id, name="Codec", kind=DeviceKind.CODEC, targets=targets)


async def test_a_device_comes_with_its_targets_not_yet_seen(conn, site):
    device = await add_device(conn, a_codec(site, PING, PAGE), by=BY, now=NOON)
    ping, page = device.targets

    assert (device.name, device.kind, device.spare, device.demo) == (
        "Codec",
        DeviceKind.CODEC,
        False,
        False,
    )
    assert (ping.state, ping.since, ping.reason) == (Health.UNKNOWN, NOON, "")
    assert (ping.target.probe, ping.target.host, ping.target.port) == (
        ProbeKind.ICMP,
        "10.11.0.7",
        None,
    )
    assert ping.target.timeout == timedelta(seconds=1)
    assert (page.target.path, page.target.tls, page.target.port) == ("/x", True, 443)
    assert await list_devices(conn, site.id, NOON) == [device]


async def test_adding_leaves_one_audit_row_in_the_subtree(conn, site):
    await add_device(conn, a_codec(site, PING), by=BY, now=NOON)
    rows = [row for row in await list_audit(conn) if row.subject.startswith("device:")]

    assert [(row.actor, row.action, row.unit, dict(row.detail)) for row in rows] == [
        (
            BY,
            "device.add",
            site.unit_id,
            {"name": "Codec", "targets": ["icmp 10.11.0.7"], "site": site.id},
        )
    ]


async def test_adding_is_news_for_boards_and_probers(conn, owner, site):
    heard = []
    await owner.add_listener("diemcau", lambda *news: heard.append(news[3]))
    await add_device(conn, a_codec(site), by=BY, now=NOON)
    await owner.execute("SELECT")

    assert heard == ["board", "targets"]


async def test_everything_wrong_is_named_and_nothing_is_kept(conn, site):
    bad = replace(PAGE, host="127.0.0.1", port=0)
    with pytest.raises(BadTarget) as caught:
        await add_device(conn, replace(a_codec(site, bad), name="a\0b"), by=BY, now=NOON)

    assert caught.value.problems == (
        ("host", "forbidden-address"),
        ("port", "bad-port"),
        ("name", "bad-name"),
    )
    assert await list_devices(conn, site.id, NOON) == []


async def test_a_name_is_once_in_a_hall(conn, site):
    await add_device(conn, a_codec(site), by=BY, now=NOON)

    with pytest.raises(DeviceExists):
        await add_device(conn, a_codec(site), by=BY, now=NOON)


async def test_a_hall_that_is_not_gets_no_device(conn, site):
    with pytest.raises(SitesNotFound):
        await add_device(conn, replace(a_codec(site), site=SiteId(999_999)), by=BY, now=NOON)


async def test_a_removed_device_is_gone_with_its_targets(conn, site):
    device = await add_device(conn, a_codec(site, PING), by=BY, now=NOON)
    await remove_device(conn, device.id, by=BY)

    assert await list_targets(conn, NOON) == []
    with pytest.raises(DeviceNotFound):
        await remove_device(conn, device.id, by=BY)
    actions = [row.action for row in await list_audit(conn, subject=f"device:{device.id}")]
    assert actions == ["device.remove", "device.add"]


async def test_targets_come_and_go_one_by_one(conn, site):
    device = await add_device(conn, a_codec(site, PING), by=BY, now=NOON)
    page = await add_target(conn, device.id, PAGE, by=BY, now=NOON)
    await remove_target(conn, TargetId(only_target(device)), by=BY, now=NOON)

    assert await list_targets(conn, NOON) == [page]
    with pytest.raises(TargetNotFound):
        await target_by_id(conn, TargetId(only_target(device)), NOON)
    with pytest.raises(DeviceNotFound):
        await add_target(conn, DeviceId(999_999), PAGE, by=BY, now=NOON)
    with pytest.raises(BadTarget):
        await add_target(conn, device.id, replace(PAGE, path="x"), by=BY, now=NOON)


async def test_a_resting_target_is_not_looked_at(conn, site):
    device = await add_device(conn, a_codec(site, PING), by=BY, now=NOON)
    target = TargetId(only_target(device))
    await rest_target(conn, target, by=BY, now=NOON)
    await rest_target(conn, target, by=BY, now=NOON)
    assert await list_enabled_targets(conn) == []

    await watch_target(conn, target, by=BY, now=NOON)
    assert [found.id for found in await list_enabled_targets(conn)] == [target]
    actions = [row.action for row in await list_audit(conn, subject=f"device:{device.id}")]
    assert actions == ["target.watch", "target.rest", "device.add"]


async def test_targets_are_listed_by_subtree_and_page(conn, site):
    await add_device(conn, a_codec(site, PING, PAGE), by=BY, now=NOON)
    elsewhere = await a_unit(conn, "11.vpubnd")
    all_of_them = await list_targets(conn, NOON)

    assert await list_targets(conn, NOON, units=[site.unit_id]) == all_of_them
    assert await list_targets(conn, NOON, units=[elsewhere.id]) == []
    assert await list_targets(conn, NOON, limit=1) == all_of_them[:1]
    assert await list_targets(conn, NOON, after=all_of_them[0].target.id) == all_of_them[1:]


async def test_the_demo_leaves_without_a_trace_among_devices(conn, site):
    await a_device(conn, site.id, name="Demo", demo=True)
    kept = await a_device(conn, site.id, name="Ours")

    assert await remove_demo_devices(conn, by=BY) == 1
    assert await remove_demo_devices(conn, by=BY) == 0
    assert [device.id for device in await list_devices(conn, site.id, NOON)] == [kept.id]


@pytest.mark.parametrize(
    ("host", "path"), [("a b", "/"), ("a\r\nb", "/"), ("10.0.0.7", "x"), ("10.0.0.7", "/\r\nx")]
)
async def test_the_store_guards_what_stands_in_a_request(conn, site, host, path):
    device = await add_device(conn, a_codec(site), by=BY, now=NOON)

    with pytest.raises(asyncpg.CheckViolationError):
        await conn.execute(INSERT_TARGET, device.id, host, path)
