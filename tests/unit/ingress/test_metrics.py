"""A scrape: what cannot be read is missing and counted, and the rest is there."""

import asyncio

from prometheus_client.parser import text_string_to_metric_families

from incidentd.ingress import metrics as metrics_module
from incidentd.ingress.families import durations, filled, gauge, single
from incidentd.ingress.metrics import Metrics
from incidentd.services.histogram import Histogram


async def shown(metrics):
    """Every sample by (name, its label values)."""
    text = (await metrics.answer()).body.decode()
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def section(*families, fault=None, wait=None):
    async def read():
        if wait is not None:
            await wait.wait()
        if fault is not None:
            raise fault
        return families

    return read


async def test_a_section_that_fails_takes_nothing_else_with_it():
    metrics = Metrics("1")
    metrics.add("broken", section(fault=OSError("the disk is gone")))
    metrics.add("well", section(single("incidentd_x", "X.", 3)))
    for times in (1, 2):
        found = await shown(metrics)
        assert found["incidentd_x",] == 3
        assert found["incidentd_metrics_failures_total", "broken"] == times
        assert found["incidentd_metrics_failures_total", "well"] == 0
    assert found["incidentd_build_info", "1"] == 1
    assert found["process_resident_memory_bytes",] > 1_000_000


async def test_a_section_that_hangs_is_left_out_and_not_begun_again(monkeypatch):
    monkeypatch.setattr(metrics_module, "_SECONDS", 0.01)
    free, begun = asyncio.Event(), []

    async def read():
        begun.append(1)
        await free.wait()
        return [single("incidentd_slow", "Slow.", 1)]

    metrics = Metrics("1")
    metrics.add("slow", read)
    first, second = await asyncio.gather(shown(metrics), shown(metrics))
    assert ("incidentd_slow",) not in first
    assert second["incidentd_metrics_failures_total", "slow"] == 2
    assert begun == [1]
    free.set()
    await asyncio.sleep(0)
    assert (await shown(metrics))["incidentd_slow",] == 1


async def test_label_values_of_any_kind_can_be_read_back():
    strange = 'a"b\\c\nd{}é'
    metrics = Metrics("1")
    metrics.add("one", section(gauge("incidentd_x", "X.", ("name",), filled((strange, "b"), {"b": 2}))))
    found = await shown(metrics)
    assert (found["incidentd_x", strange], found["incidentd_x", "b"]) == (0, 2)


async def test_durations_are_counted_up_to_each_bound():
    histogram = Histogram((1, 60))
    for seconds in (-5, 1, 1.5, 60, 61):
        histogram.observe(seconds)
    metrics = Metrics("1")
    metrics.add("one", section(durations("incidentd_x_seconds", "X.", "urgency", {"high": histogram})))
    found = await shown(metrics)
    assert [found["incidentd_x_seconds_bucket", end, "high"] for end in ("1.0", "60.0", "+Inf")] == [2, 4, 5]
    assert (found["incidentd_x_seconds_count", "high"], found["incidentd_x_seconds_sum", "high"]) == (5, 123.5)
