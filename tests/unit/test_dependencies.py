"""Dependencies between services, held against their definition."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.dependencies import DependencyRule, Dependent, Upstream, chains, cycle, held

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULE = DependencyRule(hold=timedelta(minutes=10))
WAYS = {"checkout": ("payments",), "payments": ("db", "net"), "db": ("net",)}
NAMES = st.sampled_from("abcdef")
GRAPHS = st.dictionaries(NAMES, st.lists(NAMES, max_size=4, unique=True))


def find(service, *upstreams, began=NOW, now=NOW, rule=RULE):
    asked = []

    def firing(services):
        asked.append(set(services))
        return [one for one in upstreams if one.service in services]

    found = held(rule, WAYS, [Dependent(id=9, service=service, began_at=began)], firing, now).get(9)
    assert len(asked) <= 1
    return found


def test_an_alert_below_is_held_and_the_chain_says_why():
    found = find("checkout", Upstream(4, "net"), Upstream(5, "net"))
    assert found.by == 4
    assert found.chain == ("checkout", "payments", "net")
    assert found.until == NOW + RULE.hold


def test_the_nearest_service_explains():
    assert find("checkout", Upstream(4, "net"), Upstream(5, "payments")).by == 5


@pytest.mark.parametrize("service", ["net", "unknown", ""])
def test_what_depends_on_nothing_is_not_held(service):
    assert find(service, Upstream(4, "net"), Upstream(5, "checkout")) is None


def test_an_alert_of_the_service_itself_holds_nothing():
    assert find("payments", Upstream(4, "payments")) is None


def test_it_is_held_until_the_limit_and_no_longer():
    upstream = Upstream(4, "db")
    assert find("payments", upstream, now=NOW + RULE.hold - timedelta(microseconds=1)) is not None
    assert find("payments", upstream, now=NOW + RULE.hold) is None
    assert find("payments", upstream, rule=DependencyRule(hold=timedelta(0))) is None


def test_a_cycle_is_named_in_the_order_of_the_dependencies():
    assert cycle(WAYS) == ()
    found = cycle(WAYS | {"net": ("checkout",)})
    assert found[0] == found[-1]
    assert set(found) <= set(WAYS) | {"net"}
    for service, other in itertools.pairwise(found):
        assert other in (WAYS | {"net": ("checkout",)})[service]
    assert cycle({"a": ("a",)}) == ("a", "a")


@given(GRAPHS)
def test_a_cycle_is_found_exactly_when_a_service_reaches_itself(graph):
    def reached(start):
        seen, here = set(), [start]
        while here:
            for below in graph.get(here.pop(), ()):
                if below not in seen:
                    seen.add(below)
                    here.append(below)
        return seen

    assert bool(cycle(graph)) == any(one in reached(one) for one in graph)
    for service in graph:
        ways = chains(graph, service)
        assert set(ways) == reached(service) - {service}
        assert list(map(len, ways.values())) == sorted(map(len, ways.values()))
        for upstream, path in ways.items():
            assert (path[0], path[-1]) == (service, upstream)
            assert all(b in graph[a] for a, b in itertools.pairwise(path))
