"""When somebody who was asked is reminded."""

from datetime import UTC, datetime, timedelta

from incidentd.domain.asking import next_step, reminders

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_reminders_keep_apart_from_each_other_and_from_the_end():
    assert reminders(AT, AT + 7 * DAY) == [AT + DAY, AT + 6 * DAY, AT + 7 * DAY - 2 * HOUR]
    assert reminders(AT, AT + 2 * DAY) == [AT + DAY, AT + 2 * DAY - 2 * HOUR]
    assert reminders(AT, AT + 4 * HOUR) == [AT + 2 * HOUR]
    assert reminders(AT, AT + HOUR) == []


def test_after_the_last_reminder_comes_the_end():
    end = AT + 2 * DAY
    assert next_step(AT, end, AT) == AT + DAY
    assert next_step(AT, end, AT + DAY) == end - 2 * HOUR
    assert next_step(AT, end, end - 2 * HOUR) == end
