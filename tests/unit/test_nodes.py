"""How nodes stand, what differs between them, and what is wrong with that."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from incidentd.configuration.alike import alike, of_process
from incidentd.domain.nodes import GONE, LATE, Node, State, differences, differs_in, note, problems

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def node(name, *, ago=1 * SECOND, **values):
    told = Node(
        id=f"{name}:abc",
        name=name,
        run=f"run of {name}",
        host=f"{name}.example",
        version="1.2.0",
        schema="0043",
        api_version="1",
        process="V-1",
        addresses=(),
        alike={"[people] of roster.toml": "a"},
        clock_offset=timedelta(),
        started_at=NOW - timedelta(hours=1),
        seen_at=NOW - ago,
    )
    return msgspec.structs.replace(told, **values)


@pytest.mark.parametrize(
    ("ago", "state"),
    [(LATE, State.UP), (LATE + SECOND, State.LATE), (GONE, State.LATE), (GONE + SECOND, State.GONE)],
)
def test_how_a_node_stands_by_its_last_sign(ago, state):
    assert node("a", ago=ago).state(NOW) is state
    assert node("a", ago=ago, stopped_at=NOW - ago).state(NOW) is State.STOPPED


def test_a_node_that_went_without_a_word_is_a_problem_and_one_that_was_stopped_is_none():
    gone = node("b", ago=GONE + SECOND)
    (problem,) = problems([node("a"), gone, node("c", ago=2 * GONE, stopped_at=NOW - 2 * GONE)], NOW)
    assert problem.code == "node-gone"
    assert "node b was not stopped and has given no sign of life since 2026-03-14 08:58:59 UTC" in problem.text
    assert "incidentctl node forget b" in problem.text
    assert problems([node("a"), node("b", ago=LATE + SECOND)], NOW) == []


def test_what_is_not_alike_is_named_with_the_nodes_on_each_side():
    other = {"[people] of roster.toml": "b", "[sources] of incidentd.toml": "x"}
    nodes = [node("a"), node("b"), node("c", alike=other)]
    assert differences(nodes) == {
        "[people] of roster.toml": [["a", "b"], ["c"]],
        "[sources] of incidentd.toml": [["a", "b"], ["c"]],  # a table that only one has
    }
    assert differs_in(nodes[2], nodes) == ["[people] of roster.toml", "[sources] of incidentd.toml"]
    assert differs_in(nodes[0], nodes) == []
    found = problems(nodes, NOW)
    assert [one.code for one in found] == ["configuration-differs"] * 2
    assert found[0].text.startswith("[people] of roster.toml is not the same on all nodes: a, b, another c;")
    gone = msgspec.structs.replace(nodes[2], seen_at=NOW - 2 * GONE)
    assert "configuration-differs" not in [one.code for one in problems([*nodes[:2], gone], NOW)]


def test_several_versions_are_an_upgrade_under_way_and_no_fault():
    nodes = [node("a"), node("b", version="1.3.0", schema="0044")]
    assert note(nodes) == "a rolling upgrade is under way: 1.2.0 (schema 0043) on a; 1.3.0 (schema 0044) on b"
    assert problems(nodes, NOW) == []
    assert note(nodes[:1]) == ""


def test_two_daemons_of_one_name_are_told_apart_and_told_of():
    twice = [node("a"), node("a", id="a:def", host="other.example")]
    (problem,) = problems(twice, NOW)
    assert problem.code == "node-name-twice"
    assert "go by the name a, on a.example, other.example" in problem.text
    (problem,) = problems([node("a", contested_by="other.example", contested_at=NOW)], NOW)
    assert "on a.example and other.example, go by the name a with the same state directory" in problem.text
    assert problems([node("a", contested_by="other.example", contested_at=NOW - 2 * GONE)], NOW) == []


def test_a_clock_that_is_apart_from_the_databases():
    assert problems([node("a", clock_offset=timedelta(seconds=1.9))], NOW) == []
    (ahead, behind) = problems([node("a", clock_offset=3 * SECOND), node("b", clock_offset=-61 * SECOND)], NOW)
    assert (ahead.code, behind.code) == ("node-clock-differs", "node-clock-differs")
    assert "node a is 3.0 s ahead of the database's" in ahead.text
    assert "node b is 61.0 s behind the database's" in behind.text


def test_what_must_be_alike_says_which_table_and_never_a_secret():
    main = {"notifiers": {"phone": {"type": "ntfy", "token": "planted"}}, "daemon": {"node": "a"}}
    roster = {"people": {"ada": {"since": datetime(2026, 1, 1, tzinfo=UTC).date()}}}
    first = alike(main, roster, {"limits": {"usual": []}}, {"words.toml": "x"})
    assert set(first) == {
        "[notifiers] of incidentd.toml",
        "[people] of roster.toml",
        "[limits] of process.toml",
        "the file words.toml of process.toml",
    }
    assert [part for part in first if of_process(part)] == [
        "[limits] of process.toml",
        "the file words.toml of process.toml",
    ]
    kept = alike(main | {"retention": {"alerts": "30d"}}, roster, {}, {})
    assert set(kept) - set(first) == {"[retention] of incidentd.toml"}
    rotated = {"notifiers": {"phone": {"type": "ntfy", "token": "another"}}, "daemon": {"node": "b"}}
    assert alike(rotated, roster, {"limits": {"usual": []}}, {"words.toml": "x"}) == first
    retyped = {"notifiers": {"phone": {"type": "twilio"}}}
    changed = alike(retyped, roster, {"limits": {"usual": []}}, {"words.toml": "x"})
    assert {part for part in first if first[part] != changed[part]} == {"[notifiers] of incidentd.toml"}
