"""While nothing can be stored: who is told of what, and when."""

from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest

from incidentd.domain.delivery_keys import step_key
from incidentd.domain.hours import Availability, Hours
from incidentd.domain.matchers import Matcher, Op
from incidentd.domain.people import ContactMethod, EscalationPolicy, Person, Roster, Step, Target, TargetKind
from incidentd.domain.routing import Route
from incidentd.domain.signals import Signal, SignalKind
from incidentd.domain.silences import Silence
from incidentd.domain.store_down import TELL_AGAIN, Duty, Unrecorded, advance, held, joined, wanted

NOW = datetime(2026, 3, 28, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WORKING = Availability(working=(Hours(start=time(9), end=time(17)),))
PUSH = ContactMethod(notifier="push", address="ada@push")
ROUTE = Route(
    id="root",
    group_wait=MINUTE,
    routes=(
        Route(id="root/0", matchers=(Matcher("page", Op.EQUAL, "no"),), page=False),
        Route(id="root/1", matchers=(Matcher("page", Op.EQUAL, "low"),), urgency="low", group_wait=MINUTE),
    ),
)


def roster(hours=WORKING):
    steps = (Step(targets=(Target(TargetKind.PERSON, "ada"),), delay=2 * MINUTE),)
    ada = Person(handle="ada", name="Ada", contacts=(PUSH,), hours=hours)
    return Roster(people={"ada": ada}, policies={"default": EscalationPolicy(name="default", steps=steps, repeat=0)})


def alert(name="disk", at=NOW, **labels):
    return Unrecorded(name=name, summary="", labels={"alertname": name, **labels}, severity="", at=at)


def asked(one, muted=(), duty=None):
    return wanted(one, ROUTE, muted, roster(), duty or Duty(), (), NOW)


def case_of(*alerts):
    cases = {}
    for one in alerts:
        cases |= {case.id: case for case in joined(cases, one, asked(one), roster())}
    [case] = cases.values()
    return case


def silence_of(name):
    return Silence(
        id="5ace5ace-0000-4000-8000-000000000001", matchers=(Matcher("alertname", Op.EQUAL, name),),
        starts_at=NOW - MINUTE, ends_at=NOW + MINUTE, created_by="ada", comment="", updated_at=NOW,
    )  # fmt: skip


def test_an_alert_is_for_the_policy_of_its_route_after_its_group_wait():
    assert asked(alert()) == {("default", "high"): NOW + MINUTE}
    assert asked(msgspec.structs.replace(alert(), due=NOW)) == {("default", "high"): NOW}
    assert asked(alert(page="low")) == {("default", "low"): NOW + MINUTE}


def test_what_is_hidden_or_pages_nobody_is_for_nobody():
    assert asked(alert(page="no")) == {}
    assert asked(alert(), muted={"root"}) == {}
    assert asked(alert(), duty=Duty(silences=(silence_of("disk"),))) == {}
    assert asked(alert("cpu"), duty=Duty(silences=(silence_of("disk"),)))


def test_alerts_that_come_within_the_wait_are_in_one_message():
    case = case_of(alert("disk"), alert("cpu", NOW + MINUTE / 2))
    assert advance(case, roster(), Duty(), NOW)[1] == []
    told, [call] = advance(case, roster(), Duty(), NOW + MINUTE)
    assert call.title == "incidentd cannot store: 2 alerts came in that are not recorded; first: disk"
    assert (told.told, told.next_at) == (2, NOW + 3 * MINUTE)
    assert advance(told, roster(), Duty(), NOW + 2 * MINUTE) == (told, [])
    over, calls = advance(told, roster(), Duty(), NOW + 3 * MINUTE)
    assert (over.next_at, calls) == (None, [])  # no step is left, and there is no last resort


def test_more_alerts_are_told_of_rarely():
    told, _ = advance(case_of(alert()), roster(), Duty(), NOW + MINUTE)
    told = msgspec.structs.replace(told, next_at=None, alerts=(*told.alerts, alert("cpu")))
    soon = NOW + MINUTE + TELL_AGAIN
    assert advance(told, roster(), Duty(), soon - MINUTE)[1] == []
    again, [call] = advance(told, roster(), Duty(), soon)
    assert "2 alerts" in call.title
    assert advance(again, roster(), Duty(), soon + MINUTE)[1] == []


def test_what_can_wait_waits_for_somebodys_hours():
    waits, calls = advance(case_of(alert(page="low")), roster(), Duty(), NOW + MINUTE)
    assert (calls, waits.next_at) == ([], datetime(2026, 3, 29, 9, tzinfo=UTC))
    _, calls = advance(case_of(alert(page="low")), roster(Availability()), Duty(), NOW + MINUTE)
    assert len(calls) == 1


@pytest.mark.parametrize("other", [("page:2", 3, 0), ("page:1", 4, 0), ("page:1", 3, 1)])
def test_a_key_is_of_one_message_of_one_step(other):
    def key(subject, version, place):
        return step_key(subject, NOW, version, place, "ada", PUSH)

    assert key("page:1", 3, 0) == key("page:1", 3, 0)
    assert key("page:1", 3, 0) != key(*other)
    assert len(key(*other)) == 32


def test_of_one_alert_its_beginning_and_its_latest_are_kept():
    def signal(kind):
        return Signal(key="k", kind=kind, labels={})

    firing, resolved, taken = map(signal, (SignalKind.FIRING, SignalKind.RESOLVED, SignalKind.ACKNOWLEDGED))
    assert held((), resolved) == (resolved,)
    assert held(held((), firing), resolved) == (firing, resolved)
    assert held((firing, taken), resolved) == (firing, resolved)
    assert held((firing, resolved), firing) == (firing,)
