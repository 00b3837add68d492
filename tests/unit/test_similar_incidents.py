"""Which earlier incidents a review is shown, and when what was concluded of them is."""

from datetime import UTC, datetime, timedelta

import msgspec

from incidentd.domain.likeness import Facts
from incidentd.domain.resembling import Known
from incidentd.domain.review_steps import Step
from incidentd.domain.reviews import Review, State
from incidentd.domain.similar_incidents import (
    Chosen,
    Past,
    Why,
    balanced,
    compared,
    drawn,
    factor_words,
    listed,
    locked,
    no_match,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def known(number, title="503 at the balancer", service="ingress", alerts=("LbErrors",), **values):
    """An incident as old as its number is low."""
    facts = Facts(id=number, subject=title, text="", service=service, at=NOW + timedelta(days=number), **values)
    return Known(facts=facts, alerts=frozenset(alerts))


def past(number, *factors, near=None, **values):
    return Past(known=known(number, **values), factors=factor_words(factors), near=near)


def other(number, *factors):
    return past(number, *factors, title="invoices twice", service="billing", alerts=("Ledger",))


def picked(*others):
    return {one.id: one.chosen.value for one in balanced(known(100), list(others))}


def test_the_newest_and_the_oldest_that_are_alike_are_listed_and_nothing_in_between():
    assert picked(past(5), past(1), past(3), other(7)) == {5: "newest", 1: "oldest"}
    assert picked(past(4)) == {4: "newest"}
    assert picked(other(7)) == {}
    (one,) = balanced(known(100), [past(4)])
    assert (one.score, one.reasons[-1]) == (100, "same alert LbErrors")


def test_the_one_with_the_same_symptom_and_other_factors_is_listed_too():
    stale, again = "a stale rule shadowed the new one", "stale rules shadow new ones"
    quota, rota = "the quota of the region was used up", "nobody of the network team was on call"
    assert picked(past(1, stale), past(2, again), past(3, quota), past(9, stale)) == {
        9: "newest", 1: "oldest", 3: "other-factors",
    }  # fmt: skip
    assert picked(past(1, stale), past(2, again), past(9, stale)) == {9: "newest", 1: "oldest"}
    assert picked(past(1), past(2, rota), past(9)) == {9: "newest", 1: "oldest"}  # other than which?


def test_what_a_plugin_finds_near_counts_with_its_reason_and_never_against():
    far, near = other(1), other(2)
    assert picked(far, near) == {}
    near = msgspec.structs.replace(near, near=0.97)
    found = compared(known(100), near)
    assert (found.score, found.reasons[-1]) == (56, "texts that mean alike (0.97)")
    assert picked(far, near) == {2: "newest"}
    assert compared(known(100), past(3, near=0.2)) == compared(known(100), past(3))


def test_to_have_tried_the_same_says_little():
    pods = frozenset({"restart", "pods"})
    one, like = (msgspec.structs.replace(known(number), tried=pods) for number in (100, 3))
    stranger = past(4, title="invoices twice", alerts=("Ledger",))
    stranger = msgspec.structs.replace(stranger, known=msgspec.structs.replace(stranger.known, tried=pods))
    assert compared(one, stranger).score == 25 + 5  # the service, and that
    assert compared(one, stranger).reasons[-1] == "both tried pods, restart"
    assert [found.id for found in balanced(one, [Past(known=like), stranger])] == [3]


def test_the_one_by_chance_is_no_match_and_the_same_for_everybody():
    assert drawn(7, 5000) == drawn(7, 5000)
    assert drawn(7, 5000) != drawn(8, 5000)
    assert 250 < len(drawn(7, 5000)) <= 300
    assert set(drawn(7, 5000)) <= set(range(1, 5001))
    assert sorted(drawn(7, 30)) == list(range(1, 31))
    assert drawn(7, 0) == []
    found = no_match(known(100), [past(3), other(4), other(5)])
    assert (found.id, found.chosen) == (4, Why.RANDOM)
    assert no_match(known(100), [past(3)]) is None


def test_a_list_is_read_as_it_was_kept():
    chosen = (Chosen(id=1, chosen=Why.OLDEST, score=40, reasons=("same alert LbErrors",)),)
    assert listed(msgspec.to_builtins(chosen)) == chosen
    assert listed(None) == ()


REVIEW = Review(
    incident_id=3, state=State.RUNNING, solo=False, started_at=NOW, started_by="ada", facilitator="ada",
    step=Step.FACTORS, step_started_at=NOW, step_ends_at=None, left=None, walked_to=None, walked=True,
    revealed_at=None, unmasked_at=None, similar=None, sections={}, finished_at=None, published_at=None,
    process_version="x", review_name="Review", imported_from="", version=1,
)  # fmt: skip


def test_conclusions_open_when_ones_own_factors_are_in_and_all_are_shown():
    shown = msgspec.structs.replace(REVIEW, revealed_at=NOW)
    assert "you have said that your factors for INC-3 are in" in locked(shown, present=True, factors_in=False)
    assert "until the factors of INC-3 are shown" in locked(REVIEW, present=True, factors_in=True)
    assert locked(shown, present=True, factors_in=True) == ""
    assert "are shown to everybody" in locked(REVIEW, present=False, factors_in=False)
    assert locked(shown, present=False, factors_in=False) == ""
    assert locked(msgspec.structs.replace(REVIEW, state=State.WRITTEN), present=True, factors_in=False) == ""
