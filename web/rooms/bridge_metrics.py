"""Metrics about bridges, as families for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from web.store.bridge_figures import BridgeFigures, OneBridge, Receivers


def bridge_families(figures: BridgeFigures) -> Iterator[Metric]:
    """Give the families of the sums about bridges."""
    yield from gauges(figures.bridges)
    evidence = ("bridge", "kind", "outcome")
    moves, actions = ("bridge", "reason"), ("action", "state")
    told = "News and answers of the last hour"
    yield counted("diemcau_bridge_evidence_last_hour", told, evidence, figures.evidence)
    yield counted("diemcau_room_moves", "Rooms moved away", moves, figures.moves)
    yield counted("diemcau_room_actions", "Asked of live rooms", actions, figures.actions)
    text = "Stays of the last day whose end no event told"
    yield counted("diemcau_presence_repairs", text, ("bridge", "evidence"), figures.repairs)
    text = "Times in the last day that conferences saw a bridge's clock set"
    yield counted("diemcau_bridge_clock_steps", text, ("bridge",), figures.clock_steps)
    text = "Events held back now: with a wrong secret, misdirected, or unreadable"
    yield counted("diemcau_receiver_held", text, ("bridge", "reason"), figures.held)
    yield from receiver_families(figures.receivers, figures.outcomes)


def receiver_families(
    receivers: Receivers, outcomes: Mapping[tuple[str, str], int]
) -> Iterator[Metric]:
    """Give what receivers tell of themselves."""
    yield GaugeMetricFamily(
        "diemcau_receivers", "Receivers heard of within a minute", value=receivers.alive
    )
    text = "Bytes of events on disk that are not drained"
    yield GaugeMetricFamily("diemcau_receiver_spool_bytes", text, value=receivers.depth)
    text = "Age of the oldest event that is not drained"
    yield GaugeMetricFamily("diemcau_receiver_lag_seconds", text, value=receivers.lag)
    events = CounterMetricFamily(
        "diemcau_receiver_events",
        "Events since the receiver started: taken, held back and why, refused",
        labels=["bridge", "outcome"],
    )
    for key, number in outcomes.items():
        events.add_metric(key, number)
    yield events


def gauges(bridges: Sequence[OneBridge]) -> Iterator[Metric]:
    """Give what each bridge carries now."""
    yield by_bridge("rooms", "Rooms in use", {one.name: one.rooms for one in bridges})
    yield by_bridge("sites", "Sites in its rooms", {one.name: one.sites for one in bridges})
    yield by_bridge("seats", "Seats it has", {one.name: one.seats for one in bridges})
    yield by_bridge("misses", "Answers missed in a row", {one.name: one.misses for one in bridges})
    draining = {one.name: int(one.draining) for one in bridges}
    yield by_bridge("draining", "1 while it takes no new conferences", draining)
    stress = {one.name: one.stress for one in bridges if one.stress is not None}
    yield by_bridge("stress", "Load of its videobridge, 1 is the limit", stress)


def by_bridge(name: str, text: str, values: Mapping[str, float]) -> Metric:
    """Return a gauge with a value for each bridge."""
    family = GaugeMetricFamily(f"diemcau_bridge_{name}", text, labels=["bridge"])
    for bridge, value in values.items():
        family.add_metric([bridge], value)
    return family


def counted(name: str, text: str, labels: Sequence[str], numbers: Mapping[Any, int]) -> Metric:
    """Return a family of counts."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, number in numbers.items():
        family.add_metric(key, number)
    return family
