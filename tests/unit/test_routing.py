"""The routing tree: Alertmanager's walk, groups, and the service an alert belongs to."""

from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.matchers import parse_matcher
from incidentd.domain.routing import Route, group_key, group_labels, matching_routes, service_of


def route(identity, *children, match=(), **more):
    return Route(id=identity, matchers=tuple(parse_matcher(text) for text in match), routes=children, **more)


TREE = route(
    "root",
    route("a", match=["team=shop"], continue_=True),
    route(
        "b",
        route("b/0", match=["severity=critical"]),
        route("b/1", match=["severity=warning"]),
        match=["team=~shop|pay"],
    ),
    route("c", match=["team=shop"]),
)


def ends(**labels):
    return [one.id for one in matching_routes(TREE, labels)]


def test_the_first_match_wins_unless_it_says_continue():
    assert ends(team="shop") == ["a", "b"]
    assert ends(team="pay") == ["b"]


def test_the_deepest_match_decides():
    assert ends(team="pay", severity="critical") == ["b/0"]
    assert ends(team="pay", severity="info") == ["b"]


def test_what_no_child_takes_ends_at_the_root():
    assert ends() == ["root"]


def test_a_label_that_is_missing_counts_as_empty():
    here = Route(id="r", group_by=("alertname", "host"))
    assert group_labels(here, {"alertname": "X", "other": "y"}) == {"alertname": "X", "host": ""}
    assert group_key(here, {"alertname": "X"}) == group_key(here, {"host": "", "alertname": "X", "z": "1"})


def test_dots_group_by_every_label():
    assert group_labels(Route(id="r", group_by=("...",)), {"a": "1", "b": "2"}) == {"a": "1", "b": "2"}


def test_the_service_of_an_alert():
    assert service_of(Route(id="r", service="shop"), {"service": "x"}) == "shop"
    assert service_of(Route(id="r"), {"service": "x"}) == "x"
    assert service_of(Route(id="r"), {"service": ""}) == "default"


labels = st.dictionaries(st.sampled_from("abc"), st.text(alphabet="ab,='\"{}\\", max_size=6))


@given(labels, labels)
def test_two_groups_have_one_key_only_if_they_are_one_group(one, other):
    """No value can be written so that it looks like another label."""
    here = Route(id="r", group_by=("a", "b", "c"))
    same = group_labels(here, one) == group_labels(here, other)
    assert (group_key(here, one) == group_key(here, other)) is same


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)
def test_every_label_makes_keys_that_differ(one, other):
    here = Route(id="r", group_by=("...",))
    assert (group_key(here, one) == group_key(here, other)) is (one == other)
