"""Roles over time, the response read from events, updates and the review window."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.process import default_process
from incidentd.domain.response_history import spans
from incidentd.domain.roles import Span, broken_since, gap_minutes, holders
from incidentd.domain.severity import Severity
from incidentd.domain.updates import Phase, impact_confirmed, next_due, says_nothing_new
from incidentd.wire import Event, RoleHolder, Update

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
PROCESS = default_process()


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def held(role: str, person: str, start: float, end: float | None = None, number: int = 1) -> RoleHolder:
    ends = None if end is None else at(end)
    return RoleHolder(id=number, role=role, person=person, starts_at=at(start), ends_at=ends)


# ------------------------------------------------------------------ roles
def test_a_range_holds_its_start_and_not_its_end():
    lead = held("mitigation_lead", "ada", 0, 10)
    assert holders([lead], "mitigation_lead", at(0)) == [lead]
    assert holders([lead], "mitigation_lead", at(10)) == []


def test_minutes_without_a_lead_are_counted():
    gaps = gap_minutes([held("mitigation_lead", "ada", 5, 20)], [Span(at(0), at(30), False)])
    assert gaps["mitigation_lead"] == 15
    assert gaps["communications_lead"] == 0  # not wanted at this severity


def test_a_communications_lead_is_wanted_while_two_leads_are():
    leads = [held("mitigation_lead", "ada", 0), held("communications_lead", "lin", 25)]
    gaps = gap_minutes(leads, [Span(at(0), at(10), False), Span(at(10), at(30), True)])
    assert gaps == {"mitigation_lead": 0, "communications_lead": 15, "separation": 0}


def test_separation_is_measured_at_every_instant():
    leads = [
        held("mitigation_lead", "ada", 0),
        held("communications_lead", "ada", 0, 7),
        held("communications_lead", "lin", 7),
    ]
    assert gap_minutes(leads, [Span(at(0), at(30), True)])["separation"] == 7


def test_a_broken_rule_is_dated_from_when_it_broke():
    leads = [held("mitigation_lead", "ada", 0, 12), held("communications_lead", "lin", 0)]
    assert broken_since(leads, [Span(at(0), at(30), True)]) == {"mitigation_lead": at(12)}


def test_a_pause_in_the_response_dates_a_rule_anew():
    assert broken_since([], [Span(at(0), at(5), False), Span(at(20), at(30), False)])["mitigation_lead"] == at(20)


def test_a_role_that_is_given_this_very_instant_counts():
    until_now = [Span(at(0), at(30), True)]
    ada = RoleHolder(id=1, role="mitigation_lead", person="ada", starts_at=at(30), ends_at=None)
    left = RoleHolder(id=2, role="communications_lead", person="mei", starts_at=at(0), ends_at=at(30))
    assert broken_since([ada, left], until_now) == {"communications_lead": at(30)}
    assert broken_since([], [Span(at(30), at(30), False)]) == {"mitigation_lead": at(30)}


def test_a_rule_broken_over_a_change_of_severity_keeps_its_date():
    assert broken_since([], [Span(at(0), at(5), False), Span(at(5), at(9), True)]) == {
        "mitigation_lead": at(0),
        "communications_lead": at(5),
    }


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["mitigation_lead", "communications_lead"]),
            st.sampled_from(["ada", "lin"]),
            st.integers(0, 60),
            st.integers(0, 60),
        ),
        max_size=6,
    )
)
def test_gaps_agree_with_looking_at_every_minute(ranges):
    rows = [held(role, person, start, max(start, end)) for role, person, start, end in ranges]
    gaps = gap_minutes(rows, [Span(at(0), at(60), True)])
    expected = {"mitigation_lead": 0, "communications_lead": 0, "separation": 0}
    for minute in range(60):
        leads = {role: {one.person for one in holders(rows, role, at(minute))} for role in list(expected)[:2]}
        expected["mitigation_lead"] += not leads["mitigation_lead"]
        expected["communications_lead"] += not leads["communications_lead"]
        expected["separation"] += bool(leads["mitigation_lead"] & leads["communications_lead"])
    assert gaps == expected


# ------------------------------------------------------------------ the response, read from events
def event(minutes: float, kind: str, **data) -> Event:
    return Event(seq=1, at=at(minutes), actor="ada", kind=f"incident.{kind}", subject="incident:1", data=data)


def declared(status: str = "active", severity: str = "SEV3") -> Event:
    return event(0, "declared", status=status, severity=severity, many_stakeholders=False)


def test_the_response_lasts_from_declared_to_resolved():
    events = [declared(), event(10, "status", to="mitigated"), event(20, "status", to="resolved")]
    assert spans(events, PROCESS, at(60)) == [Span(at(0), at(10), False), Span(at(10), at(20), False)]


def test_a_suspected_incident_has_no_response_yet():
    assert spans([declared("suspected")], PROCESS, at(5)) == []


def test_severity_and_stakeholders_decide_whether_two_leads_are_wanted():
    events = [
        declared(),
        event(5, "severity", to="SEV1"),
        event(10, "severity", to="SEV4"),
        event(15, "edited", changes={"many_stakeholders": {"from": False, "to": True}}),
        event(18, "edited", changes={"title": {"from": "a", "to": "b"}}),
    ]
    assert [one.separated for one in spans(events, PROCESS, at(20))] == [False, True, False, True, True]


def test_a_backdated_resolve_ends_the_response_when_it_happened():
    events = [declared(), event(30, "status", to="resolved", at=at(20).isoformat())]
    assert spans(events, PROCESS, at(60)) == [Span(at(0), at(20), False)]


def test_times_that_run_backwards_count_as_none():
    events = [
        declared(),
        event(30, "status", to="mitigated", at=at(20)),
        event(31, "status", to="resolved", at=at(-90)),
        event(40, "status", to="active"),
    ]
    assert spans(events, PROCESS, at(50)) == [Span(at(0), at(20), False), Span(at(40), at(50), False)]


# ------------------------------------------------------------------ updates
def update(text: str, audience: str = "internal", phase: str = "investigating") -> Update:
    return Update(id=1, at=T0, by="ada", audience=audience, phase=phase, text=text, next_at=None)


@pytest.mark.parametrize(
    ("severity", "phase", "minutes"),
    [
        (Severity.SEV1, Phase.INVESTIGATING, 10),
        (Severity.SEV1, Phase.IDENTIFIED, 10),
        (Severity.SEV1, Phase.MONITORING, 30),
        (Severity.SEV2, Phase.INVESTIGATING, 15),
        (Severity.SEV3, Phase.IDENTIFIED, 30),
        (Severity.SEV4, Phase.MONITORING, 60),
    ],
)
def test_the_cadence_of_the_practice(severity, phase, minutes):
    assert next_due(PROCESS, severity, phase, T0) == at(minutes)


def test_nothing_is_owed_after_resolved_or_at_the_lowest_severity():
    assert next_due(PROCESS, Severity.SEV1, Phase.RESOLVED, T0) is None
    assert next_due(PROCESS, Severity.SEV5, Phase.INVESTIGATING, T0) is None


def test_a_repeat_is_noticed_whatever_its_punctuation():
    assert says_nothing_new([update("Cards fail in the EU."), update("cards fail, in the EU")])
    assert says_nothing_new([update("Cards fail."), update("We are still investigating.")])


def test_news_is_no_repeat():
    assert says_nothing_new([update("Cards fail."), update("Cards fail in the EU only.")]) is None
    assert says_nothing_new([update("Cards fail."), update("Cards fail.", "customers")]) is None
    assert says_nothing_new([update("No update")]) is None
    assert says_nothing_new([]) is None


def test_impact_is_confirmed_once_people_were_told_of_more_than_a_search():
    assert not impact_confirmed([update("We look into it")])
    assert impact_confirmed([update("It is the cache", phase="identified")])
