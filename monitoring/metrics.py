"""What probing tells Prometheus; labels are kinds and outcomes, never a target or a hall."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from monitoring.model import ProbeKind, Result

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class ProbeMetrics:
    """The figures of one prober, on the registry it is given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.probes = Counter(
            "diemcau_probes", "Looks at targets", ["probe", "outcome"], registry=registry
        )
        self.seconds = Histogram(
            "diemcau_probe_seconds",
            "Time until a target answered",
            ["probe"],
            buckets=SECONDS,
            registry=registry,
        )
        self.lag = Histogram(
            "diemcau_probe_lag_seconds",
            "How late looks begin",
            buckets=SECONDS,
            registry=registry,
        )
        self.running = Gauge("diemcau_probes_running", "Looks under way", registry=registry)
        self.lost = Counter(
            "diemcau_probe_results_lost",
            "Results dropped because the store was away for too long",
            registry=registry,
        )

    def count(self, kind: ProbeKind, result: Result) -> None:
        """Count one look."""
        self.probes.labels(kind.value, result.outcome.value).inc()
        if result.seconds is not None:
            self.seconds.labels(kind.value).observe(result.seconds)
