"""The rules of retention: when it runs, what can be held, what is left of an event, and how removals are recorded."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.blanking import blanked
from incidentd.domain.holds import subject
from incidentd.domain.removals import digest, link, packed, runs, unaccounted, unpacked
from incidentd.domain.retention import CLASSES, NAMES, Retention, written
from incidentd.storage.named import in_text

SEQS = st.lists(st.integers(1, 60), unique=True).map(sorted)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-01T02:00", "2026-03-01T02:30"),  # 03:30 in Berlin, in winter
        ("2026-03-01T02:30", "2026-03-02T02:30"),
        ("2026-03-28T12:00", "2026-03-29T01:30"),  # the night in which the clock is put forward
        ("2026-10-24T12:00", "2026-10-25T02:30"),  # and back
    ],
)
def test_it_runs_at_its_hour_of_the_wall_clock(now, due):
    policy = Retention(at=time(3, 30), zone="Europe/Berlin")
    assert policy.next_at(datetime.fromisoformat(f"{now}Z")) == datetime.fromisoformat(f"{due}Z")


def test_noise_goes_by_default_and_what_people_wrote_does_not():
    usual, now = Retention(), datetime(2026, 3, 1, tzinfo=UTC)
    gone = {name for name in NAMES if usual.before(name, now) is not None}
    assert gone == {"alerts", "messages", "notes", "drafts", "drills"}
    assert {usual.before(name, now) for name in gone} == {now - timedelta(days=400)}
    assert [written(one.usual) for one in CLASSES if one.name in ("alerts", "customers")] == ["400 days", "for ever"]


@pytest.mark.parametrize(
    ("given", "means"),
    [("INC-12", "incident:12"), ("r-3", "report:3"), (" C-4 ", "customer:4"), ("report:3", "report:3"),
     ("everything", "everything")],
)  # fmt: skip
def test_what_can_be_held(given, means):
    assert subject(given) == means


@pytest.mark.parametrize("given", ["", "A-3", "INC-0", "incident:", "incident:1x", "incident:-1", "Everything", "R-٣"])
def test_what_cannot_be_held(given):
    with pytest.raises(ValueError, match="cannot be held"):
        subject(given)


@given(SEQS)
def test_numbers_are_packed_without_loss(seqs):
    found = unpacked(packed(seqs))
    assert [one for first, last in found for one in range(first, last + 1)] == seqs
    assert found == runs(seqs)


@pytest.mark.parametrize("flat", [[1], [0, 1], [1, 0], [3, -1]])
def test_numbers_that_were_never_packed_are_refused(flat):
    with pytest.raises(ValueError):  # noqa: PT011 - which of them is wrong makes no difference
        unpacked(flat)


@given(SEQS, SEQS)
def test_what_is_missing_and_was_not_removed_is_found(missing, removed):
    found = unaccounted(runs(missing), runs(removed))
    assert [one for first, last in found for one in range(first, last + 1)] == sorted(set(missing) - set(removed))


def test_a_record_covers_the_one_before_and_all_of_itself():
    first = link("0" * 64, {"seqs": [1, 2]})
    assert link(first, {"seqs": [3, 1]}) != link("0" * 64, {"seqs": [3, 1]})
    assert link(first, {"seqs": [3, 1]}) != link(first, {"seqs": [3, 2]})
    assert digest([b"ab", b"c"]) != digest([b"a", b"bc"])


def test_the_words_of_people_are_blanked_and_states_stay():
    data = {
        "sender": "bo@example.org", "message": 7, "automatic": False, "from": "new", "to": "closed", "reason": "mine",
        "changes": {"subject": {"from": "It breaks", "to": "It broke"}}, "names": ["Bo", "Al"], "due_at": "2026-03-01",
    }  # fmt: skip
    assert blanked(data) == {
        "sender": "", "message": 7, "automatic": False, "from": "new", "to": "closed", "reason": "",
        "changes": {"subject": {"from": "", "to": ""}}, "names": ["", ""], "due_at": "2026-03-01",
    }  # fmt: skip


def test_what_a_text_names_is_found_as_it_is_written():
    text = 'As A-12 did (alert:3), see R-4, P-5 and INC-6; not DATA-7. {"alert_ids":[8,9],"report_id":10}'
    named = {("alert", 12), ("alert", 3), ("report", 4), ("page", 5), ("alert", 8), ("alert", 9), ("report", 10)}
    assert set(in_text(text)) == named
