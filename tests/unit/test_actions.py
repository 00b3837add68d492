"""What an action says, when its owner is reminded, and what is worth a second thought."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from incidentd.domain.action_words import begins_with_verb, says_nothing_new
from incidentd.domain.actions import Action, State, due_words, next_reminder, reminders, warnings

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 4, 1)
ACTION = Action(
    id=5, incident_id=3, text="Alert on stale rules of the balancer", owner_team="web", owner="", due_on=DAY,
    factor_id=7, worse="one more page at night", state=State.OPEN, why="", created_at=NOW, created_by="ada",
    ended_at=None, ended_by="", issue="", version=1,
)  # fmt: skip


def told(**values):
    return list(warnings(msgspec.structs.replace(ACTION, **values)))


def test_an_action_that_says_what_why_and_what_it_could_make_worse_is_warned_of_nothing():
    assert told() == []


@pytest.mark.parametrize("text", [
    "Alert on it", "Document the rollback", "Partition the queue", "Rehearse the failover", "Re-run the migration",
    "Ring the vendor", "sharding: split shop in two", "Backfill", "Clear the cache hourly",
])  # fmt: skip
def test_what_may_be_a_verb_passes(text):
    if text.startswith("sharding"):
        assert not begins_with_verb(text)
    else:
        assert begins_with_verb(text)
        assert told(text=text) == []


@pytest.mark.parametrize("text", ["The balancer must go", "Better alerts", "We should test", "Documentation", "503"])
def test_what_is_surely_no_verb_is_warned_of(text):
    assert "begin with a verb" in told(text=text)[0]


def test_what_nobody_could_see_to_be_done_is_warned_of():
    assert says_nothing_new("Be more careful with rules") == "be more careful"
    assert says_nothing_new("Improvements") == ""
    assert "what will be different" in told(text="Improve the monitoring")[0]


def test_the_other_warnings_and_none_once_it_is_over():
    assert "what could this make worse?" in told(worse=" ")[0]
    assert "no contributing factor" in told(factor_id=None)[0]
    assert told(worse="", factor_id=None, state=State.DONE) == []


def test_its_owner_is_reminded_before_on_the_day_and_four_weeks_in_their_own_zone():
    found = reminders(DAY, "Europe/Berlin")
    assert [one.date() - DAY for one in found] == [timedelta(days=days) for days in (-3, 0, 7, 14, 21, 28)]
    # 29 March 2026 is the day on which clocks go forward there.
    assert {one.hour for one in found} == {7}
    assert next_reminder(DAY, "Europe/Berlin", found[0]) == found[1]
    assert next_reminder(DAY, "Europe/Berlin", found[0] - timedelta(seconds=1)) == found[0]
    assert next_reminder(DAY, "Europe/Berlin", found[-1]) is None


def test_late_is_what_is_open_after_its_day():
    assert not ACTION.late(DAY)
    assert ACTION.late(DAY + timedelta(days=1))
    assert not msgspec.structs.replace(ACTION, state=State.WONT_DO).late(DAY + timedelta(days=1))
    days = (3, 1, 0, -1, -8)
    assert [due_words(DAY, DAY - timedelta(days=one)) for one in days] == [
        "is due in 3 days", "is due in 1 day", "is due today", "is 1 day late", "is 8 days late",
    ]  # fmt: skip
