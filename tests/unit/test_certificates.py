from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from incidentd.domain.certificates import Expiry, expiry

END = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("life", "left", "found"),
    [
        (365, 30.1, Expiry.FAR),
        (365, 30, Expiry.SOON),
        (365, 7.1, Expiry.SOON),
        (365, 7, Expiry.URGENT),
        (365, 0.001, Expiry.URGENT),
        (365, 0, Expiry.PAST),
        (365, -400, Expiry.PAST),
        (90, 30, Expiry.SOON),
        (47, 16, Expiry.FAR),  # such a one is renewed when a third of its life is left
        (47, 15, Expiry.SOON),
        (6, 2.1, Expiry.FAR),
        (6, 0.5, Expiry.URGENT),
    ],
)
def test_the_end_is_told_ahead_by_the_life(life: float, left: float, found: Expiry) -> None:
    begin, now = END - timedelta(days=life), END - timedelta(days=left)
    assert expiry(begin, END, now) is found
