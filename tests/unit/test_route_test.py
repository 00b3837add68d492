"""Where an alert would go: service, policy, group and who is written to first, at this moment."""

from datetime import UTC, date, datetime, timedelta

import pytest

from incidentd.domain.matchers import parse_matcher
from incidentd.domain.people import (
    ContactMethod,
    EscalationPolicy,
    Layer,
    Person,
    Roster,
    Rotation,
    Schedule,
    Service,
    Step,
    Target,
    TargetKind,
)
from incidentd.domain.process import Process
from incidentd.domain.routing import Route, group_key
from incidentd.plugin.testing import FakeClock
from incidentd.services.muting import Mutes
from incidentd.services.route_test import RouteTester


def person(handle, *contacts):
    return Person(handle=handle, name=handle.title(), contacts=contacts)


LOG, PHONE = ContactMethod(notifier="log"), ContactMethod(notifier="phone", address="x", after=timedelta(minutes=2))
ROTATION = Rotation(people=("ada", "bo"), start=date(2026, 1, 5))
ROSTER = Roster(
    people={"ada": person("ada", LOG, PHONE), "bo": person("bo", LOG), "mute": person("mute")},
    services={"shop": Service(name="shop", policy="shop")},
    schedules={"primary": Schedule(name="primary", layers=(Layer(name="primary", rotation=ROTATION),))},
    policies={
        "shop": EscalationPolicy(name="shop", steps=(Step(targets=(Target(TargetKind.SCHEDULE, "primary"),)),)),
        "default": EscalationPolicy(
            name="default",
            steps=(
                Step(targets=(Target(TargetKind.PERSON, "mute"),)),
                Step(targets=(Target(TargetKind.PERSON, "bo"),)),
            ),
        ),
    },
)
QUIET = Route(id="root/0", name="watchdog", matchers=(parse_matcher("alertname=Watchdog"),), page=False)
OWN = Route(id="root/1", matchers=(parse_matcher("team=x"),), service="own", policy="gone", group_by=())
ROOT = Route(id="root", routes=(QUIET, OWN))


@pytest.fixture
def ask():
    async def ask(at=datetime(2026, 1, 6, 12, tzinfo=UTC), roster=ROSTER, **labels):
        clock = FakeClock(at)
        process = Process(version="v7", route=ROOT)
        tester = RouteTester(lambda: process, lambda: roster, clock, Mutes(lambda: process))
        return await tester.test(labels)

    return ask


async def test_the_service_gives_the_policy_and_the_schedule_the_person(ask):
    found = await ask(alertname="Full", service="shop")
    (end,) = found.ends
    assert (found.process_version, found.labels["alertname"], found.at.hour) == ("v7", "Full", 12)
    assert (end.route, end.service, end.policy, end.page) == ("root", "shop", "shop", True)
    assert end.group_labels == {"alertname": "Full", "service": "shop"}
    assert end.group_key == group_key(ROOT, found.labels)
    assert (end.group_wait, end.group_interval, end.repeat_interval) == (30.0, 300.0, 14400.0)
    assert [(one.person, one.notifier, one.after) for one in end.contacts] == [
        ("ada", "log", 0.0),
        ("ada", "phone", 120.0),
    ]
    assert end.contacts[0].reason == "on call for primary; step 1 of policy shop"
    assert end.gaps == ()


async def test_it_is_asked_as_of_now(ask):
    later = await ask(datetime(2026, 1, 12, 9, tzinfo=UTC), alertname="Full", service="shop")
    assert [one.person for one in later.ends[0].contacts] == ["bo"]
    before = await ask(datetime(2026, 1, 5, 8, tzinfo=UTC), alertname="Full", service="shop")
    assert before.ends[0].contacts == ()
    assert before.ends[0].gaps == ("schedule primary: nobody is on call",)


async def test_a_step_that_reaches_nobody_is_passed(ask):
    (end,) = (await ask(alertname="Full")).ends
    assert (end.service, end.policy) == ("default", "default")
    assert [(one.person, one.reason) for one in end.contacts] == [
        ("bo", "named in the policy; step 2 of policy default")
    ]
    assert end.gaps == ("mute has no contact method",)


async def test_a_policy_that_is_gone_is_said(ask):
    (end,) = (await ask(team="x", alertname="Full")).ends
    assert (end.service, end.policy, end.group_labels) == ("own", "default", {})
    assert end.gaps[0] == "there is no policy gone, so default is used"


async def test_a_route_that_pages_nobody_names_nobody(ask):
    found = await ask(alertname="Watchdog")
    (end,) = found.ends
    assert (end.name, end.page, end.policy, end.contacts, end.gaps) == ("watchdog", False, "", (), ())
    assert [(one.route, one.matched, one.skipped) for one in found.steps] == [("root", True, 0), ("root/0", True, 1)]


async def test_without_any_policy_everybody_is_written_to(ask):
    (end,) = (await ask(roster=Roster(people=ROSTER.people), alertname="Full")).ends
    assert end.policy == "everybody"
    assert [one.person for one in end.contacts] == ["ada", "ada", "bo"]
