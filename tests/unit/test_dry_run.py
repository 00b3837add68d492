"""If it fired now: whom a policy would call, when and by what."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.dry_run import MOST_STEPS, dry_run
from incidentd.domain.duty_changes import Changes, Override
from incidentd.domain.hours import Availability, Hours
from incidentd.domain.people import (
    ContactMethod,
    EscalationPolicy,
    LastResort,
    Layer,
    Person,
    Roster,
    Rotation,
    Schedule,
    Step,
    Target,
    TargetKind,
    Unit,
)

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


ALWAYS = Availability()


def person(handle, *after, hours=ALWAYS):
    contacts = tuple(ContactMethod(notifier=f"n{seconds}", after=timedelta(seconds=seconds)) for seconds in after)
    return Person(handle=handle, name=handle, contacts=contacts, hours=hours)


def policy(*steps, repeat=0):
    """Each step is (minutes, target ...); a target with a colon is a schedule."""

    def target(text):
        schedule = text.removeprefix("on:")
        return Target(TargetKind.PERSON if schedule == text else TargetKind.SCHEDULE, schedule)

    return EscalationPolicy(
        name="p",
        steps=tuple(Step(targets=tuple(map(target, names)), delay=delay * MINUTE) for delay, *names in steps),
        repeat=repeat,
    )


def roster(*people, **more):
    return Roster(people={one.handle: one for one in people}, **more)


def calls(found):
    return [(call.at - NOW, call.person, call.notifier) for step in found.steps for call in step.calls if call.counts]


def test_every_method_of_every_step_of_every_round_at_its_time():
    found = dry_run(roster(person("ada", 0, 120), person("lin", 0)), policy((5, "ada"), (10, "lin"), repeat=1), NOW)
    assert calls(found) == [
        (0 * MINUTE, "ada", "n0"),
        (2 * MINUTE, "ada", "n120"),
        (5 * MINUTE, "lin", "n0"),
        (15 * MINUTE, "ada", "n0"),
        (17 * MINUTE, "ada", "n120"),
        (20 * MINUTE, "lin", "n0"),
    ]
    assert [(step.step, step.round) for step in found.steps] == [(1, 1), (2, 1), (1, 2), (2, 2)]
    assert found.ends_at == NOW + 30 * MINUTE
    assert (found.last_resort, found.last_resort_why) == ((), "")


def test_a_step_that_reaches_nobody_is_passed_at_once_and_says_why():
    found = dry_run(roster(person("ada"), person("lin", 0)), policy((5, "ada"), (10, "lin")), NOW)
    assert found.steps[0].until == NOW
    assert found.steps[0].gaps == ("ada has no contact method",)
    assert calls(found) == [(0 * MINUTE, "lin", "n0")]


def rotating(*handles, shadows=()):
    rotation = Rotation(people=handles, start=date(2026, 3, 1), handover=time(2, 30), zone="Europe/Berlin", every=1,
                        unit=Unit.DAYS)  # fmt: skip
    return Schedule(name="s", layers=(Layer(name="1", rotation=rotation, shadows=shadows),))


def test_who_is_on_call_by_then_is_called_over_a_night_that_has_no_half_past_two():
    people = roster(person("ada", 0), person("lin", 0), schedules={"s": rotating("ada", "lin")})
    start = datetime(2026, 3, 29, 0, 40, tzinfo=UTC)  # 01:40 in Berlin; at 01:00 UTC the clocks go on to 03:00
    found = dry_run(people, policy((15, "on:s"), repeat=2), start)
    told = [(call.at.strftime("%H:%M"), call.person) for step in found.steps for call in step.calls]
    before, after = told[0][1], {"ada": "lin", "lin": "ada"}[told[0][1]]
    assert told == [("00:40", before), ("00:55", before), ("01:10", after)]


def test_an_override_counts_and_who_learns_gets_a_copy_that_does_not():
    people = roster(
        person("ada", 0), person("lin", 0), person("sam", 0), schedules={"s": rotating("ada", shadows=("lin",))}
    )
    override = Override(id=1, schedule="s", person="sam", starts_at=NOW + 5 * MINUTE, ends_at=NOW + 6 * MINUTE, at=NOW)
    found = dry_run(people, policy((5, "on:s"), repeat=1), NOW, changes=Changes(overrides=(override,)))
    assert [[(call.person, call.counts) for call in step.calls] for step in found.steps] == [
        [("ada", True), ("lin", False)],
        [("sam", True)],
    ]
    assert [step.people for step in found.steps] == [("ada",), ("sam",)]


OFFICE = Availability(zone="UTC", working=(Hours(start=time(14), end=time(17)),))


def test_what_can_wait_is_held_for_the_hours_of_somebody_and_what_is_urgent_is_not():
    people = roster(person("ada", 0, 10800, hours=OFFICE), person("lin", 0, hours=OFFICE))
    two = policy((5, "ada", "lin"))
    low = dry_run(people, two, NOW, "low")
    step = low.steps[0]
    assert (step.since, step.at, step.until) == (NOW, NOW + 120 * MINUTE, NOW + 125 * MINUTE)
    assert step.waits == "working hours 14:00-17:00 of ada"
    assert [(call.at - NOW, call.person, call.held) for call in step.calls] == [
        (120 * MINUTE, "ada", ""),
        (120 * MINUTE, "lin", ""),
        (timedelta(days=1, hours=2), "ada", "working hours 14:00-17:00"),  # three hours later they are over
    ]
    assert dry_run(people, two, NOW).steps[0].at == NOW


def test_a_run_that_reaches_nobody_or_that_nobody_answers_ends_at_the_last_resort():
    last = LastResort(contacts=(ContactMethod(notifier="mail", after=MINUTE),))
    unreached = dry_run(roster(person("ada"), last_resort=last), policy((5, "ada")), NOW, "low")
    assert [(call.at, call.notifier) for call in unreached.last_resort] == [(NOW + MINUTE, "mail")]
    assert unreached.last_resort_why == "no message about it got through to anybody"
    unanswered = dry_run(roster(person("ada", 0), last_resort=last), policy((5, "ada")), NOW)
    assert unanswered.last_resort_why == "it went through every step and nobody acknowledged"
    assert dry_run(roster(person("ada", 0), last_resort=last), policy((5, "ada")), NOW, "low").last_resort == ()


def test_a_long_run_is_cut_and_says_so():
    found = dry_run(roster(person("ada", 0)), policy((5, "ada"), (5, "ada"), (5, "ada"), repeat=99), NOW)
    assert len(found.steps) == MOST_STEPS
    assert found.left_out == 300 - MOST_STEPS
    assert found.ends_at is None


def test_hours_that_are_never_open_while_somebody_is_on_call_hold_nothing_up_for_ever():
    """By turns of twelve hours each is on call only while their own hours are closed."""
    nights = Availability(zone="UTC", working=(Hours(start=time(20), end=time(8)),))
    days = Availability(zone="UTC", working=(Hours(start=time(8), end=time(20)),))
    rotation = Rotation(people=("day", "night"), start=date(2026, 3, 1), handover=time(8), every=12, unit=Unit.HOURS)
    people = roster(
        person("day", 0, hours=nights),
        person("night", 0, hours=days),
        schedules={"s": Schedule(name="s", layers=(Layer(name="1", rotation=rotation),))},
    )
    found = dry_run(people, policy((5, "on:s")), NOW, "low")
    assert len(found.steps) == 1


@given(
    st.lists(st.tuples(st.integers(1, 90), st.sampled_from(["ada", "lin", "on:s", "nobody"])), min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from([datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)]),
    st.integers(0, 480),
    st.sampled_from(["high", "low"]),
)
def test_over_either_change_of_the_clocks_each_step_of_each_round_is_taken_once_in_order(
    steps, repeat, evening, later, urgency
):
    night = Availability(zone="Europe/Berlin", quiet=(Hours(start=time(1, 30), end=time(3, 30)),))
    people = roster(
        person("ada", 0), person("lin", 0, hours=night), person("nobody"), schedules={"s": rotating("ada", "lin")}
    )
    one = policy(*steps, repeat=repeat)
    found = dry_run(people, one, evening + later * MINUTE, urgency)
    taken = [(step.step, step.round) for step in found.steps]
    assert taken == [(step, round_) for round_ in range(1, repeat + 2) for step in range(1, len(steps) + 1)]
    for before, after in pairwise(found.steps):
        assert after.since == before.until
    for step in found.steps:
        assert step.since <= step.at
        assert step.at == step.since or (urgency == "low" and step.waits)
        waited = timedelta(0) if not step.calls else one.steps[step.step - 1].delay
        assert step.until - step.at == waited
