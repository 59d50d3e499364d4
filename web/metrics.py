"""Metrics for Prometheus: sums from the store, and what this process counts itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from functools import cache

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from meetings.model import State
from web.errors import DatabaseDown
from web.keys import CLOCK, METRICS, POOL
from web.live import EVENT_STREAM
from web.permissions import Permission
from web.rooms.bridge_metrics import bridge_families
from web.routes import Routes
from web.store.bridge_figures import BridgeFigures, get_bridge_figures
from web.store.figures import Figures, get_figures
from web.transactions import connection

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
TICK_SECONDS = 0.5
TARGET_STATES = ("up", "down", "unknown")

routes = Routes()


class FromStore(Collector):
    """The store's sums as they were when last asked; nothing while it is away."""

    def __init__(self) -> None:
        self.figures: Figures | None = None
        self.bridges: BridgeFigures | None = None

    def collect(self) -> Iterator[Metric]:
        """Give the families; every state is there, also at zero, so that graphs have no holes."""
        up = GaugeMetricFamily("diemcau_database_up", "1 while PostgreSQL answers")
        up.add_metric([], float(self.figures is not None))
        yield up
        if self.figures is not None:
            yield from families(self.figures)
        if self.bridges is not None:
            yield from bridge_families(self.bridges)


def families(figures: Figures) -> Iterator[Metric]:
    """Give the metric families of a set of figures."""
    conferences = GaugeMetricFamily("diemcau_conferences", "Conferences by state", labels=["state"])
    for state in State:
        conferences.add_metric([state.value], figures.conferences.get(state.value, 0))
    yield conferences
    yield GaugeMetricFamily(
        "diemcau_sites_present", "Sites in a live conference now", value=figures.sites_present
    )
    presence = CounterMetricFamily(
        "diemcau_presence_seconds", "Seconds sites took part", labels=["kind", "group"]
    )
    for labels, seconds in figures.presence_seconds.items():
        presence.add_metric(labels, seconds)
    yield presence
    targets = GaugeMetricFamily("diemcau_targets", "Watched targets by state", labels=["state"])
    for name in TARGET_STATES:
        targets.add_metric([name], figures.targets.get(name, 0))
    yield targets
    bridges = GaugeMetricFamily("diemcau_bridge_up", "1 if the bridge is well", labels=["bridge"])
    for name, healthy in figures.bridges_up.items():
        bridges.add_metric([name], float(healthy))
    yield bridges
    yield GaugeMetricFamily("diemcau_outbox_waiting", "Messages to send", value=figures.unsent)


class Metrics:
    """Everything this process tells Prometheus, on a registry of its own."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self.registry = registry or CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.store = FromStore()
        self.registry.register(self.store)
        self.requests = Counter(
            "diemcau_http_requests",
            "Requests by route template",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "diemcau_http_request_seconds",
            "Time to the end of the answer",
            ["route"],
            registry=self.registry,
        )
        # Labels come from the table of routes, so there are as many of these as it has lines.
        self.answered = cache(self.requests.labels)
        self.took = cache(self.seconds.labels)
        self.reservations = Counter(
            "diemcau_reservations",
            "Questions of bridges for a room",
            ["bridge", "outcome"],
            registry=self.registry,
        )
        self.lag = Histogram(
            "diemcau_loop_lag_seconds",
            "How late the event loop comes back",
            buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
            registry=self.registry,
        )

    def text(self) -> bytes:
        """Return the whole page."""
        return generate_latest(self.registry)

    async def watch_loop(self) -> None:
        """Measure for ever how late the loop is."""
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            self.lag.observe(max(0.0, time.perf_counter() - asked - TICK_SECONDS))


KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})


def label_of(request: web.Request) -> str:
    """Return the route's template; addresses nobody registered are one label together."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"


@web.middleware
async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count every answer; labels come from the table of routes only."""
    metrics = request.app[METRICS]
    begun = time.perf_counter()
    answer = await handler(request)
    method = request.method if request.method in KNOWN_METHODS else "other"
    route = label_of(request)
    metrics.answered(method, route, f"{answer.status // 100}xx").inc()
    if answer.headers.get("Content-Type") != EVENT_STREAM:
        metrics.took(route).observe(time.perf_counter() - begun)
    return answer


@routes.get("/metrics", allow=Permission.READ_METRICS)
async def show(request: web.Request) -> web.Response:
    """Give all metrics; without the store those of this process."""
    metrics = request.config_dict[METRICS]
    try:
        async with connection(request) as conn:
            now = request.config_dict[CLOCK]()
            metrics.store.bridges = await get_bridge_figures(conn, now)
            metrics.store.figures = await get_figures(conn, now)
    except DatabaseDown:
        metrics.store.figures = metrics.store.bridges = None
    return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})


def open_app(app: web.Application) -> web.Application:
    """Return an application with the metrics alone, for a port that only Prometheus reaches."""
    alone = web.Application()
    alone[METRICS] = app[METRICS]
    alone[CLOCK] = app[CLOCK]
    alone[POOL] = app[POOL]
    alone.router.add_get("/metrics", show)
    return alone
