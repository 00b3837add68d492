"""What results make of a target: damping on both sides, certificates, pauses."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from incidentd.plugin import Pause
from incidentd_prober.record import KEPT_RESULTS, Record, Result, Rules, after, with_pause

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULES = Rules(failures=3, recoveries=2, certificate=timedelta(days=14))


def result(good: bool, until: datetime | None = None) -> Result:
    return Result(good=good, outcome="HTTP 200" if good else "HTTP 503", seconds=0.1, certificate_until=until)


def live(text: str, record: Record = Record(), rules: Rules = RULES) -> Record:  # noqa: B008 - frozen
    """The record after results written as "+" and "-", one a minute."""
    for number, sign in enumerate(text):
        record = after(record, result(sign == "+"), rules, NOON + timedelta(minutes=number))
    return record


def test_it_takes_three_bad_results_and_two_good_ones():
    assert not live("+--").down
    assert live("+---").down
    assert live("+---").since == NOON + timedelta(minutes=3)
    assert live("---+").down
    assert not live("---++").down
    assert live("---+-").down
    assert live("---+-+").down  # in a row
    assert not live("--+--+--+").down


@given(st.text("+-", max_size=60), st.integers(1, 5), st.integers(1, 5))
def test_a_status_changes_only_by_as_many_results_in_a_row(text, failures, recoveries):
    rules = Rules(failures=failures, recoveries=recoveries, certificate=timedelta(0))
    record = Record()
    for number, sign in enumerate(text):
        before = record
        record = after(record, result(sign == "+"), rules, NOON + timedelta(minutes=number))
        so_far = text[: number + 1]
        if record.down and not before.down:
            assert so_far.endswith("-" * failures)
        if before.down and not record.down:
            assert so_far.endswith("+" * recoveries)
        assert record.told is (before.told and record.down == before.down)
    assert record.down == _down(text, failures, recoveries)
    assert len(record.recent) <= KEPT_RESULTS
    assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record


def _down(text: str, failures: int, recoveries: int) -> bool:
    """The same in another way: what came last, a row of bad results or one of good ones."""
    fell = text.rfind("-" * failures)
    rose = text.rfind("+" * recoveries, fell + 1) if fell >= 0 else -1
    return fell >= 0 and rose < fell


def test_a_certificate_that_ends_soon_is_told_once_and_a_new_one_ends_it():
    soon, later = NOON + timedelta(days=13), NOON + timedelta(days=90)
    record = after(Record(), result(True, soon), RULES, NOON)
    assert (record.expiring, record.told, record.down) == (True, False, False)
    told = msgspec.structs.replace(record, told=True)
    again = after(told, result(True), RULES, NOON + timedelta(minutes=1))  # not looked at this time
    assert (again.expiring, again.told, again.certificate_until) == (True, True, soon)
    new = after(again, result(True, later), RULES, NOON + timedelta(minutes=2))
    assert (new.expiring, new.told) == (False, False)


def test_time_alone_makes_a_certificate_end_soon():
    record = after(Record(), result(True, NOON + timedelta(days=15)), RULES, NOON)
    assert not record.expiring
    assert after(record, result(True), RULES, NOON + timedelta(days=1, minutes=1)).expiring


def test_a_pause_ends_the_alerts_and_afterwards_it_is_judged_anew():
    down = msgspec.structs.replace(live("---"), told=True)
    quiet = with_pause(down, Pause(at=NOON, by="ada"))
    assert (quiet.down, quiet.told, quiet.paused) == (False, False, True)
    again = with_pause(quiet, None)
    assert not live("--", again).down
    assert live("---", again).down
