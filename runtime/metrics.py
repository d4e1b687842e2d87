"""The metrics of ``contracts.metrics`` as Prometheus objects, made on first use."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

from contracts.metrics import METRICS


def _kind(name: str, kind: str) -> None:
    if METRICS[name].kind != kind:
        raise TypeError(f"{name} is a {METRICS[name].kind}, not a {kind}")


@cache
def counter(name: str) -> Counter:
    _kind(name, "counter")
    return Counter(name, METRICS[name].help, METRICS[name].labels)


@cache
def gauge(name: str) -> Gauge:
    _kind(name, "gauge")
    return Gauge(name, METRICS[name].help, METRICS[name].labels)


@cache
def histogram(name: str) -> Histogram:
    _kind(name, "histogram")
    return Histogram(name, METRICS[name].help, METRICS[name].labels, buckets=METRICS[name].buckets)
