"""The life cycle of a report: one table, and what each state needs."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

import incidentd
from incidentd.cli import reports as cli
from incidentd.domain.customers import CustomerKind
from incidentd.domain.report_history import known_kinds
from incidentd.domain.reports import (
    IN_TRIAGE,
    OUTCOMES,
    TRANSITIONS,
    Asked,
    Refusal,
    Report,
    State,
    decide,
    on_message_in,
    on_message_out,
    reopened_by_match,
)
from incidentd.wire import reports as wire_reports

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def report(state=State.NEW, **changes):
    values: dict[str, Any] = dict.fromkeys(Report.__struct_fields__) | {
        "id": 1,
        "customer_id": 1,
        "asked_at": NOW,
        "tags": {},
    }
    return Report(**values | {"state": State(state), "ticket": "", **changes})


def asked(to, **more):
    return Asked(to=State(to), now=NOW, **more)


@pytest.mark.parametrize("state", State)
def test_no_way_leads_to_closed_but_over_the_follow_up(state):
    assert (State.CLOSED in TRANSITIONS[state]) == (state is State.FOLLOWED_UP)
    assert (State.FOLLOWED_UP in TRANSITIONS[state]) == (state in OUTCOMES)
    assert state not in TRANSITIONS[state]


@pytest.mark.parametrize(
    ("to", "field", "good"),
    [
        ("linked", "incident_id", {"incident_id": 3}),
        ("linked", "incident_id", {"alert_id": 3}),
        ("duplicate", "duplicate_of", {"duplicate_of": 2}),
        ("ticketed", "ticket", {"ticket": "SHOP-7"}),
    ],
)
def test_an_outcome_says_what_it_rests_on(to, field, good):
    with pytest.raises(Refusal) as refused:
        decide(report(), asked(to))
    assert (refused.value.field, bool(refused.value.remedy)) == (field, True)
    assert good.items() <= decide(report(), asked(to, **good)).items()


def test_no_report_is_a_duplicate_of_itself():
    with pytest.raises(Refusal, match="another report"):
        decide(report(), asked("duplicate", duplicate_of=1))


def test_to_go_on_from_new_is_to_respond_and_to_come_back_forgets_the_follow_up():
    assert decide(report(), asked("triaging"))["first_responded_at"] == NOW
    assert decide(report("closed"), asked("triaging")) == {
        "state": State.TRIAGING, "followed_up_at": None, "closed_at": None, "incident_id": None, "alert_id": None,
        "duplicate_of": None,
    }  # fmt: skip


def test_a_follow_up_is_an_answer_or_a_reason():
    told = {"followed_up_at": NOW, "next_due": None, "state": State.FOLLOWED_UP}
    assert decide(report("ticketed", ticket="x"), asked("followed_up", reason="by phone")) == told
    assert decide(report("ticketed", ticket="x", answered_at=NOW), asked("followed_up")) == told
    with pytest.raises(Refusal, match="answered"):
        decide(report("ticketed", ticket="x"), asked("followed_up"))


def test_who_writes_again_wakes_what_waited_for_them_or_was_over():
    woken = {state for state in State if on_message_in(report(state), automatic=False) is not state}
    assert woken == {State.AWAITING_REPORTER, State.NO_FAULT_FOUND, State.CLOSED}
    assert all(on_message_in(report(state), automatic=True) is state for state in State)


def test_an_answer_acknowledges_asks_or_ends():
    assert on_message_out(report("new"), question=False, final=False) is State.ACKNOWLEDGED
    assert on_message_out(report("linked"), question=True, final=False) is State.LINKED
    for state in IN_TRIAGE:
        assert on_message_out(report(state), question=True, final=False) is State.AWAITING_REPORTER
    for state in OUTCOMES:
        assert on_message_out(report(state), question=False, final=True) is State.FOLLOWED_UP


def test_a_match_of_a_second_customer_reopens_what_seemed_no_fault():
    assert [reopened_by_match(report("no_fault_found"), one) for one in (1, 2)] == [False, True]
    assert not reopened_by_match(report("ticketed"), 2)


def test_every_event_about_a_report_has_words():
    emitted = set()
    for path in (Path(incidentd.__file__).parent / "services").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("report."):
                emitted.add(node.value)
    timers = {one for one in emitted if one.endswith("_due")}
    assert {"report.opened", "report.state"} <= emitted
    assert emitted - timers == {one for one in known_kinds() if one.startswith("report.")}


def test_the_words_of_the_wire_and_the_command_line_are_the_domains():
    assert set(cli.STATES) == set(State) == set(get_args(wire_reports.ReportState))
    assert set(cli.KINDS) == set(CustomerKind) == set(get_args(wire_reports.CustomerKind))
