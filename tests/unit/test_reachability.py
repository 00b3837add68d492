"""Who can be reached, and whom to warn: above all the one who carries a pager now or next."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from incidentd.domain.people import ContactMethod, Layer, Person, Roster, Rotation, Schedule
from incidentd.domain.reachability import (
    FAILED_IN_A_ROW,
    UNPROVEN_AFTER,
    Known,
    NotifierState,
    duty_problems,
    judge,
    on_duty,
)

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PUSH = ContactMethod(notifier="push", address="ada")
MAIL = ContactMethod(notifier="mail", address="ada@x", urgencies=("low",))
PROVEN = {("push", "ada"): Known(proven_at=NOW)}


def judged(*contacts, known=PROVEN, **states):
    person = Person(handle="ada", name="Ada", contacts=contacts)
    return judge(person, lambda name: states.get(name, NotifierState()), known, NOW)


def test_a_proven_method_is_fine():
    shown = judged(PUSH)
    assert (shown.works, shown.warnings, shown.proven_at) == (True, (), NOW)


def test_nobody_is_reached_without_a_method_for_urgent_pages():
    for contacts in ((), (MAIL,)):
        shown = judged(*contacts)
        assert not shown.works
        assert shown.warnings[0] == "has no contact method for urgent pages"


@pytest.mark.parametrize("state", ["quarantined", "failed", "missing"])
def test_a_notifier_that_is_down(state):
    shown = judged(PUSH, push=NotifierState(state=state))
    assert not shown.works
    assert shown.warnings == (f"the notifier push is {state}",)
    assert judged(PUSH, ContactMethod(notifier="phone"), push=NotifierState(state=state)).works


def test_messages_that_failed_in_a_row():
    few = {("push", "ada"): Known(failures=FAILED_IN_A_ROW - 1, proven_at=NOW)}
    many = {("push", "ada"): Known(failures=FAILED_IN_A_ROW, last_error="HTTP 410", proven_at=NOW)}
    assert judged(PUSH, known=few).works
    assert judged(PUSH, known=many).warnings == ("the last 3 messages by push failed: HTTP 410",)


def test_what_was_not_proven_for_long_is_a_warning_and_still_works():
    assert "never confirmed" in judged(PUSH, known={}).warnings[0]
    old = {("push", "ada"): Known(proven_at=NOW - UNPROVEN_AFTER - timedelta(seconds=1))}
    shown = judged(PUSH, known=old)
    assert shown.works
    assert shown.warnings == ("has not since 2025-12-04 confirmed a test or a page: incidentctl person test ada",)
    assert judged(PUSH, known={}, push=NotifierState(silent=True)).warnings == ()


def test_who_carries_a_pager_weighs_more():
    rotation = Rotation(people=("ada", "lin"), start=date(2026, 3, 2), handover=time(9))
    people = {"ada": Person(handle="ada", name="A"), "lin": Person(handle="lin", name="L", contacts=(PUSH,))}
    roster = Roster(
        people=people, schedules={"first": Schedule(name="first", layers=(Layer(name="first", rotation=rotation),))}
    )
    duties = on_duty(roster, NOW)
    assert duties == {"ada": ("on call for first now",), "lin": ("on call for first next",)}
    verdicts = {handle: judge(one, lambda _: NotifierState(), {}, NOW) for handle, one in people.items()}
    assert list(duty_problems(duties, verdicts)) == [
        "ada is on call for first now and cannot be reached: has no contact method for urgent pages"
    ]
