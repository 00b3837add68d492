"""Contributing factors: how many kinds of them are wanted, and which are the same."""

from datetime import UTC, datetime

import msgspec
import pytest

from incidentd.domain.factors import Category, Factor, Role, merged_into, ready, same_words
from incidentd.domain.themes import theme_key, theme_name

AT = datetime(2026, 3, 14, tzinfo=UTC)


def factor(number, category="technical", **changes):
    made = Factor(
        id=number, incident_id=1, text="t", category=Category(category), role=Role.ENABLER, evidence=(), contexts=(),
        author="ada", written_at=AT, edited_at=AT, withdrawn_at=None, same_as=None, theme_id=None, version=1,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


@pytest.mark.parametrize(
    ("categories", "lacks"),
    [
        ((), ["factors", "categories", "non-technical"]),
        (("technical",), ["factors", "categories", "non-technical"]),
        (("technical", "technical", "technical"), ["categories", "non-technical"]),
        (("process", "process", "process"), ["categories"]),
        (("technical", "process"), ["factors"]),
        (("technical", "technical", "luck"), []),
        (("process", "luck", "external"), []),
    ],
)
def test_three_factors_of_two_categories_and_one_that_is_not_technical(categories, lacks):
    found = ready([factor(number, category) for number, category in enumerate(categories, 1)])
    assert [one.rule for one in found] == lacks
    assert all(one.text for one in found)


def test_what_was_withdrawn_or_said_before_does_not_count():
    some = [factor(1), factor(2, "process"), factor(3, "luck", same_as=2), factor(4, "luck", withdrawn_at=AT)]
    (lack,) = ready(some)
    assert lack.text == "2 factors of at least 3: what else had a part?"


def test_there_are_no_chains_of_what_is_the_same():
    first, second, third = factor(1), factor(2, same_as=1), factor(3)
    assert merged_into(third, first) == (1, "")
    assert merged_into(third, second) == (1, "")
    assert merged_into(first, second)[1] == "it is the same one already"
    assert merged_into(first, first)[1] == "it is the same one already"
    assert "another incident" in merged_into(third, msgspec.structs.replace(first, incident_id=2))[1]


def test_words_and_names_are_the_same_however_they_are_written():
    assert same_words("The graph\n at 14:05", "the  GRAPH at 14:05")
    assert not same_words("the graph at 14:05", "the graph at 15:05")
    assert theme_key(" Slow\tdeploys ") == theme_key("ＳＬＯＷ Deploys")
    assert theme_name(" Slow\tdeploys ") == "Slow deploys"
