from datetime import UTC, datetime

import pytest

from incidentd.plugin.hearing import Hearing
from incidentd.plugin.values import BadRequest

AT = datetime(2026, 11, 28, tzinfo=UTC)


def refuse(hearing: Hearing, why: str) -> None:
    with pytest.raises(BadRequest), hearing.checking(AT):
        raise BadRequest(why, field="topic")


def test_refusals_that_name_what_was_sent_are_counted_in_bounded_memory():
    hearing = Hearing()
    for number in range(1_000):
        refuse(hearing, f"{number} is none of ours")
        refuse(hearing, "0 is none of ours")
    assert len(hearing._refused) == 101
    assert hearing.condition().text.startswith(
        "nothing came since the start; 1001 refused (topic: 0 is none of ours); 900 refused (for other reasons)"
    )
