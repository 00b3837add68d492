"""Experiments: what is written beforehand stands, the question is asked at the end, and what else moves is said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from incidentd.domain import experiments as rules
from incidentd.domain.experiments import Experiment, State

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def experiment(number=1, **values) -> Experiment:
    fixed: dict[str, Any] = {
        "id": number, "title": "a card at the desk", "hypothesis": "h", "figure": "update-promises-kept",
        "expects": "up", "counter_figure": "pages-in-sleep", "team": "", "service": "", "severity": None,
        "retro_id": None, "adapts": None, "process_version": "", "begins_on": date(2026, 3, 1),
        "ends_on": date(2026, 3, 31), "stop_rule": "s", "before_days": 90, "state": State.RUNNING, "owner_team": "",
        "by": "ada", "at": NOW, "stopped_at": None, "verdict": "", "why": "", "decided_by": "", "decided_at": None,
        "version": 1,
    }  # fmt: skip
    return Experiment(**(fixed | values))


@pytest.mark.parametrize(
    ("begins_on", "ends_on", "field"),
    [
        (date(2026, 3, 1), date(2026, 4, 1), "begins_on"),
        (date(2026, 3, 2), date(2026, 3, 2), "ends_on"),
        (date(2026, 3, 2), date(2029, 3, 2), "ends_on"),
        (date(2026, 3, 2), date(2026, 3, 3), None),
    ],
)
def test_it_is_written_before_it_begins_and_ends_after_that(begins_on, ends_on, field):
    fault = rules.plan_fault(begins_on, ends_on, NOW.date())
    assert (fault.field if fault else None) == field


def test_what_was_chosen_beforehand_stands():
    planned, running = experiment(state=State.PLANNED), experiment()
    assert rules.edit_fault(planned, ["figure", "ends_on"]) is None
    assert rules.edit_fault(running, ["title", "owner_team"]) is None
    for field in ("figure", "counter_figure", "ends_on", "stop_rule", "hypothesis", "expects"):
        fault = rules.edit_fault(running, ["title", field])
        assert fault
        assert fault.field == field
    assert rules.edit_fault(experiment(state=State.DECIDED), ["title"])


def test_it_begins_reminds_ends_and_asks_again_on_the_days_of_its_owners():
    planned = experiment(state=State.PLANNED, begins_on=date(2026, 3, 20), ends_on=date(2026, 4, 19))
    assert rules.next_act(planned, BERLIN, NOW) == datetime(2026, 3, 19, 23, tzinfo=UTC)
    running = experiment(begins_on=date(2026, 3, 20), ends_on=date(2026, 4, 19))
    soon = rules.next_act(running, BERLIN, datetime(2026, 3, 20, tzinfo=UTC))
    assert soon == datetime(2026, 4, 12, 22, tzinfo=UTC)
    assert rules.next_act(running, BERLIN, soon) == datetime(2026, 4, 19, 22, tzinfo=UTC), "summer time came meanwhile"
    short = experiment(begins_on=date(2026, 3, 2), ends_on=date(2026, 3, 5))
    assert rules.next_act(short, "UTC", NOW) == datetime(2026, 3, 6, tzinfo=UTC), "no reminder for a few days"
    assert rules.next_act(experiment(state=State.ASKING), "UTC", NOW) == NOW + timedelta(days=7)
    assert rules.next_act(experiment(state=State.DECIDED), "UTC", NOW) is None


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (State.PLANNED, {"drop"}),
        (State.RUNNING, {"stop"}),
        (State.STOPPED, {"keep", "adapt", "drop", "cannot_tell"}),
        (State.ASKING, {"keep", "adapt", "drop", "cannot_tell"}),
        (State.DECIDED, set()),
    ],
)
def test_it_is_decided_at_its_end_and_not_when_it_looks_good(state, allowed):
    row = experiment(state=state)
    answers = ("keep", "adapt", "drop", "cannot_tell", "stop")
    assert {one for one in answers if rules.end_fault(row, one) is None} == allowed


@pytest.mark.parametrize(
    ("other", "warned"),
    [
        (experiment(2), True),
        (experiment(2, team="web"), True),
        (experiment(2, figure="role-gap-minutes", counter_figure="update-promises-kept"), True),
        (experiment(2, figure="role-gap-minutes"), False),
        (experiment(2, begins_on=date(2026, 4, 1), ends_on=date(2026, 4, 9)), False),
        (experiment(2, state=State.DECIDED, decided_at=datetime(2026, 2, 27, tzinfo=UTC)), False),
        (experiment(1), False),
    ],
)
def test_what_looks_at_the_same_figure_is_warned_of(other, warned):
    found = rules.warnings(experiment(), [other])
    assert bool(found) is warned
    if warned:
        assert found[0].startswith("X-2 looks at update-promises-kept too, ")


def test_places_that_have_nothing_in_common_do_not_disturb_each_other():
    web, shop = experiment(team="web"), experiment(2, team="shop")
    assert rules.warnings(web, [shop]) == ()
    assert rules.warnings(experiment(severity="SEV1"), [experiment(2, severity="SEV2")]) == ()


def test_what_else_was_tried_is_said_beside_the_question():
    never = experiment(4, begins_on=date(2026, 3, 20), state=State.DECIDED, decided_at=datetime(2026, 3, 9, tzinfo=UTC))
    others = [experiment(1), experiment(2, title="quiet hours"), experiment(3, state=State.PLANNED), never]
    assert rules.meanwhile(experiment(), others) == ("X-2 was tried too, 2026-03-01 to 2026-03-31: quiet hours",)
