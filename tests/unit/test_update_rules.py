"""Who is told that an update is due, how it is stated, and what an update may begin with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from incidentd.domain.incidents import Incident, Status
from incidentd.domain.severity import Severity
from incidentd.domain.update_draft import draft, warnings
from incidentd.domain.update_rules import GIVE_UP, LongRules, addressees, next_reminder, stated, unrelieved
from incidentd.domain.updates import Phase
from incidentd.wire import RoleHolder, TimelineEntry, Update

NOW = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


_NOTHING: dict[str, Any] = dict.fromkeys(
    ("mitigated_at", "resolved_at", "closed_at", "merged_into", "next_update_at", "review_opens_at", "review_due_at")
)
INCIDENT = Incident(
    id=1, title="", summary="", status=Status.ACTIVE, severity=Severity.SEV2, episode=1, service="",
    many_stakeholders=False, declared_at=NOW, declared_by="raj", started_at=NOW, status_before_merge="", skipped=(),
    process_version="", version=1, **_NOTHING,
)  # fmt: skip


def holder(role, person, *, since=NOW, until=None):
    return RoleHolder(id=1, role=role, person=person, starts_at=since, ends_at=until)


LIN = holder("communications_lead", "lin")
ADA = holder("mitigation_lead", "ada")
GONE = holder("communications_lead", "mei", until=NOW + MINUTE)


@pytest.mark.parametrize(
    ("held", "insist", "told"),
    [
        ([ADA, LIN], False, ("lin",)),
        ([ADA, LIN], True, ("lin", "ada")),
        ([ADA, GONE], False, ("ada",)),
        ([GONE], False, ("raj",)),
        ([holder("scribe", "kim")], True, ("raj",)),
        ([holder("communications_lead", "ada"), ADA], True, ("ada",)),
    ],
)
def test_the_clock_belongs_to_who_tells_others(held, insist, told):
    assert addressees(held, "raj", insist=insist) == told


def test_reminders_come_ever_less_often_and_end():
    times = [0.0]
    while (at := next_reminder(NOW, NOW + times[-1] * MINUTE, 10 * MINUTE)) is not None:
        times.append((at - NOW) / MINUTE)
    assert times[:5] == [0, 10, 20, 40, 80]
    assert times[-1] >= GIVE_UP / MINUTE


def test_a_text_says_when_the_next_word_comes():
    assert stated("Cards fail.\n", NOW + 30 * MINUTE) == "Cards fail.\n\nNext update by 14:30 UTC (2026-03-14)."
    assert stated("It is over.", None) == "It is over."


def test_leads_without_relief_are_named_longest_first():
    held = [
        holder("mitigation_lead", "ada", since=NOW - 5 * HOUR),
        holder("communications_lead", "lin", since=NOW - 6 * HOUR),
        holder("scribe", "kim", since=NOW - 9 * HOUR),
        holder("mitigation_lead", "raj", since=NOW - 9 * HOUR, until=NOW - 5 * HOUR),
    ]
    assert [one.person for one in unrelieved(held, LongRules(), NOW)] == ["lin", "ada"]
    assert unrelieved(held, LongRules(relief=6 * HOUR), NOW) == ()


# ------------------------------------------------------------------ drafts
def update(text, *, phase="investigating", audience="customers", at=NOW, next_in=30 * MINUTE):
    promised = None if next_in is None else at + next_in
    return Update(id=1, at=at, by="lin", audience=audience, phase=phase, text=text, next_at=promised)


def found(new, *before, cadence=30 * MINUTE):
    return warnings(new, before, people={"ada": "Ada Example", "lin": "Lin"}, cadence=cadence)


@pytest.mark.parametrize(
    ("new", "before", "part"),
    [
        (update("Still investigating."), [update("Cards fail in the EU.")], "says nothing new"),
        (update("Cards fail again."), [update("We watch it.", phase="monitoring")], "goes back from monitoring"),
        (update("Cards fail.", next_in=HOUR), [], "later than the cadence of 30 min"),
        (update("Cards fail.", next_in=None), [], "no time for the next word"),
        (update("@ada rolls it back"), [], "it names ada"),
        (update("ADA EXAMPLE broke it"), [], "it names ada"),
    ],
)
def test_what_a_reader_would_miss(new, before, part):
    (warning,) = found(new, *before)
    assert part in warning


def test_a_good_update_is_left_alone():
    assert found(update("Cards fail in the EU since 13:50.")) == ()
    assert found(update("Lina's cards fail.", audience="customers")) == ()
    assert found(update("ada rolls it back", audience="internal")) == ()
    assert found(update("It is over.", phase="resolved", next_in=None)) == ()


def entry(kind, text, at):
    return TimelineEntry(
        seq=1, observed_at=at, recorded_at=at, by="ada", kind=kind, text=text, detail="", evidence="", pinned=False
    )


def test_a_draft_tells_colleagues_what_is_new_and_customers_nothing_of_the_inside():
    incident = msgspec.structs.replace(
        INCIDENT, title="Secret project fails", service="checkout", summary="Since the deploy"
    )
    entries = [entry("decision", "Roll back", NOW - MINUTE), entry("page", "ada was paged", NOW)]
    entries += [entry("action", "Rolled\nback " + "x" * 300, NOW + MINUTE)]
    first = draft(incident, [], entries, Phase.INVESTIGATING, "internal")
    assert first.splitlines()[:3] == [
        "SEV2 active: Secret project fails.",
        "Since the deploy",
        "- 13:59 Roll back",
    ]
    later = draft(incident, [update("x", audience="internal")], entries, Phase.INVESTIGATING, "internal")
    assert "Roll back" not in later
    assert "Since the update of 14:00 UTC:\n- 14:01 Rolled back x" in later
    assert later.endswith("…")
    for phase in Phase:
        outside = draft(incident, [], entries, phase, "customers")
        assert "heckout" in outside
        assert "Secret" not in outside
        assert "Roll" not in outside
