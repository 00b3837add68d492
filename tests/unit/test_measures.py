"""The measures of an incident, computed from its history, and equal to looking at every minute of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.measures import measure
from incidentd.domain.process import default_process
from incidentd.wire import Event

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROCESS = default_process()


def at(minutes):
    return T0 + timedelta(minutes=minutes)


class History:
    """Events by the minute at which they were recorded."""

    def __init__(self):
        self.events = []

    def add(self, minutes, kind, subject="incident:1", actor="ada", **data):
        self.events.append(
            Event(seq=len(self.events) + 1, at=at(minutes), actor=actor, kind=kind, subject=subject, data=data)
        )
        return len(self.events)

    def declare(self, minutes, *alerts, started=None, actor="ada", severity="SEV2", next_update=None):
        started_at = at(minutes if started is None else started)
        due = None if next_update is None else at(next_update)
        return self.add(
            minutes, "incident.declared", actor=actor, status="active", severity=severity, many_stakeholders=False,
            started_at=started_at, alert_ids=list(alerts), next_update_at=due,
        )  # fmt: skip

    def status(self, minutes, before, to, happened=None, reopened=False):
        told = {"from": before, "to": to, "at": at(minutes if happened is None else happened), "reopened": reopened}
        return self.add(minutes, "incident.status", **told)

    def correct(self, minutes, what, to, episode=1, of=0, before=None):
        self.add(minutes, "incident.corrected", what=what, episode=episode, of=of, why="the clock was wrong",
                 **{"from": None if before is None else at(before), "to": at(to)})  # fmt: skip

    def fire(self, minutes, alert, starts=None):
        self.add(
            minutes, "alert.fired", f"alert:{alert}", "system", starts_at=at(minutes if starts is None else starts)
        )

    def end(self, minutes, alert):
        self.add(minutes, "alert.resolved", f"alert:{alert}", "system", ended_at=at(minutes))

    def measured(self, minutes=10_000):
        ordered = sorted(self.events, key=lambda one: (one.at, one.seq))
        return measure(1, ordered, PROCESS, at(minutes))


@pytest.fixture
def history():
    return History()


def rules(measures):
    return [(one.rule, one.episode) for one in measures.contradictions]


def test_an_episode_from_its_start_to_its_end(history):
    history.fire(41, 3)
    history.add(44, "page.acknowledged", "page:2", "lin")
    history.declare(50, 3, started=0)
    history.status(70, "active", "mitigated", happened=65)
    history.status(95, "mitigated", "resolved")
    (one,) = history.measured().episodes
    assert (one.started_at, one.detected_by, one.acknowledged_by) == (at(0), "A-3", "lin")
    assert [one.to_detect, one.to_acknowledge, one.to_mitigate, one.to_resolve] == [41 * 60, 3 * 60, 65 * 60, 95 * 60]
    assert history.measured().noticed_first == "alert"
    (before,) = history.measured(60).episodes
    assert (before.mitigated_at, before.to_mitigate, before.ended_at) == (None, None, None)


def test_a_detection_that_is_said_to_be_later_than_an_alert_is_named_with_both_times(history):
    history.fire(41, 3)
    history.declare(60, 3, started=0)
    assert rules(history.measured()) == []
    history.correct(90, "detected_at", 53)
    measures = history.measured()
    assert measures.contradictions[0].text == (
        "detection is said to be 53 min after the start, but A-3 fired 41 min after the start"
    )
    assert (measures.episodes[0].to_detect, measures.episodes[0].detected_by) == (53 * 60, "said")
    assert (rules(measures), measures.corrections) == ([("detection-late", 1)], 1)
    assert rules(history.measured(80)) == []  # before anybody said so


def test_a_customer_who_noticed_first_is_seen(history):
    history.add(20, "report.opened", "report:12", "forge")
    history.fire(25, 3)
    history.declare(30, 3, started=10)
    history.add(31, "incident.report_linked", report="R-12")
    measures = history.measured()
    assert (measures.noticed_first, measures.noticed_by, measures.episodes[0].to_detect) == ("report", "R-12", 600)
    assert (history.measured(30).noticed_by) == "A-3"  # not linked yet
    history.add(32, "incident.report_unlinked", report="R-12")
    assert history.measured().noticed_by == "A-3"


def test_who_declared_it_noticed_it_where_nothing_else_did(history):
    history.declare(30, started=10)
    measures = history.measured()
    assert (measures.noticed_first, measures.noticed_by) == ("person", "ada")
    assert (measures.episodes[0].to_detect, measures.episodes[0].to_acknowledge) == (20 * 60, 0)
    other = History()
    other.declare(30, actor="system")
    assert (other.measured().noticed_first, other.measured().episodes[0].to_detect) == ("", None)


def test_what_a_merge_brought_counts_until_it_is_undone(history):
    history.fire(5, 9)
    history.declare(10, started=0)
    history.add(12, "incident.absorbed", incident_id=2, alert_ids=[9], report_ids=[4])
    history.add(1, "report.opened", "report:4")
    assert history.measured().noticed_by == "R-4"
    history.add(15, "incident.released", incident_id=2, alert_ids=[9], report_ids=[4])
    assert history.measured().noticed_by == "ada"


def test_each_episode_has_its_own_times(history):
    history.fire(1, 3)
    history.declare(2, 3, started=0)
    history.status(10, "active", "mitigated")
    history.status(20, "mitigated", "resolved")
    history.end(21, 3)
    seq = history.status(50, "resolved", "active", reopened=True)
    history.fire(55, 3)
    history.status(60, "active", "mitigated")
    first, second = history.measured().episodes
    assert (first.ended_at, second.started_at, second.ended_at) == (at(20), at(50), None)
    assert (second.detected_by, second.to_detect, second.to_mitigate) == ("ada", 0, 600)
    history.correct(70, "started_at", 48, episode=2, of=seq, before=50)
    assert history.measured().episodes[1].to_mitigate == 12 * 60
    history.correct(71, "started_at", 15, episode=2, of=seq, before=48)
    assert rules(history.measured()) == [("episodes", 2)]


def test_an_old_episode_of_an_alert_is_no_detection(history):
    history.fire(-500, 3)
    history.end(-400, 3)
    history.declare(5, 3, started=0)
    assert history.measured().noticed_by == "ada"


def test_contradictions_of_order_and_start_give_no_negative_durations(history):
    history.fire(-5, 3)
    history.declare(1, 3, started=0)
    history.status(20, "active", "mitigated")
    history.status(30, "mitigated", "resolved", happened=15)
    history.correct(40, "mitigated_at", -10, before=20)
    measures = history.measured()
    assert rules(measures) == [("before-start", 1)] * 2
    assert {one.text for one in measures.contradictions} == {
        "A-3 fired 5 min before the start", "mitigation is said to be 10 min before the start",
    }  # fmt: skip
    assert (measures.episodes[0].to_detect, measures.episodes[0].to_mitigate) == (None, None)
    history.correct(41, "mitigated_at", 20, before=-10)
    assert ("order", 1) in rules(history.measured())


# ------------------------------------------------------------------ promises, roles, severity
def update(history, minutes, next_in=None, audience="internal"):
    due = None if next_in is None else at(minutes + next_in)
    history.add(minutes, "incident.update", audience=audience, next_at=due, phase="investigating", text="t")


def test_promises_are_kept_missed_open_or_void(history):
    history.declare(0, next_update=15)
    update(history, 10, 10)  # keeps the first one
    update(history, 25, 10)  # five minutes late
    update(history, 30, 20, audience="customers")
    update(history, 34, 60)
    measures = history.measured(45)
    assert [(one.audience, one.outcome, one.late) for one in measures.promises] == [
        ("", "kept", None), ("internal", "missed", 300), ("internal", "kept", None), ("customers", "open", None),
        ("internal", "open", None),
    ]  # fmt: skip
    assert (measures.promises_kept, measures.promises_missed) == (2, 1)
    assert history.measured(55).promises_missed == 2  # an internal update keeps no promise to customers
    history.status(60, "active", "false_alarm")
    assert [one.outcome for one in history.measured(100).promises][-2:] == ["missed", "void"]


def test_role_gaps_and_severity_revisions_come_from_the_acts(history):
    history.declare(0, severity="SEV3")
    history.add(4, "incident.role", role="mitigation_lead", person="ada", ended=[], at=at(4))
    history.add(10, "incident.role", role="mitigation_lead", person="lin", ended=["ada"], at=at(8))
    history.add(12, "incident.role", role="mitigation_lead", person="", ended=["lin"], at=at(12))
    history.add(13, "incident.severity", **{"from": "SEV3", "to": "SEV1", "reason": "all users"})
    history.add(14, "incident.severity", **{"from": "SEV1", "to": "SEV2", "reason": "only some"})
    measures = history.measured(20)
    assert measures.role_gap_minutes["mitigation_lead"] == 4 + 8
    assert measures.role_gap_minutes["communications_lead"] == 7
    assert [(one.before, one.after, one.reason) for one in measures.severity_revisions] == [
        ("SEV3", "SEV1", "all users"), ("SEV1", "SEV2", "only some"),
    ]  # fmt: skip
    assert measures.worst_severity == "SEV1"


def test_nothing_is_measured_before_it_was_declared(history):
    history.declare(10)
    measures = history.measured(9)
    assert (measures.episodes, measures.noticed_first, measures.worst_severity) == ((), "", None)


# ------------------------------------------------------------------ any history
_MINUTE = st.integers(0, 60)
_HISTORIES = st.fixed_dictionaries(
    {
        "declared": st.integers(0, 10),
        "started": st.integers(-5, 10),
        "fired": st.lists(st.tuples(_MINUTE, st.integers(1, 3)), max_size=4),
        "linked": st.sets(st.integers(1, 3)),
        "reports": st.sets(st.tuples(_MINUTE, st.integers(1, 3)), max_size=3),
        "acts": st.lists(_MINUTE, max_size=3),
        "mitigated": st.none() | st.tuples(_MINUTE, _MINUTE),
        "resolved": st.none() | st.tuples(_MINUTE, _MINUTE),
        "corrections": st.lists(
            st.tuples(_MINUTE, st.sampled_from(["started_at", "detected_at", "mitigated_at", "resolved_at"]), _MINUTE),
            max_size=4,
        ),
        "as_of": _MINUTE,
    }
)


def told(facts):
    history = History()
    history.declare(facts["declared"], *facts["linked"], started=facts["started"])
    reports = {number: minute for minute, number in sorted(facts["reports"], reverse=True)}
    for number, minute in reports.items():
        history.add(minute, "report.opened", f"report:{number}", "forge")
        history.add(facts["declared"], "incident.report_linked", report=f"R-{number}")
    firing = {}
    for minute, number in sorted(facts["fired"]):
        if number not in firing:  # it fires once and goes on
            firing[number] = minute
            history.fire(minute, number)
    for minute in facts["acts"]:
        history.add(minute, "page.acknowledged", "page:1", "lin")
    for name, before in (("mitigated", "active"), ("resolved", "mitigated")):
        if facts[name] is not None:
            recorded, happened = facts[name]
            history.status(max(recorded, facts["declared"]), before, name, happened=happened)
    for recorded, what, to in facts["corrections"]:
        history.correct(max(recorded, facts["declared"]), what, to)
    return history, firing, reports


def naive(facts, firing, reports):
    """Times by scanning minutes, with what had been recorded at `as_of`."""
    now = facts["as_of"]
    times = {"started_at": facts["started"]}
    for name in ("mitigated", "resolved"):
        if facts[name] is not None and max(facts[name][0], facts["declared"]) <= now:
            times[f"{name}_at"] = facts[name][1]
    done = [(max(minute, facts["declared"]), index, what, to)
            for index, (minute, what, to) in enumerate(facts["corrections"])]  # fmt: skip
    for minute, _, what, to in sorted(done):
        if minute <= now:
            times[what] = to
    end = times.get("resolved_at", now)
    detected = acknowledged = None
    for minute in range(-5, now + 1):
        seen = minute == facts["declared"]
        seen |= any(minute == fired and number in facts["linked"] for number, fired in firing.items()) and minute <= end
        seen |= any(minute == opened for opened in reports.values()) and minute <= end
        if detected is None and seen:
            detected = minute
    detected = times.get("detected_at", detected)
    for minute in range(-5, now + 1):
        acted = minute == facts["declared"] or (minute in facts["acts"] and minute <= end)
        if acknowledged is None and acted and detected is not None and minute >= detected:
            acknowledged = minute
    return times, detected, acknowledged


def apart(start, end):
    return None if start is None or end is None or end < start else (end - start) * 60


@settings(max_examples=25, deadline=None)
@given(_HISTORIES)
def test_any_history_measures_as_a_look_at_every_minute_does(facts):
    history, firing, reports = told(facts)
    measures = history.measured(facts["as_of"])
    if facts["as_of"] < facts["declared"]:
        assert measures.episodes == ()
        return
    times, detected, acknowledged = naive(facts, firing, reports)
    (one,) = measures.episodes
    start = times["started_at"]
    assert one.to_detect == apart(start, detected)
    assert one.to_acknowledge == apart(detected, acknowledged)
    assert one.to_mitigate == apart(start, times.get("mitigated_at"))
    assert one.to_resolve == apart(start, times.get("resolved_at"))
