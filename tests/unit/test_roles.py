"""Giving and leaving roles, and the minutes in which they are missing, against a simulation minute by minute."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from incidentd.domain.role_notes import prefilled
from incidentd.domain.roles import Span, gap_minutes, given, left
from incidentd.domain.severity import Severity
from incidentd.wire import Incident, RoleHolder, TimelineEntry, Update
from incidentd.wire.checklists import ChecklistItem
from incidentd.wire.facts import Attempt, ImpactClaim, ImpactFigure, Theory
from incidentd.wire.incidents import IncidentDetail

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HORIZON = 40
LEADS = ("mitigation_lead", "communications_lead")


def at(minute):
    return T0 + timedelta(minutes=minute)


def holder(role, person, start, end=None, number=1):
    return RoleHolder(
        id=number, role=role, person=person, starts_at=at(start), ends_at=None if end is None else at(end)
    )


def test_ending_one_of_several_responders_ends_only_that_one():
    held = [holder("responder", "ada", 0), holder("responder", "lin", 1), holder("scribe", "lin", 2)]
    assert left(held, "responder", "lin") == (held[1],)
    assert left(held, "responder", "") == (held[0], held[1])
    assert left(held, "responder", "mei") == ()


def test_a_lead_has_one_holder_and_responders_are_many():
    ada = holder("mitigation_lead", "ada", 0)
    passing = given([ada], "mitigation_lead", "lin", at(5))
    assert (passing.ending, passing.begins, passing.former) == ((ada,), True, ("ada",))
    responder = holder("responder", "ada", 0)
    assert given([responder], "responder", "lin", at(5)).ending == ()
    assert not given([responder], "responder", "ada", at(5)).begins


def test_a_lead_since_earlier_cuts_whoever_held_it_meanwhile():
    before, now = holder("mitigation_lead", "ada", 0, 10), holder("mitigation_lead", "lin", 10)
    passing = given([before, now], "mitigation_lead", "mei", at(5))
    assert passing.ending == (before, now)
    assert passing.former == ("lin",)  # ada had left already


# ------------------------------------------------------------------ against every minute
class Simulated:
    """Rows as the service keeps them, and beside them who leads in every minute, kept by hand."""

    def __init__(self):
        self.rows = []
        self.minutes = {role: [set() for _ in range(HORIZON + 1)] for role in LEADS}

    def give(self, role, person, minute):
        passing = given(self.rows, role, person, at(minute))
        if passing.begins:
            self._end(passing.ending, minute)
            self.rows.append(holder(role, person, minute, number=len(self.rows) + 1))
        if person not in self.minutes[role][HORIZON]:
            self.minutes[role][minute:] = [{person} for _ in self.minutes[role][minute:]]

    def leave(self, role, person, minute):
        self._end(left(self.rows, role, person), minute)
        gone = {person} if person else {"ada", "lin", "mei"}
        if self.minutes[role][HORIZON] & gone:
            self.minutes[role][minute:] = [who - gone for who in self.minutes[role][minute:]]

    def _end(self, ending, minute):
        self.rows = [
            msgspec.structs.replace(one, ends_at=max(one.starts_at, at(minute))) if one in ending else one
            for one in self.rows
        ]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["give", "leave"]),
        st.sampled_from(LEADS),
        st.sampled_from(["ada", "lin", "mei", ""]),
        st.integers(0, HORIZON // 8),  # minutes since the act before
        st.integers(0, 10),  # so many minutes earlier than it is said
    ),
    max_size=10,
)


@settings(max_examples=25)
@for_all(ACTS, st.integers(0, HORIZON))
def test_gaps_of_any_history_agree_with_looking_at_every_minute(acts, two_from):
    simulated, now = Simulated(), 0
    for act, role, person, later, earlier in acts:
        now = min(now + later, HORIZON - 1)
        if act == "give" and person:
            simulated.give(role, person, max(now - earlier, 0))
        elif act == "leave":
            simulated.leave(role, person, now)
    expected = {"mitigation_lead": 0, "communications_lead": 0, "separation": 0}
    for minute in range(HORIZON):
        mitigation, communications = (simulated.minutes[role][minute] for role in LEADS)
        separated = minute >= two_from
        expected["mitigation_lead"] += not mitigation
        expected["communications_lead"] += separated and not communications
        expected["separation"] += separated and bool(mitigation & communications)
    spans = [Span(at(0), at(two_from), False), Span(at(two_from), at(HORIZON), True)]
    assert gap_minutes(simulated.rows, spans) == expected


# ------------------------------------------------------------------ what is handed over
def entry(kind, text, minute, *, pinned=False):
    return TimelineEntry(
        seq=minute, observed_at=at(minute), recorded_at=at(minute), by="ada", kind=kind, text=text, detail="",
        evidence="", pinned=pinned,
    )  # fmt: skip


def incident():
    return Incident(
        id=4, title="Cards fail", summary="EU only", status="active", severity=Severity.SEV2, episode=1, service="shop",
        many_stakeholders=False, declared_at=T0, declared_by="ada", started_at=T0, mitigated_at=None, resolved_at=None,
        closed_at=None, merged_into=None, next_update_at=at(30), alert_ids=(), page_ids=(), roles=(), violations=(),
        allowed=(), review_opens_at=None, review_due_at=None, process_version="x", version=1,
    )  # fmt: skip


def test_the_note_is_filled_in_from_the_room():
    entries = [
        entry("alert", "Cards fires", 0),
        entry("observation", "errors in Lyon", 1),
        entry("note", "a hunch", 2),
        entry("note", "the key clue", 3, pinned=True),
        entry("decision", "roll back\nthe proxy", 4, pinned=True),
        entry("action", "rolled back", 5),
    ]
    told = Update(id=1, at=at(6), by="lin", audience="customers", phase="identified", text="It is us", next_at=at(30))
    items = [
        ChecklistItem(id=name, role=role, text=text, done_at=done, done_by="", applies=True)
        for name, role, text, done in (
            ("a", "mitigation_lead", "ask the bank", None),
            ("b", "mitigation_lead", "done already", T0),
            ("c", "scribe", "pin it", None),
        )
    ]
    claim = ImpactClaim(
        id=1, affected="of card payments", figure=ImpactFigure(low=50, high=90, unit="%"), starts_at=T0, ends_at=None,
        source="the board", evidence="", suspected=False, at=T0, by="lin", replaces=None, replaced_by=None,
        state="disputed", verdicts=(),
    )  # fmt: skip
    tried = Attempt(
        id=1, text="more pods", person="ada", theory_id=None, started_at=at(3), at=at(3), by="ada", outcome="",
        verdicts=(),
    )  # fmt: skip
    theory = Theory(id=1, text="the new proxy", at=T0, by="lin", state="open", verdicts=())
    detail = IncidentDetail(
        incident=incident(), roles=(), updates=(told,), role_gap_minutes={}, claims=(claim,), theories=(theory,),
        attempts=(tried,), checklist=tuple(items),
    )  # fmt: skip
    note = prefilled(detail, entries, "mitigation_lead")
    assert note.known.splitlines() == [
        "SEV2 active: Cards fail",
        "EU only",
        "impact: 50 to 90 % of card payments (says the board, disputed)",
        "theory: the new proxy (open)",
        "09:01 errors in Lyon",
        "09:03 the key clue",
    ]
    assert note.tried.splitlines() == [
        "09:03 more pods, outcome unknown",
        "09:04 roll back the proxy",
        "09:05 rolled back",
    ]
    assert note.promised == (
        "the next update by 09:30 UTC\nlast told customers at 09:06 (identified): It is us\nto do: ask the bank"
    )


def test_a_note_of_an_empty_room_promises_nothing():
    bare = msgspec.structs.replace(incident(), summary="", next_update_at=None)
    note = prefilled(IncidentDetail(incident=bare, roles=(), updates=(), role_gap_minutes={}), [], "scribe")
    assert (note.known, note.tried, note.promised) == ("SEV2 active: Cards fail", "", "")
