"""The transition table: what leads where, what is shown, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.incidents import (
    ENDED,
    OPEN,
    TRANSITIONS,
    Asked,
    Incident,
    NoSuchTransition,
    Status,
    TransitionRefused,
    allowed,
    decide,
    edges,
    severity_rule,
    time_fault,
)
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROCESS = default_process()
RESPONSE_TARGETS = {
    Status.ACTIVE,
    Status.MITIGATED,
    Status.RESOLVED,
    Status.FALSE_ALARM,
    Status.MERGED,
}


def incident(status: Status = Status.ACTIVE, **values) -> Incident:
    fixed: dict[str, Any] = {
        "id": 1,
        "title": "Payments fail",
        "summary": "",
        "status": status,
        "severity": Severity.SEV1,
        "episode": 1,
        "service": "payments",
        "many_stakeholders": False,
        "declared_at": NOW,
        "declared_by": "ada",
        "started_at": NOW,
        "mitigated_at": None,
        "resolved_at": None,
        "closed_at": None,
        "merged_into": 7 if status is Status.MERGED else None,
        "status_before_merge": "active" if status is Status.MERGED else "",
        "next_update_at": None,
        "skipped": (),
        "review_opens_at": None,
        "review_due_at": None,
        "process_version": "built-in",
        "version": 1,
    }
    return Incident(**(fixed | values))


def asked(to: Status, **values) -> Asked:
    fixed: dict[str, Any] = {"to": to, "at": NOW, "now": NOW, "process": PROCESS}
    return Asked(**(fixed | values))


def broken(before: Incident, wish: Asked) -> set[str]:
    return {one.rule for one in decide(before, wish).broken}


@pytest.mark.parametrize(
    ("before", "to"),
    [
        (Status.SUSPECTED, Status.ACTIVE),
        (Status.SUSPECTED, Status.FALSE_ALARM),
        (Status.ACTIVE, Status.FALSE_ALARM),
        (Status.ACTIVE, Status.MITIGATED),
        (Status.MITIGATED, Status.RESOLVED),
        (Status.MITIGATED, Status.ACTIVE),
        (Status.RESOLVED, Status.ACTIVE),
        (Status.COOLING, Status.ACTIVE),
        (Status.RESOLVED, Status.COOLING),
        (Status.COOLING, Status.REVIEW_READY),
        (Status.REVIEW_READY, Status.IN_REVIEW),
        (Status.RESOLVED, Status.IN_REVIEW),
        (Status.IN_REVIEW, Status.LEARNING),
        (Status.LEARNING, Status.CLOSED),
        (Status.CLOSED, Status.LEARNING),
        *((before, Status.MERGED) for before in sorted(OPEN)),
    ],
)
def test_the_practice_has_this_transition(before, to):
    decision = decide(incident(before), asked(to, evidence="graph", reason="seen"))
    assert decision.changes["status"] is to


@pytest.mark.parametrize(
    ("before", "to"),
    [
        (Status.SUSPECTED, Status.CLOSED),
        (Status.ACTIVE, Status.CLOSED),
        (Status.ACTIVE, Status.SUSPECTED),
        (Status.MITIGATED, Status.IN_REVIEW),
        (Status.CLOSED, Status.ACTIVE),
        (Status.CLOSED, Status.MERGED),
        (Status.MERGED, Status.RESOLVED),
        (Status.IN_REVIEW, Status.ACTIVE),
    ],
)
def test_the_practice_has_no_such_transition(before, to):
    with pytest.raises(NoSuchTransition):
        decide(incident(before), asked(to, evidence="graph", reason="seen"))


@given(
    before=st.sampled_from(sorted(OPEN)),
    to=st.sampled_from(sorted(RESPONSE_TARGETS)),
    shift=st.integers(-10_000, 10_000),
    severity=st.sampled_from(list(Severity)),
    evidence=st.sampled_from(["", "  ", "graph"]),
    confirmed=st.booleans(),
)
def test_no_response_transition_is_ever_refused(before, to, shift, severity, evidence, confirmed):
    wish = asked(to, at=NOW + timedelta(seconds=shift), evidence=evidence, impact_confirmed=confirmed)
    here = incident(before, severity=severity, mitigated_at=NOW)
    if to not in edges(here):
        return
    decision = decide(here, wish)
    assert set(decision.broken) <= set(decision.changes["skipped"])


def test_only_transitions_after_the_response_have_checks():
    refusing = {to for (_, to), edge in TRANSITIONS.items() if edge.checks}
    assert refusing == {Status.REVIEW_READY, Status.IN_REVIEW, Status.CLOSED}


def test_a_mitigation_with_evidence_in_order_breaks_no_rule():
    decision = decide(incident(), asked(Status.MITIGATED, at=NOW + timedelta(minutes=5), evidence="graph"))
    assert decision.broken == ()
    assert decision.changes["mitigated_at"] == NOW + timedelta(minutes=5)


def test_missing_evidence_is_shown():
    assert broken(incident(), asked(Status.MITIGATED, evidence=" \n")) == {"evidence"}


def test_skipping_mitigated_is_shown():
    assert broken(incident(), asked(Status.RESOLVED, evidence="x")) == {"skipped-status"}


def test_skipping_active_and_mitigated_is_shown_by_name():
    decision = decide(incident(Status.SUSPECTED), asked(Status.RESOLVED, evidence="x"))
    assert decision.broken[0].text == "resolved without active and mitigated"


def test_a_time_before_the_start_is_shown():
    assert broken(incident(), asked(Status.MITIGATED, at=NOW - timedelta(seconds=1), evidence="x")) == {"time-order"}


def test_a_resolve_before_the_mitigation_is_shown():
    mitigated = incident(Status.MITIGATED, mitigated_at=NOW + timedelta(minutes=9))
    assert broken(mitigated, asked(Status.RESOLVED, evidence="x")) == {"time-order"}


def test_a_false_alarm_with_confirmed_impact_is_shown():
    assert broken(incident(), asked(Status.FALSE_ALARM, impact_confirmed=True)) == {"confirmed-impact"}
    assert broken(incident(), asked(Status.FALSE_ALARM)) == set()


def test_the_same_rule_broken_twice_is_shown_once():
    first = decide(incident(), asked(Status.MITIGATED))
    here = incident(Status.MITIGATED, skipped=first.changes["skipped"], mitigated_at=NOW)
    second = decide(here, asked(Status.RESOLVED))
    assert [one.rule for one in second.changes["skipped"]] == ["evidence"]
    assert second.changes["skipped"][0].text.startswith("resolved")


def test_reopening_begins_an_episode_and_forgets_the_cool_down():
    resolved = incident(
        Status.COOLING, mitigated_at=NOW, resolved_at=NOW, review_opens_at=NOW, review_due_at=NOW, episode=2
    )
    changes = decide(resolved, asked(Status.ACTIVE)).changes
    assert changes["episode"] == 3
    assert {changes[name] for name in ("mitigated_at", "resolved_at", "review_opens_at", "review_due_at")} == {None}


def test_declaring_a_suspected_incident_is_no_new_episode():
    assert "episode" not in decide(incident(Status.SUSPECTED), asked(Status.ACTIVE)).changes


def test_the_review_waits_for_the_floor():
    cooling = incident(Status.COOLING, review_opens_at=NOW + timedelta(seconds=1))
    with pytest.raises(TransitionRefused) as no:
        decide(cooling, asked(Status.REVIEW_READY))
    assert "cool-down" in no.value.refusal.text
    assert no.value.refusal.remedy
    assert decide(cooling, asked(Status.REVIEW_READY, now=NOW + timedelta(seconds=1))).changes


def test_a_low_severity_is_closed_by_a_waiver_with_a_reason():
    low = incident(Status.RESOLVED, severity=Severity.SEV4)
    with pytest.raises(TransitionRefused) as no:
        decide(low, asked(Status.CLOSED, reason=" "))
    assert no.value.refusal.field == "reason"
    assert decide(low, asked(Status.CLOSED, reason="cosmetic")).changes["closed_at"] == NOW


def test_a_high_severity_is_not_closed_by_a_waiver():
    with pytest.raises(TransitionRefused):
        decide(incident(Status.RESOLVED), asked(Status.CLOSED, reason="we are busy"))


def test_what_is_allowed_leaves_out_what_would_be_refused():
    cooling = incident(Status.COOLING, review_opens_at=NOW + timedelta(hours=1))
    assert set(allowed(cooling, PROCESS, NOW)) == {Status.ACTIVE, Status.MERGED}
    assert Status.REVIEW_READY in allowed(cooling, PROCESS, NOW + timedelta(hours=1))
    assert Status.CLOSED in allowed(incident(Status.RESOLVED, severity=Severity.SEV5), PROCESS, NOW)
    assert Status.CLOSED not in allowed(incident(Status.RESOLVED), PROCESS, NOW)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_leads_somewhere(status):
    assert allowed(incident(status), PROCESS, NOW)


def test_a_merge_is_undone_to_the_status_before():
    merged = incident(Status.MERGED, status_before_merge="mitigated")
    assert allowed(merged, PROCESS, NOW) == (Status.MITIGATED,)
    changes = decide(merged, asked(Status.MITIGATED)).changes
    assert (changes["merged_into"], changes["status_before_merge"]) == (None, "")
    assert "mitigated_at" not in changes


def test_open_and_ended_are_all():
    assert set(Status) == OPEN | ENDED


def test_lowering_a_severity_wants_a_reason():
    here = incident(severity=Severity.SEV2)
    broken_rule = severity_rule(here, Severity.SEV3, " ", NOW)
    assert broken_rule is not None
    assert broken_rule.rule == "severity-reason"
    assert severity_rule(here, Severity.SEV3, "one region only", NOW) is None
    assert severity_rule(here, Severity.SEV1, "", NOW) is None


def test_times_that_cannot_be():
    assert time_fault(NOW + timedelta(minutes=4), NOW) == ""
    assert "future" in time_fault(NOW + timedelta(minutes=6), NOW)
    assert "ten years" in time_fault(NOW - timedelta(days=4000), NOW)
