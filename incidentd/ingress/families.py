"""Short ways to state a family of metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from incidentd.services.histogram import Histogram

Values = Mapping[Any, float]
"""A number for each label value, or for each tuple of them."""


def _rows(values: Values) -> Iterable[tuple[tuple[str, ...], float]]:
    return sorted(((found,) if isinstance(found, str) else found, number) for found, number in values.items())


def filled(keys: Iterable[Any], found: Values) -> Values:
    """What was found, and 0 for the other `keys`: a series that is missing until something happens hides the first."""
    return {**dict.fromkeys(keys, 0), **found}


def single(name: str, text: str, value: float) -> GaugeMetricFamily:
    """A gauge without labels."""
    return GaugeMetricFamily(name, text, value=value)


def gauge(name: str, text: str, labels: tuple[str, ...], values: Values) -> GaugeMetricFamily:
    """A gauge for each combination of label values."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for found, number in _rows(values):
        family.add_metric(found, number)
    return family


def total(name: str, text: str, labels: tuple[str, ...], values: Values) -> CounterMetricFamily:
    """A counter for each combination of label values; `name` without its _total."""
    family = CounterMetricFamily(name, text, labels=labels)
    for found, number in _rows(values):
        family.add_metric(found, number)
    return family


def durations(name: str, text: str, label: str, values: Mapping[str, Histogram]) -> HistogramMetricFamily:
    """A histogram of seconds for each value of a label."""
    family = HistogramMetricFamily(name, text, labels=(label,))
    for found, histogram in sorted(values.items()):
        family.add_metric((found,), histogram.buckets(), histogram.total)
    return family
