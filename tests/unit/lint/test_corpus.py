"""How well each rule does on sentences that it was not made by. `make lint-report` prints the table."""

import re
from pathlib import Path

import pytest

from incidentd.lexicon import shipped

ROOT = Path(__file__).parents[3]
RULES = tuple(shipped("en").rules)
LEAST_PRECISION = 0.8


def table(figures) -> str:
    """The figures as the documentation states them."""
    head = "| rule | right | wrong | missed | precision | recall |\n|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{rule}` | {one.right} | {one.wrong} | {one.missed} | {one.precision:.2f} | {one.recall:.2f} |\n"
        for rule, one in figures.items()
    )


def test_report(figures, corpus):
    for name in ("heldout", "tuning"):
        print(f"\n{name}: {len(corpus(name))} sentences\n{table(figures(name))}")  # noqa: T201


def test_the_corpus_is_large_and_tricky_enough(corpus):
    texts = corpus("heldout")
    clean = [one for one in texts if not one.marks]
    assert len(texts) >= 250
    assert 0.4 <= len(clean) / len(texts) <= 0.65
    assert {one.text for one in texts}.isdisjoint(one.text for one in corpus("tuning"))
    marked = [rule for one in texts for rule, _, _ in one.marks]
    assert set(marked) == set(RULES)
    assert min(marked.count(rule) for rule in RULES) >= 12


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_precise_on_what_it_was_not_made_by(rule, figures):
    assert figures("heldout")[rule].precision >= LEAST_PRECISION


def test_the_rules_find_what_they_were_made_by(figures):
    assert {rule: one for rule, one in figures("tuning").items() if one.wrong or one.missed} == {}


def test_the_documentation_states_the_figures(figures):
    page = (ROOT / "docs" / "language-lint.md").read_text(encoding="utf-8")
    assert table(figures("heldout")) in page
    assert set(re.findall(r"^\| `([a-z-]+)` \| [^|\d]", page, re.MULTILINE)) >= set(RULES)
