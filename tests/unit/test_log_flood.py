"""A logger that writes without end is cut down; the daemon's own records are not."""

import logging

from incidentd.log_flood import BURST, RATE, FloodFilter


def record(name: str) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, __file__, 1, "said", None, None)


def test_a_flood_is_cut_down_and_told():
    at = [100.0]
    flood = FloodFilter(lambda: at[0])
    passed = sum(flood.filter(record("bad.plugin")) for _ in range(5000))
    assert passed == BURST
    at[0] += 2
    later = [record("bad.plugin") for _ in range(5000)]
    passing = [one for one in later if flood.filter(one)]
    assert len(passing) == 2 * RATE
    assert passing[0].getMessage() == "4000 records of this logger were dropped before this one: said"
    assert passing[1].getMessage() == "said"


def test_others_and_the_daemon_itself_are_heard():
    flood = FloodFilter(lambda: 100.0)
    for _ in range(5000):
        flood.filter(record("bad.plugin"))
    assert flood.filter(record("good.plugin"))
    assert all(flood.filter(record("incidentd.plugins")) for _ in range(5000))
