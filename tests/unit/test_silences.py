"""Silences as rules: status, what may be set, what may be changed in place, when the owner hears of one."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.matchers import Matcher, Op, matches
from incidentd.domain.silences import (
    LONG,
    BadSilence,
    Silence,
    Status,
    can_change,
    check,
    expired,
    silencing,
)

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
HOUR = timedelta(hours=1)


def silence(**changes):
    one = Silence(
        id="5ace5ace-0000-4000-8000-000000000001",
        matchers=(Matcher("host", Op.EQUAL, "db1"),),
        starts_at=NOW,
        ends_at=NOW + 2 * HOUR,
        created_by="ada",
        comment="disks are being replaced",
        updated_at=NOW,
    )
    return msgspec.structs.replace(one, **changes)


@pytest.mark.parametrize(
    ("at", "status"),
    [(-1, "pending"), (0, "active"), (7199, "active"), (7200, "expired"), (9999, "expired")],
)
def test_it_holds_from_its_start_until_before_its_end(at, status):
    assert silence().status(NOW + timedelta(seconds=at)) == status


BAD = [
    ({"matchers": ()}, "matchers"),
    ({"matchers": (Matcher("a", Op.EQUAL, ""),)}, "matchers"),
    ({"matchers": (Matcher("a", Op.MATCH, ".*"), Matcher("b", Op.NOT_EQUAL, "x"))}, "matchers"),
    ({"matchers": tuple(Matcher(f"a{n}", Op.EQUAL, "x") for n in range(65))}, "matchers"),
    ({"matchers": (Matcher("a", Op.EQUAL, "x\0"),)}, "matchers"),
    ({"matchers": (Matcher("a", Op.EQUAL, "x" * 4001),)}, "matchers"),
    ({"ends_at": NOW}, "ends_at"),
    ({"ends_at": NOW - HOUR}, "ends_at"),
    ({"starts_at": NOW - 2 * HOUR, "ends_at": NOW - HOUR}, "ends_at"),
    ({"ends_at": NOW + timedelta(days=3651)}, "ends_at"),
    ({"comment": "nul\0"}, "comment"),
    ({"comment": "x" * 4001}, "comment"),
    ({"created_by": "half \ud800"}, "created_by"),
    ({"annotations": {"a\0": ""}}, "annotations"),
    ({"annotations": {str(n): "x" for n in range(65)}}, "annotations"),
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_what_cannot_be_set_names_its_field(changes, field):
    with pytest.raises(BadSilence) as error:
        check(silence(**changes), NOW)
    assert error.value.field == field


def test_one_matcher_that_needs_a_value_is_enough():
    check(silence(matchers=(Matcher("a", Op.MATCH, ".*"), Matcher("host", Op.EQUAL, "db1"))), NOW)


CHANGES = [
    (NOW + HOUR, {"ends_at": NOW + 3 * HOUR}, True),
    (NOW + HOUR, {"comment": "more"}, True),
    (NOW + HOUR, {"starts_at": NOW.replace(microsecond=589000)}, True),  # through JSON with milliseconds
    (NOW + HOUR, {"starts_at": NOW + timedelta(minutes=1)}, False),
    (NOW + HOUR, {"ends_at": NOW + timedelta(minutes=1)}, False),
    (NOW + HOUR, {"matchers": (Matcher("host", Op.EQUAL, "db2"),)}, False),
    (NOW - HOUR, {"starts_at": NOW + HOUR}, True),
    (NOW - HOUR, {"starts_at": NOW - 2 * HOUR}, False),
    (NOW + 5 * HOUR, {"ends_at": NOW + 9 * HOUR}, False),
]


@pytest.mark.parametrize(("at", "changes", "in_place"), CHANGES)
def test_what_may_be_changed_in_place(at, changes, in_place):
    assert can_change(silence(), silence(**changes), at) is in_place


@pytest.mark.parametrize("at", [NOW - HOUR, NOW, NOW + HOUR, NOW + 5 * HOUR])
def test_what_is_expired_never_holds_again(at):
    over = expired(silence(), at)
    assert over.status(at) is Status.EXPIRED
    assert expired(over, at) == over


def test_reminders():
    assert silence(ends_at=NOW + HOUR).remind_at() is None
    assert silence().remind_at() == NOW + HOUR
    assert silence().long_at() is None
    assert silence(ends_at=NOW + 2 * LONG).long_at() == NOW + LONG


NAMES = st.sampled_from(["alertname", "host", "team"])
VALUES = st.sampled_from(["", "db1", "db2", "web"])
MATCHERS = st.builds(Matcher, NAMES, st.sampled_from(list(Op)), st.sampled_from(["", "db1", "db.", "web|db2", ".*"]))
LABELS = st.dictionaries(NAMES, VALUES)
OFFSETS = st.integers(-5, 5).map(lambda hours: hours * HOUR)


@given(st.lists(st.tuples(st.lists(MATCHERS, min_size=1, max_size=3), OFFSETS, OFFSETS), max_size=5), LABELS, OFFSETS)
def test_an_alert_is_silenced_exactly_when_all_matchers_of_an_active_silence_match(drawn, labels, offset):
    """Held against the definition, written out."""
    silences = [
        silence(id=f"{number:08d}", matchers=tuple(matchers), starts_at=NOW + start, ends_at=NOW + end)
        for number, (matchers, start, end) in enumerate(drawn)
    ]
    at = NOW + offset
    found = {one.id for one in silencing(silences, labels, at)}
    for one in silences:
        in_time = one.starts_at <= at < one.ends_at
        assert (one.id in found) == (in_time and all(matches(matcher, labels) for matcher in one.matchers))


@given(st.lists(MATCHERS, min_size=1, max_size=3))
def test_a_silence_that_can_be_set_never_covers_an_alert_without_labels(matchers):
    one = silence(matchers=tuple(matchers))
    try:
        check(one, NOW)
    except BadSilence:
        assert one.covers({})
    else:
        assert not one.covers({})
