"""Instants in sentences are told in the viewer's zone; whatever else stands there is left alone."""

from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from incidentd.domain.local_times import localised

BERLIN = partial(datetime.astimezone, tz=ZoneInfo("Europe/Berlin"))
BESIDE = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("held until 2026-03-02T22:45:00Z: quiet", "held until 23:45:00: quiet"),
        ("until 2026-03-02T23:45:00Z", "until 2026-03-03 00:45:00 CET"),
        ("until 2026-07-01T10:00:00.250000+00:00)", "until 2026-07-01 12:00:00 CEST)"),
        ("v2026-03-02T22:45:00Z", "v2026-03-02T22:45:00Z"),
        ("2026-13-41T99:00:00Z", "2026-13-41T99:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("2026-03-02T22:45:00Z2", "2026-03-02T22:45:00Z2"),
    ],
)
def test_a_sentence(text, told):
    assert localised(text, BERLIN, BESIDE) == told


def test_without_a_time_beside_it_the_day_is_told():
    assert localised("until 2026-03-02T22:45:00Z", BERLIN) == "until 2026-03-02 23:45:00 CET"
