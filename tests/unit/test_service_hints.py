"""Which services the words of a report name."""

import pytest

from incidentd.domain.service_hints import services_named

SERVICES = ("feature-flags", "flags", "checkout", "payment_api", "web")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Our feature flag does not load", ("feature-flags", "flags")),
        ("The payments API is slow", ("payment_api",)),
        ("I cannot pay at the checkout", ("checkout",)),
        ("The API is slow", ()),
        ("Cobwebs", ()),
        ("", ()),
    ],
)
def test_every_part_of_a_name_has_to_be_said(text, named):
    assert services_named(text, SERVICES) == named


def test_a_few_are_enough_and_a_name_without_words_is_none():
    assert len(services_named("a1 b2 c3 d4 e5", ("a1", "b2", "c3", "d4", "x", "_"))) == 3
