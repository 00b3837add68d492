"""`incidentctl node`: who shares the database, and what differs."""

import pytest

from incidentd.wire import nodes as wire_nodes

HOSTILE = "\x1b[31mred"


@pytest.fixture
def node(canned):
    def make(name, **values):
        told = {
            "id": f"{name}:abc", "name": name, "state": "up", "here": False, "host": f"{name}.example",
            "version": "1.2.0", "schema": "0044", "api_version": "1", "process": "V-3",
            "addresses": ("http://10.0.0.1:9095",), "started_at": canned.at, "seen_at": canned.at, "stopped_at": None,
            "clock_offset": -0.012, "differs": (),
        }  # fmt: skip
        return wire_nodes.Node(**(told | values))

    return make


@pytest.fixture
def nodes(node):
    people = "[people] of roster.toml"
    return wire_nodes.Nodes(
        nodes=(node("one", here=True), node("two", state="gone", version=HOSTILE, differs=(people,))),
        engine="postgresql",
        schema="0045",
        problems=("node two was not stopped and has given no sign of life since 2024-03-14 09:26:53 UTC: look",),
        note="a rolling upgrade is under way: 1.2.0 (schema 0044) on one; 1.3.0 (schema 0045) on three",
    )


def test_the_list_says_what_is_wrong_first_and_marks_the_one_that_answers(api, run, nodes):
    api.on("GET", "/v1/nodes", nodes)
    done = run("node", "list", "--utc")
    assert done.code == 0
    shown = " ".join(done.out.split())
    assert shown.startswith("! node two was not stopped")
    assert "a rolling upgrade is under way" in shown
    assert "one * up" in shown
    assert "two gone" in shown
    assert "[people] of roster.toml" in shown
    assert "\x1b" not in done.out


def test_one_node_in_full(api, run, nodes):
    api.on("GET", "/v1/nodes", nodes)
    shown = " ".join(run("node", "show", "one").out.split())
    assert "knows 0044, the database has 0045" in shown
    assert "-0.012 s" in shown
    refused = run("node", "show", "three")
    assert refused.code == 4
    assert "there are one, two" in refused.err


def test_forgetting_a_node(api, run, nodes):
    api.on("POST", "/v1/nodes/two/forget", nodes)
    assert "nobody waits for node two any more" in run("node", "forget", "two").out
