"""`[roles]` and `[[checklists]]` of process.toml, and what ticks make of a checklist."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.configuration.role_tables import role_problems
from incidentd.domain.checklist_ticks import TICKED, checklist, to_do
from incidentd.domain.checklists import Checklist, Item
from incidentd.domain.incidents import Incident, Status
from incidentd.domain.people import Person, Roster, Target, TargetKind
from incidentd.domain.roles import Role
from incidentd.domain.severity import Severity
from incidentd.wire import Event

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def read(text):
    return read_process(Document(Path("process.toml"), text), None)


def faults(text):
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    assert all(fault.line and fault.remedy for fault in refused.value.faults)
    return {fault.key: f"{fault.what} — {fault.remedy}" for fault in refused.value.faults}


# ------------------------------------------------------------------ the file
def test_communicators_are_handles_teams_and_schedules_in_order():
    found = read('[roles]\ncommunicators = ["lin", "team:shop", "schedule:desk", "lin"]\nask_next_after = "90s"\n')
    assert found.communicators.targets == (
        Target(TargetKind.PERSON, "lin"), Target(TargetKind.TEAM, "shop"), Target(TargetKind.SCHEDULE, "desk")
    )  # fmt: skip
    assert found.communicators.delay == timedelta(seconds=90)
    problems = list(role_problems(found, Roster(people={"lin": Person(handle="lin", name="Lin")})))
    assert problems == [
        "communicators names team shop, which the roster does not have",
        "communicators names schedule desk, which the roster does not have",
    ]


def test_each_fault_says_where_and_what_to_write():
    found = faults(
        """
[roles]
communicators = ["channel:shop", 7, "team:"]
[[checklists]]
role = "boss"
items = [{ id = "a b", text = "x" }]
[[checklists]]
role = "scribe"
severities = ["SEV9"]
statuses = ["burning"]
items = []
"""
    )
    assert found["roles.communicators[0]"].startswith("is nobody to ask — write a handle")
    assert {"roles.communicators[1]", "roles.communicators[2]"} <= set(found)
    assert {"checklists[0].role", "checklists[0].items[0].id", "checklists[1].items"} <= set(found)
    assert any(key.startswith("checklists[1].severities") for key in found)
    assert any(key.startswith("checklists[1].statuses") for key in found)


def test_two_items_of_one_name_are_a_fault():
    one = '[[checklists]]\nrole = "scribe"\nitems = [{ id = "pin", text = "Pin" }]\n'
    assert faults(one + one) == {
        "checklists[1].items[0].id": '"pin" is an item of checklist 1 already — give it a name of its own'
    }


# ------------------------------------------------------------------ ticks
def incident(severity=Severity.SEV1, status=Status.ACTIVE):
    return Incident(
        id=4, title="x", summary="", status=status, severity=severity, episode=1, service="", many_stakeholders=False,
        declared_at=T0, declared_by="ada", started_at=T0, mitigated_at=None, resolved_at=None, closed_at=None,
        merged_into=None, status_before_merge="", next_update_at=None, skipped=(), review_opens_at=None,
        review_due_at=None, process_version="", version=1,
    )  # fmt: skip


def items(role, *ids):
    return tuple(Item(id=one, role=role, text=f"{one}!") for one in ids)


LISTS = (
    Checklist(role=Role.MITIGATION_LEAD, items=items(Role.MITIGATION_LEAD, "lead")),
    Checklist(role=Role.SCRIBE, severities=frozenset({Severity.SEV1}), items=items(Role.SCRIBE, "pin", "times")),
    Checklist(role=Role.SCRIBE, statuses=frozenset({"mitigated"}), items=items(Role.SCRIBE, "proof")),
)


def tick(minute, item, *, done=True, by="lin", text=""):
    data = {"item": item, "role": "scribe", "text": text or f"{item}!", "done": done}
    return Event(seq=minute, at=T0 + timedelta(minutes=minute), actor=by, kind=TICKED, subject="incident:4", data=data)


def shown(found):
    return [(one.id, one.done_by, one.applies) for one in found]


def test_what_applies_depends_on_severity_and_status():
    assert [one.id for one in checklist(LISTS, incident(), ())] == ["lead", "pin", "times"]
    assert [one.id for one in checklist(LISTS, incident(Severity.SEV3), ())] == ["lead"]
    assert [one.id for one in checklist(LISTS, incident(Severity.SEV3, Status.MITIGATED), ())] == ["lead", "proof"]
    assert checklist(LISTS, incident(status=Status.CLOSED), ()) == ()


def test_a_tick_is_taken_back_by_another_and_set_again():
    ticks = [tick(1, "pin"), tick(2, "pin", done=False, by="ada"), tick(3, "times")]
    found = checklist(LISTS, incident(), ticks)
    assert shown(found) == [("lead", "", True), ("pin", "", True), ("times", "lin", True)]
    assert list(to_do(found, "scribe")) == ["pin!"]
    again = checklist(LISTS, incident(), [*ticks, tick(4, "pin", by="sam")])
    assert (again[1].done_by, again[1].done_at) == ("sam", T0 + timedelta(minutes=4))


def test_an_edit_of_the_file_loses_no_tick():
    ticks = [tick(1, "pin", text="Pin it"), tick(2, "times")]
    written_anew = (msgspec.structs.replace(LISTS[1], items=(Item("times", Role.SCRIBE, "Zones, please"),)),)
    found = checklist(written_anew, incident(), ticks)
    assert shown(found) == [("times", "lin", True), ("pin", "lin", False)]
    assert [one.text for one in found] == ["Zones, please", "Pin it"]  # what is listed anew, and what was ticked then
    lower = checklist(LISTS, incident(Severity.SEV4), ticks)
    assert shown(lower) == [("lead", "", True), ("pin", "lin", False), ("times", "lin", False)]
