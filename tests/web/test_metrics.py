"""The metrics page: bounded labels, honest zeros, sums from the store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from bridges.entry.admitting import note_heartbeat
from bridges.model import RoomName
from bridges.presence.evidence import row_of_sighting
from bridges.receiving.draining import drain
from bridges.spooling.spool import Spool
from bridges.store.quarantine import Report, save_report
from tests.bridges.makers import a_pass
from web.store.bridge_figures import count_evidence

NAMES = {
    "diemcau_database_up",
    "diemcau_conferences",
    "diemcau_sites_present",
    "diemcau_presence_seconds",
    "diemcau_targets",
    "diemcau_bridge_up",
    "diemcau_bridge_rooms",
    "diemcau_bridge_sites",
    "diemcau_bridge_stress",
    "diemcau_bridge_misses",
    "diemcau_bridge_evidence_last_hour",
    "diemcau_room_moves",
    "diemcau_room_actions",
    "diemcau_presence_repairs",
    "diemcau_bridge_clock_steps",
    "diemcau_receivers",
    "diemcau_receiver_spool_bytes",
    "diemcau_receiver_lag_seconds",
    "diemcau_receiver_events",
    "diemcau_receiver_held",
    "diemcau_reservations",
    "diemcau_outbox_waiting",
    "diemcau_http_requests",
    "diemcau_http_request_seconds",
    "diemcau_loop_lag_seconds",
}


async def families(client):
    text = await (await client.get("/metrics")).text()
    return {family.name: family for family in text_string_to_metric_families(text)}


async def test_the_page_names_what_is_promised(client_for):
    client = await client_for("technician")

    assert set(await families(client)) >= NAMES


async def test_receivers_that_live_are_summed(client_for, conn):
    client, now = await client_for("technician"), datetime.now(UTC)
    told = Report(depth=7, lag=2.5, held={}, outcomes={"lab": {"event": 3}, "": {"nothing": 2}})
    await save_report(conn, "one", told, now)
    await save_report(conn, "two", told, now)
    await save_report(conn, "gone", told, now - timedelta(hours=1))

    found = await families(client)

    names = ("receivers", "receiver_spool_bytes", "receiver_lag_seconds")
    assert [found[f"diemcau_{name}"].samples[0].value for name in names] == [2, 14, 2.5]
    assert {
        (one.labels["bridge"], one.labels["outcome"]): one.value
        for one in found["diemcau_receiver_events"].samples
    } == {("lab", "event"): 6, ("unknown", "nothing"): 4}


async def test_every_state_is_there_at_zero(client_for):
    client = await client_for("technician")

    found = await families(client)

    assert {
        sample.labels["state"]: sample.value for sample in found["diemcau_targets"].samples
    } == {
        "up": 0,
        "down": 0,
        "unknown": 0,
    }


async def test_a_thousand_addresses_make_no_thousand_series(client_for):
    client = await client_for("technician")
    await client.get("/nowhere")
    before = len((await families(client))["diemcau_http_requests"].samples)

    for number in range(100):
        await client.get(f"/nowhere/{number}")
        await client.get(f"/api/v1/conferences/{number}")
        await client.request(f"M{number}", "/nowhere")

    samples = (await families(client))["diemcau_http_requests"].samples
    assert len(samples) <= before + 4
    assert {sample.labels["route"] for sample in samples if "nowhere" in str(sample)} == set()


async def test_a_wrong_token_sees_nothing(client_for):
    stranger = await client_for(None)

    answer = await stranger.get("/metrics", headers={"Authorization": "Bearer dcm_x"})

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_beats_of_the_last_hour_are_counted_to_the_second(conn, tmp_path):
    found, _, conference = await a_pass(conn, tmp_path)
    start = conference.period.start
    hall = replace(found, occasion=replace(found.occasion, room=RoomName("khong-co-phong")))
    async with Spool(tmp_path / "admissions") as spool:
        for second in (0, 1799, 1800, 3600, 5400):
            await note_heartbeat(spool, found, start + timedelta(seconds=second))
        await note_heartbeat(spool, hall, start + timedelta(seconds=5400))
        await drain(conn, spool, row_of_sighting, now=start)

    told = await count_evidence(conn, start + timedelta(seconds=5400))

    assert told == {("lab", "heartbeat", "used"): 3, ("lab", "heartbeat", "unbooked"): 1}
