"""The timeline in words: every kind of event that belongs to an incident has its own, and none can break it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain import timeline
from incidentd.domain.timeline import entries, entry, known_kinds, line
from incidentd.domain.told import Line, Told
from incidentd.wire import Event

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SERVICES = Path(timeline.__file__).parents[1] / "services"
# Shown by `alert trace` only.
HIDING = {f"alert.{word}" for word in ("silenced", "unsilenced", "inhibited", "uninhibited", "held", "released",
                                       "in_maintenance", "out_of_maintenance")}  # fmt: skip
NOT_IN_A_TIMELINE = {
    "page.declared",  # the incident says so itself
    "delivery.retrying",
    "delivery.held",
    "page.updated",
    "alert.out_of_order",
    "alert.expired",
    *HIDING,
}
NAMES = {"alert:4": "CheckoutErrors", "page:2": "[critical] CheckoutErrors"}


def event(what: str, subject: str = "incident:1", /, seq: int = 1, at: datetime = T0, **data) -> Event:
    return Event(seq=seq, at=at, actor="ada", kind=what, subject=subject, data=data)


def said(what: str, subject: str = "incident:1", /, **data) -> Line:
    return line(Told(event(what, subject, **data), NAMES))


def test_every_kind_that_the_services_emit_has_words():
    source = "\n".join(path.read_text(encoding="utf-8") for path in SERVICES.glob("*.py"))
    emitted = set(re.findall(r'"((?:incident|alert|page|delivery)\.[a-z_]+)",\s*\w+(?:\.subject|_of\()', source))
    assert {"incident.declared", "incident.status", "alert.fired", "page.started", "delivery.sent"} <= emitted
    assert emitted - known_kinds() <= NOT_IN_A_TIMELINE


@pytest.mark.parametrize(
    ("kind", "subject", "data", "text"),
    [
        (
            "incident.declared",
            "incident:1",
            {"status": "active", "severity": "SEV2", "title": "Cards fail", "alert_ids": []},
            "Declared as SEV2: Cards fail",
        ),
        ("incident.severity", "incident:1", {"from": "SEV3", "to": "SEV1", "reason": "all users"}, "SEV3 → SEV1"),
        ("incident.role", "incident:1", {"role": "mitigation_lead", "person": "lin", "ended": []},
         "lin is mitigation lead"),
        ("incident.role", "incident:1", {"role": "scribe", "person": "", "ended": ["lin"]}, "lin is no longer scribe"),
        ("incident.role", "incident:1",
         {"role": "scribe", "person": "mei", "ended": ["lin"], "note": {"known": "all", "tried": "", "promised": ""}},
         "lin hands the scribe over to mei"),
        ("incident.role_paged", "incident:1",
         {"role": "scribe", "page": 3, "holders": [], "asked": [], "policy": "shop", "note": ""},
         "P-3 asks for the scribe: policy shop"),
        ("incident.checklist", "incident:1", {"item": "pin", "role": "scribe", "text": "Pin it", "done": True},
         "Pin it"),
        ("incident.alert_linked", "incident:1", {"alert_ids": [4, 5]}, "Linked CheckoutErrors, A-5"),
        ("incident.alert_linked", "incident:1", {"alert_ids": [4, 5, 6, 7, 8, 9, 10]},
         "Linked CheckoutErrors, A-5, A-6, A-7, A-8 and 2 more"),
        ("incident.edited", "incident:1", {"changes": {"many_stakeholders": {"from": False, "to": True}}},
         "Changed many stakeholders"),
        ("alert.fired", "alert:4", {"name": "CheckoutErrors", "episode": 2, "routes": []},
         "CheckoutErrors fires again"),
        ("page.started", "page:2", {"policy": "checkout", "person": ""}, "Paging checkout: [critical] CheckoutErrors"),
        ("page.told_later", "page:2", {"people": ["ada"], "until": "2026-03-09T09:00:00Z"},
         "It ended while it waited: ada will read so: [critical] CheckoutErrors"),
        ("page.acknowledged", "page:2", {"via": "link", "note": ""}, "ada acknowledged: [critical] CheckoutErrors"),
        ("delivery.sent", "page:2", {"kind": "page", "person": "ada", "notifier": "phone", "attempt": 1},
         "page sent to ada by phone"),
    ],
)  # fmt: skip
def test_what_is_said(kind, subject, data, text):
    assert said(kind, subject, **data).text == text


def test_a_change_of_status_names_its_reason_and_the_rules_it_broke():
    broken = [{"rule": "evidence", "text": "resolved without evidence: what shows it?", "since": T0.isoformat()}]
    data = {"from": "review_ready", "to": "active", "reason": "it is back", "evidence": "https://graphs/1"}
    shown = said("incident.status", **data, reopened=True, episode=2, merged_into=None, broken=broken)
    assert shown.text == "review ready → active, reopened as episode 2"
    assert shown.detail == "it is back\nrule broken: resolved without evidence: what shows it?"
    assert shown.evidence == "https://graphs/1"


def test_an_update_says_when_the_next_one_comes():
    data = {"phase": "identified", "audience": "customers", "text": "EU only"}
    assert said("incident.update", **data, next_at=T0.isoformat()).detail == "next update by 09:00 UTC"
    assert said("incident.update", **data, next_at=None).detail == "no further update is promised"


def test_an_unknown_kind_is_shown_as_it_is():
    shown = said("report.linked_up")
    assert (shown.kind, shown.text) == ("report", "report linked up")


@given(
    st.sampled_from(sorted(known_kinds())),
    st.dictionaries(
        st.sampled_from(
            ["from", "to", "reason", "role", "ended", "alert_ids", "changes", "broken", "next_at", "people"]
        ),
        st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2)),
    ),
)
def test_no_event_can_break_the_timeline(kind, data):
    shown = entry(Told(event(kind, **data), {}))
    assert shown.text
    assert shown.kind


def test_ordered_by_when_it_was_seen_then_by_when_it_was_recorded():
    note: dict[str, Any] = {"text": "x", "kind": "note", "evidence": "", "pinned": False}
    events = [
        event("incident.note", seq=5, **note, observed_at=T0.isoformat()),
        event("incident.note", seq=3, **note, observed_at=(T0 + timedelta(minutes=1)).isoformat()),
        event("incident.note", seq=2, **note, observed_at=T0),
        event("incident.note", seq=9, at=T0 - timedelta(hours=1), **note),
    ]
    shown = entries(events, {})
    assert [one.seq for one in shown] == [9, 2, 5, 3]
    assert [one.recorded_at for one in shown][1:] == [T0, T0, T0]


def test_what_only_explains_a_decision_is_left_out():
    assert entries([event(kind) for kind in NOT_IN_A_TIMELINE], {}) == ()
