"""Where a report goes: the first rule that fits, and why the others did not."""

import pytest

from incidentd.domain.propagation import About, PropagationRule, propagation

EU = PropagationRule(name="eu", services=("payments",), tags={"region": "eu*"}, team="shop", audiences=("internal",))
LOUD = PropagationRule(name="loud", severities=("SEV1",), priorities=("P1", "P2"), policy="shop", urgency="low")
TEAMS = PropagationRule(name="teams", kinds=("internal_team",), schedule="desk")


def test_the_first_rule_that_fits_counts_and_says_why():
    found = propagation(About(service="payments", tags={"region": "EU-1"}, priority="P1"), [LOUD, EU])
    assert (found.rule, found.team, found.urgency, found.audiences) == ("eu", "shop", "high", ("internal",))
    assert found.why == "rule eu (service payments, region eu*)"
    assert found.passed == ("loud: severity is not known, not SEV1",)


@pytest.mark.parametrize(
    ("about", "rule"),
    [
        (About(service="payments", tags={"region": "us"}), ""),
        (About(service="payments"), ""),
        (About(severity="SEV1", priority="P3"), ""),
        (About(severity="SEV1", priority="P2"), "loud"),
        (About(kind="internal_team"), "teams"),
    ],
)
def test_every_condition_has_to_hold(about, rule):
    assert propagation(about, [EU, LOUD, TEAMS]).rule == rule


def test_without_a_rule_it_goes_the_way_of_its_service():
    found = propagation(About(service="web", priority="P3"), [])
    assert (found.rule, found.urgency, found.why) == ("", "low", "no rule fits: the way of its service web")
    assert propagation(About(), []).why == "no rule fits: no service is known"
    assert propagation(About(severity="SEV1", priority="P2"), [LOUD]).urgency == "low"
    assert propagation(About(severity="SEV2", priority="P4"), []).urgency == "high"
