"""Whom a target of a step stands for: turns of a team, channels, and the policies that others name."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.duty_changes import NO_CHANGES, Absence, Changes
from incidentd.domain.escalation import chosen, reach
from incidentd.domain.owners import owners
from incidentd.domain.people import (
    ContactMethod,
    EscalationPolicy,
    Person,
    Roster,
    Service,
    Step,
    Target,
    TargetKind,
    Team,
)
from incidentd.domain.targets import Turns, after_turn, holder, members

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOP = Target(TargetKind.TEAM, "shop")
CHANNEL = Target(TargetKind.CHANNEL, "shop")


def roster(*handles, silent=(), channel=()):
    contacts = {handle: () if handle in silent else (ContactMethod(notifier="push"),) for handle in handles}
    return Roster(
        people={handle: Person(handle=handle, name=handle, contacts=contacts[handle]) for handle in handles},
        teams={"shop": Team(name="shop", members=handles, channel=channel)},
    )


def absent(*handles):
    return Changes(
        absences=tuple(
            Absence(id=at, person=handle, starts_at=NOW, ends_at=NOW + timedelta(hours=1), at=NOW)
            for at, handle in enumerate(handles)
        )
    )


def to(*targets):
    return EscalationPolicy(name="p", steps=(Step(targets=targets),))


def test_the_first_of_the_list_begins_and_the_next_one_is_named_with_the_one_before():
    shop = roster("ada", "lin", "sam")
    assert holder(shop, SHOP, NOW).handle == "ada"
    held = holder(shop, SHOP, NOW, turns={"shop": ["ada"]})
    assert (held.handle, held.why) == ("lin", "in turn for team shop after ada")
    assert holder(shop, SHOP, NOW, turns={"shop": ["sam", "ada", "lin"]}).handle == "sam"


def test_who_cannot_be_paged_is_passed_over_and_said():
    shop = roster("ada", "lin", "sam", silent=("ada",))
    held = holder(shop, SHOP, NOW, absent("lin"))
    assert (held.handle, held.why) == ("sam", "in turn for team shop (ada has no contact method, lin is absent)")
    nobody = holder(roster("ada", "lin", silent=("ada",)), SHOP, NOW, absent("lin"))
    assert nobody.handle == ""
    assert nobody.why == "none of team shop can be paged: ada has no contact method, lin is absent"


def test_a_step_that_names_a_team_twice_pages_two_and_prefers_whoever_it_does_not_page_anyway():
    shop = roster("ada", "lin", "sam")
    twice = reach(shop, to(SHOP, SHOP), 1, NOW)
    assert (twice.people, twice.turns) == (("ada", "lin"), (("shop", "ada"), ("shop", "lin")))
    beside = reach(shop, to(Target(TargetKind.PERSON, "ada"), SHOP), 1, NOW)
    assert (beside.people, beside.turns) == (("ada", "lin"), (("shop", "lin"),))
    alone = reach(roster("ada"), to(Target(TargetKind.PERSON, "ada"), SHOP), 1, NOW)
    assert (alone.people, alone.turns, alone.gaps) == (("ada",), (("shop", "ada"),), ())


@given(
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True),
    st.lists(st.sets(st.sampled_from("abcdef"), max_size=3), max_size=40),
)
def test_turns_are_fair_whoever_is_away_when(team, away):
    """Between two turns of anybody, everybody who was there at each of them has had one."""
    turns: Turns = {}
    shop, had = roster(*team), []
    for absentees in away:
        held = holder(shop, SHOP, NOW, absent(*absentees), turns=turns)
        assert (held.handle == "") == set(team).issubset(absentees)
        if held.handle:
            turns = after_turn(turns, "shop", held.handle)
            had.append((held.handle, absentees))
    for first, (handle, _) in enumerate(had):
        again = next((at for at in range(first + 1, len(had)) if had[at][0] == handle), None)
        if again is not None:
            between = {one for one, _ in had[first + 1 : again]}
            gone = set().union(*(absentees for _, absentees in had[first + 1 : again + 1]))
            assert set(team) - gone - {handle} <= between


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True), st.integers(0, 50))
def test_without_absences_everybody_has_as_many_turns_give_or_take_one(team, pages):
    turns: Turns = {}
    shop, had = roster(*team), Counter(dict.fromkeys(team, 0))
    for _ in range(pages):
        handle = holder(shop, SHOP, NOW, turns=turns).handle
        turns = after_turn(turns, "shop", handle)
        had[handle] += 1
    assert max(had.values()) - min(had.values()) <= 1


def test_who_left_the_team_has_no_turn_and_who_joined_it_is_next():
    assert members(Team(name="shop", members=("ada", "new", "lin")), {"shop": ["gone", "lin", "ada"]}) == [
        "new",
        "lin",
        "ada",
    ]


def test_a_channel_gets_a_copy_once_and_is_nobody():
    shop = roster("ada", channel=(ContactMethod(notifier="chat", address="#shop", urgencies=("high",)),))
    found = reach(shop, to(CHANNEL, CHANNEL), 1, NOW)
    assert [(one.person.handle, one.method.address, one.copy) for one in found.contacts] == [
        ("channel:shop", "#shop", True)
    ]
    assert (found.people, found.gaps) == ((), ())
    assert found.contacts[0].reason == "the channel of team shop; step 1 of policy p"
    low = reach(shop, to(CHANNEL), 1, NOW, "low", NO_CHANGES)
    assert low.gaps == ("the channel of team shop has no contact method for low urgency",)
    assert reach(roster("ada"), to(CHANNEL), 1, NOW).gaps == ("channel shop: the channel of team shop",)


def test_a_policy_sends_on_what_is_of_a_severity_or_an_urgency():
    policies = {
        "p": EscalationPolicy(
            name="p", steps=(Step(targets=()),), by_severity={"critical": "loud"}, by_urgency={"low": "office"}
        )
    }
    shop = Roster(policies=policies)
    assert chosen(shop, "p", "critical", "low").policy == "loud"
    assert chosen(shop, "p", "critical", "low").why == "policy p sends severity critical there"
    assert chosen(shop, "p", "warning", "low").policy == "office"
    assert (chosen(shop, "p", "warning", "high").policy, chosen(shop, "p", "", "high").why) == ("p", "")


def test_planned_work_is_told_to_whoever_would_be_paged_next():
    shop = msgspec.structs.replace(
        roster("ada", "lin", "mei"),
        services={"web": Service(name="web", policy="p")},
        policies={"p": to(SHOP)},
    )
    assert list(owners(shop, ["web"], NOW)) == ["ada"]
    assert list(owners(shop, ["web"], NOW, turns={"shop": ("ada",)})) == ["lin"]
