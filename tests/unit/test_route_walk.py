"""The walk told node by node is the walk that routing does."""

from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.matchers import parse_matcher
from incidentd.domain.route_walk import walk
from incidentd.domain.routing import Route, matching_routes


def route(identity, *children, match=(), **more):
    return Route(id=identity, matchers=tuple(parse_matcher(text) for text in match), routes=children, **more)


TREE = route(
    "root",
    route("a", match=["team=shop", "env!=test"], continue_=True),
    route("b", route("b/0", match=["severity=critical"]), route("b/1"), match=["team=~shop|pay"]),
    route("c", match=["team=shop"]),
    route("d"),
)


def told(**labels):
    return [(v.route.id, v.depth, v.matched, v.ends, v.skipped) for v in walk(TREE, labels)]


def test_every_node_that_is_tried_is_told_in_order():
    assert told(team="shop", severity="critical") == [
        ("root", 0, True, False, 0),
        ("a", 1, True, True, 0),
        ("b", 1, True, False, 2),
        ("b/0", 2, True, True, 1),
    ]


def test_what_did_not_match_is_told_with_the_matchers():
    visits = walk(TREE, {"team": "pay", "env": "test"})
    assert [(v.route.id, v.matched) for v in visits] == [
        ("root", True), ("a", False), ("b", True), ("b/0", False), ("b/1", True),
    ]  # fmt: skip
    assert [(str(one.matcher), one.value, one.matched) for one in visits[1].tried] == [
        ('team="shop"', "pay", False),
        ('env!="test"', "test", False),
    ]
    assert [one.value for one in visits[3].tried] == [""]


def test_the_root_takes_what_nothing_else_takes():
    (only,) = walk(route("root"), {"a": "b"})
    assert (only.matched, only.ends, only.tried) == (True, True, ())
    visits = walk(route("root", route("x", match=["a=b"])), {})
    assert [(v.route.id, v.ends) for v in visits] == [("root", True), ("x", False)]


MATCH = st.lists(st.sampled_from(["a=1", "a!=1", "b=~1|2", "b!~1"]), max_size=2)
TREES = st.recursive(
    st.builds(lambda match, go_on: route("r", match=match, continue_=go_on), MATCH, st.booleans()),
    lambda below: st.builds(
        lambda match, go_on, children: route("r", *children, match=match, continue_=go_on),
        MATCH,
        st.booleans(),
        st.lists(below, max_size=4),
    ),
    max_leaves=12,
)


@given(TREES, st.dictionaries(st.sampled_from("ab"), st.sampled_from("123")))
def test_the_ends_are_those_of_routing(tree, labels):
    assert [visit.route for visit in walk(tree, labels) if visit.ends] == list(matching_routes(tree, labels))
