"""The order of an escalation's steps, and whom each reaches."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.escalation import following, plan, policy_for, policy_of_service, reach
from incidentd.domain.people import (
    ContactMethod,
    EscalationPolicy,
    Person,
    Roster,
    Service,
    Step,
    Target,
    TargetKind,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def policy_of(delays, repeat):
    steps = tuple(Step(targets=(), delay=timedelta(seconds=delay)) for delay in delays)
    return EscalationPolicy(name="p", steps=steps, repeat=repeat)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=5), st.integers(0, 4))
def test_every_round_takes_every_step_in_order_each_after_the_delay_of_the_one_before(delays, repeat):
    policy = policy_of(delays, repeat)
    planned = list(plan(policy))
    wanted = [(step + 1, round_ + 1) for round_ in range(repeat + 1) for step in range(len(delays))]
    assert [(step, round_) for _, step, round_ in planned] == wanted
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(planned)]
    assert [gap.total_seconds() for gap in gaps] == (delays * (repeat + 1))[: len(gaps)]
    assert following(policy, *wanted[-1]) is None


def test_which_policy_a_page_runs():
    named, default = policy_of([1], 0), EscalationPolicy(name="default", steps=(Step(targets=()),))
    people = {"ada": Person(handle="ada", name="Ada"), "lin": Person(handle="lin", name="Lin")}
    roster = Roster(
        people=people, policies={"p": named, "default": default}, services={"s": Service(name="s", policy="p")}
    )
    assert policy_for(roster, "p") is named
    assert policy_for(roster, "gone") is default
    assert policy_for(roster, "p", "ada").steps[0].targets == (Target(TargetKind.PERSON, "ada"),)
    everybody = policy_for(Roster(people=people), "p")
    assert [target.name for target in everybody.steps[0].targets] == ["ada", "lin"]
    assert policy_of_service(roster, "s") == "p"
    assert policy_of_service(roster, "gone") == "default"


def test_a_person_named_twice_is_written_to_once():
    contacts = (ContactMethod(notifier="push"), ContactMethod(notifier="phone", after=timedelta(seconds=60)))
    roster = Roster(people={"ada": Person(handle="ada", name="Ada", contacts=contacts)})
    twice = (Target(TargetKind.PERSON, "ada"), Target(TargetKind.PERSON, "ada"))
    reached = reach(roster, EscalationPolicy(name="p", steps=(Step(targets=twice),)), 1, NOW)
    assert [contact.method.notifier for contact in reached.contacts] == ["push", "phone"]
    assert reached.people == ("ada",)
    assert reached.gaps == ()
