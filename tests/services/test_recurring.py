"""Silences that recur, on both engines, with the clock moved; FakeClock starts on Monday 2 March 2026."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import quieting as wire_quieting

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def utc(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


async def recur(daemon, every="daily 11:00-12:00", *matchers, zone="UTC", actor="ada", rule=None, **when):
    body = wire_quieting.SetRecurring(
        when=wire_quieting.Recurrence(every=every, zone=zone, **when),
        silence=wire_quieting.SilencePlan(matchers=matchers or ("alertname=disk",), comment="backup"),
        id=rule,
    )
    return await daemon.core.recurring.set(body, actor)


async def until(daemon, at):
    await daemon.advance(at - daemon.clock.now())


async def silences(daemon, state="current"):
    return (await daemon.core.silences.list(state)).silences


@pytest.fixture
async def morning(daemon):
    daemon.clock.set(utc(2026, 3, 2, 10))
    return daemon


async def test_each_occurrence_is_a_silence_of_its_own(morning):
    rule = await recur(morning)
    assert [one.starts_at for one in rule.coming[:2]] == [utc(2026, 3, 2, 11), utc(2026, 3, 3, 11)]
    (pending,) = await silences(morning)
    assert (pending.status, pending.rule, pending.comment) == ("pending", rule.id, "backup")
    await until(morning, utc(2026, 3, 2, 11, 30))
    first, second = await silences(morning)
    assert (first.id, first.status) == (pending.id, "active")
    assert (second.status, second.starts_at) == ("pending", utc(2026, 3, 3, 11))


async def test_it_hides_only_in_its_times_and_the_trace_names_the_rule(morning):
    rule = await recur(morning)
    await until(morning, utc(2026, 3, 2, 11, 10))
    await morning.fire()
    await until(morning, utc(2026, 3, 2, 11, 59))
    assert morning.sender.sent == []
    (reason,) = (await morning.alert()).hidden_by
    assert (reason.kind, reason.rule, reason.until) == ("silence", rule.name, utc(2026, 3, 2, 12))
    assert f" of {rule.name} (backup, by ada until 2026-03-02T12:00:00Z)" in await morning.verdict()
    await until(morning, utc(2026, 3, 2, 12, 1))
    assert morning.sender.told() == [("ada", "push")]
    assert (await morning.core.recurring.get(rule.id)).last_hid_at is not None


async def test_it_goes_on_for_weeks_and_what_has_expired_never_comes_back(morning):
    await recur(morning, "daily 11:00-12:00")
    seen = set()
    for _ in range(10):
        await morning.advance(DAY)
        here = {one.id for one in await silences(morning)}
        assert not here & {one.id for one in await silences(morning, "expired")}
        assert here - seen
        seen |= here
    assert len(await morning.events("silence.ended")) == 10
    ends = [event.data["until"] for event in await morning.events("silence.ended")]
    assert len(set(ends)) == 10


@pytest.mark.parametrize("minutes_before", [1, 61])
async def test_a_daemon_that_was_away_over_several_occurrences_tells_nothing_that_is_hidden_now(
    morning, minutes_before
):
    """The flush was due before any occurrence: it must not run before the present one is made."""
    await recur(morning)
    await until(morning, utc(2026, 3, 2, 11) - minutes_before * MINUTE)
    await morning.fire()
    await morning.settle()
    morning.clock.set(utc(2026, 3, 5, 11, 30))  # the process was down for three days
    await morning.restart()
    await morning.settle()
    assert morning.sender.sent == []
    assert len((await morning.alert()).hidden_by) == 1
    await until(morning, utc(2026, 3, 5, 12, 1))
    assert morning.sender.told() == [("ada", "push")]


async def test_it_is_london_time_on_both_sides_of_the_change(daemon):
    daemon.clock.set(utc(2026, 3, 22, 0))
    await recur(daemon, "sun 02:00-04:00", zone="Europe/London")
    await daemon.advance(15 * DAY)
    starts = [event.data["starts_at"] for event in await daemon.events("silence.created")]
    assert starts == ["2026-03-22T02:00:00Z", "2026-03-29T01:00:00Z", "2026-04-05T01:00:00Z", "2026-04-12T01:00:00Z"]


async def test_one_that_goes_on_over_midnight_holds_at_once(daemon):
    daemon.clock.set(utc(2026, 3, 2, 1))
    await recur(daemon, "daily 22:00-06:00")
    assert [one.status for one in await silences(daemon)] == ["active", "pending"]


async def test_ended_occurrences_stay_ended_and_the_next_one_comes(morning):
    await recur(morning)
    await until(morning, utc(2026, 3, 2, 11, 5))
    await morning.fire()
    await morning.settle()
    active = (await silences(morning))[0]
    await morning.core.silences.expire(active.id, "lin")
    await morning.advance(MINUTE)
    assert morning.sender.told() == [("ada", "push")]
    await until(morning, utc(2026, 3, 3, 11, 5))
    assert [one.status for one in await silences(morning)] == ["active", "pending"]
    assert len((await morning.alert()).hidden_by) == 1


@pytest.mark.both_engines
async def test_a_change_of_the_rule_keeps_the_past(morning):
    rule = await recur(morning)
    await until(morning, utc(2026, 3, 2, 11, 30))
    before = (await silences(morning))[0]
    changed = await recur(morning, "daily 11:00-14:00", "alertname=cpu", rule=rule.id)
    assert (changed.id, changed.matchers) == (rule.id, ('alertname="cpu"',))
    kept = await morning.core.silences.get(before.id)
    assert (kept.status, kept.matchers, kept.starts_at) == ("expired", before.matchers, before.starts_at)
    assert [one.matchers for one in await silences(morning)] == [('alertname="cpu"',)] * 2
    (event,) = await morning.events("recurring.changed")
    assert event.data["was"]["matchers"] == ['alertname="disk"']


async def test_an_ended_rule_hides_nothing_more(morning):
    rule = await recur(morning)
    await until(morning, utc(2026, 3, 2, 11, 30))
    await morning.fire()
    await morning.advance(MINUTE)
    ended = await morning.core.recurring.end(rule.id, "lin")
    assert (ended.status, ended.ended_by, ended.coming) == ("ended", "lin", ())
    await morning.advance(MINUTE)
    assert morning.sender.told() == [("ada", "push")]
    assert await silences(morning) == ()
    assert not [kind for kind, _ in await morning.armed() if kind.startswith(("recurring", "silence"))]
    with pytest.raises(Conflict):
        await morning.core.recurring.end(rule.id, "lin")
    with pytest.raises(Conflict):
        await recur(morning, rule=rule.id)


async def test_a_count_runs_out(morning):
    body = wire_quieting.Recurrence(rrule="FREQ=DAILY;COUNT=2", at="11:00", lasts=3600)
    plan = wire_quieting.SilencePlan(matchers=("a=b",), comment="twice")
    rule = await morning.core.recurring.set(wire_quieting.SetRecurring(when=body, silence=plan), "ada")
    assert len(rule.coming) == 2
    await morning.advance(3 * DAY)
    assert len(await morning.events("silence.ended")) == 2
    assert (await morning.core.recurring.get(rule.id)).status == "finished"


async def test_the_owner_hears_of_a_rule_that_hides_nothing(morning):
    rule = await recur(morning, "sun 02:00-04:00", "alertname=never")
    await morning.advance(89 * DAY)
    assert morning.sender.sent == []
    await morning.advance(8 * DAY)
    ((_, message),) = morning.sender.sent
    assert (message.recipient, message.kind) == ("ada", "update")
    assert message.title == f"Recurring {rule.name} has hidden nothing for 90 days"
    assert f"incidentctl recurring end {rule.name}" in message.body
    await morning.advance(60 * DAY)
    assert len(await morning.events("recurring.unused")) == 1


async def test_a_rule_that_hides_is_not_unused(morning):
    await recur(morning, "daily 11:00-12:00")
    await morning.advance(60 * DAY)
    await until(morning, utc(2026, 5, 2, 11, 5))
    await morning.fire()
    await morning.advance(5 * MINUTE)
    await morning.resolve()
    await morning.advance(60 * DAY)
    assert await morning.events("recurring.unused") == []


@pytest.mark.both_engines
async def test_an_owner_who_left_is_said(morning):
    await recur(morning)
    people = {handle: one for handle, one in morning.roster.people.items() if handle != "ada"}
    policies = {"default": morning.policy("default", (300, "lin"))}
    morning.roster = msgspec.structs.replace(morning.roster, people=people, policies=policies)
    await morning.advance(8 * DAY)
    ((_, message),) = [one for one in morning.sender.sent if "belongs to" in one[1].title]
    assert (message.recipient, "who is not in the roster" in message.title) == ("lin", True)
    assert not (await morning.core.recurring.list()).rules[0].owner_known
    await morning.advance(30 * DAY)
    assert len(await morning.events("recurring.ownerless")) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"every": "moon 02:00-04:00"}, "when.every"),
        ({"every": ""}, "when.every"),
        ({"every": "sun 02:00-04:00", "rrule": "FREQ=DAILY"}, "when.every"),
        ({"every": "", "rrule": "FREQ=HOURLY", "at": "02:00", "lasts": 60}, "when.rrule"),
        ({"every": "", "rrule": "FREQ=DAILY", "lasts": 60}, "when.at"),
        ({"every": "", "rrule": "FREQ=DAILY", "at": "02:00"}, "when.lasts"),
        ({"zone": "Europe/Lundon"}, "when.zone"),
        ({"zone": "../../etc/passwd"}, "when.zone"),
        ({"until": utc(2020, 1, 1)}, "when.rrule"),
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(morning, changes, field):
    with pytest.raises(Invalid) as error:
        await recur(morning, **({"every": "daily 11:00-12:00"} | changes))
    assert error.value.field == field
    assert await morning.events() == []
    assert await morning.armed() == []


@pytest.mark.both_engines
async def test_one_of_two_plans_is_needed_and_an_unknown_rule_is_said(morning):
    when = wire_quieting.Recurrence(every="daily 11:00-12:00")
    with pytest.raises(Invalid):
        await morning.core.recurring.set(wire_quieting.SetRecurring(when=when), "ada")
    with pytest.raises(NotFound):
        await recur(morning, rule=7)
    with pytest.raises(Invalid):
        await recur(morning, "daily 11:00-12:00", "a=~.*")
