"""Nodes that share a database: their signs of life, who notices that one is gone, and what people can do."""

import pytest

from incidentd.services.errors import NotFound, Refused
from incidentd.services.nodes import Myself, Nodes
from incidentd.storage import nodes as rows

several_nodes = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)  # a file has one node


@pytest.fixture
def node(daemon, monkeypatch):
    """`node(name)` is one of the nodes on the test's database, whose clock is that of the test."""
    monkeypatch.setattr(rows, "now", lambda conn, here: here)

    def make(name, directory="abc", **myself):
        made = Nodes(daemon.store, f"{name}:{directory}")
        made.myself = lambda: Myself(version="1.2.0", **myself)
        return made

    return make


async def later(daemon, *who):
    """So much time passes that whoever gives no sign is gone."""
    for _ in range(8):
        daemon.clock.advance(15)
        for one in who:
            await one.work()


async def states(one):
    return {shown.name: shown.state for shown in (await one.list()).nodes}


@pytest.mark.both_engines
async def test_a_node_alone_says_that_it_runs_and_that_it_was_stopped(daemon, node):
    one = node("one", addresses=("http://127.0.0.1:9095",))
    await one.start()
    found = await one.list()
    (shown,) = found.nodes
    assert (shown.name, shown.state, shown.here, shown.version) == ("one", "up", True, "1.2.0")
    assert (found.engine, found.schema, found.problems, found.note) == (daemon.store.engine, shown.schema, (), "")
    assert one.problems() == []
    await one.stop()
    assert await states(one) == {"one": "stopped"}
    again = node("one")
    await again.start()
    assert await states(again) == {"one": "up"}
    told = await daemon.events("node.started", "node.stopped")
    assert [(event.kind, event.data.get("found")) for event in told] == [
        ("node.started", ""),
        ("node.stopped", None),
        ("node.started", "stopped"),
    ]


async def test_a_file_forgets_what_its_node_was_called_before(daemon, node):
    await node("before").start()
    now = node("after")
    await now.start()
    assert await states(now) == {"after": "up"}


async def test_a_sign_costs_nothing_between_two_and_news_are_said_at_once(daemon, node):
    one = node("one")
    await one.start()
    await one.work()
    first = (await one.list()).nodes[0].seen_at
    daemon.clock.advance(30)
    await one.work()
    assert (await one.list()).nodes[0].seen_at == first
    one.myself = lambda: Myself(version="1.2.0", addresses=("http://127.0.0.1:9095",))
    await one.work()
    shown = (await one.list()).nodes[0]
    assert (shown.addresses, shown.seen_at > first) == (("http://127.0.0.1:9095",), True)
    daemon.clock.advance(61)
    await one.work()
    assert (await one.list()).nodes[0].seen_at > shown.seen_at


@several_nodes
async def test_a_node_that_is_gone_is_said_once_and_can_return(daemon, node):
    one, two, three = node("one"), node("two"), node("three")
    for each in (one, two, three):
        await each.start()
    await three.stop()
    four = node("four")
    await four.start()
    await later(daemon, one, four)
    assert await states(one) == {"one": "up", "two": "gone", "three": "stopped", "four": "up"}
    assert [event.subject for event in await daemon.events("node.gone")] == ["node:two"]
    assert [problem.code for problem in one.problems()] == ["node-gone"]

    await two.work()
    daemon.clock.advance(6)
    await one.work()
    assert (await states(one))["two"] == "up"
    (back,) = await daemon.events("node.returned")
    assert back.data["away"] == 120
    assert one.problems() == []


@several_nodes
async def test_who_was_away_itself_calls_nobody_gone(daemon, node):
    """After the database was away for all of them each would find the others silent."""
    one, two = node("one"), node("two")
    await one.start()
    await two.start()
    daemon.clock.advance(120)
    await one.work()
    await two.work()
    daemon.clock.advance(6)
    await one.work()
    assert await daemon.events("node.gone", "node.returned") == []
    assert one.problems() == []


@several_nodes
async def test_a_node_that_will_not_return_is_forgotten_and_one_that_runs_is_not(daemon, node):
    one, two = node("one"), node("two")
    await one.start()
    await two.start()
    with pytest.raises(Refused, match="gives signs of life"):
        await one.forget("two", actor="ada")
    with pytest.raises(NotFound, match="no node three"):
        await one.forget("three", actor="ada")
    await later(daemon, one)
    found = await one.forget("two", actor="ada")
    assert [shown.name for shown in found.nodes] == ["one"]
    assert found.problems == ()
    (told,) = await daemon.events("node.forgotten")
    assert (told.subject, told.actor) == ("node:two", "ada")
    await two.work()
    assert await states(one) == {"one": "up", "two": "up"}, "it was only forgotten, not forbidden"


@several_nodes
async def test_what_differs_is_shown_with_the_node_that_is_alone_with_it(daemon, node):
    people = "[people] of roster.toml"
    one, two, three = (node(name, alike={people: said}) for name, said in (("one", "a"), ("two", "a"), ("three", "b")))
    for each in (one, two, three):
        await each.start()
    found = await two.list()
    assert {shown.name: shown.differs for shown in found.nodes} == {"one": (), "two": (), "three": (people,)}
    assert "one, two, another three" in found.problems[0]
    three.myself = lambda: Myself(version="1.3.0", alike={people: "a"})
    await three.work()
    found = await two.list()
    assert found.problems == ()
    assert "1.3.0" in found.note


@several_nodes
async def test_two_daemons_of_one_name_are_noticed_on_both(daemon, node):
    one, moved = node("one"), node("one", "def")
    await one.start()
    await moved.start()
    assert "two daemons with different state directories go by the name one" in (await one.list()).problems[0]
    await later(daemon, moved)
    await moved.start()
    assert len((await moved.list()).nodes) == 1, "a directory that was left is not missed"

    twin = node("one", "def")
    await twin.start()
    daemon.clock.advance(6)
    await moved.work()
    for each in (twin, moved):
        assert "with the same state directory" in (await each.list()).problems[0]
    await moved.stop()
    assert await states(twin) == {"one": "up"}, "the other run is not the one that was stopped"


@pytest.mark.both_engines
async def test_time_is_the_databases_where_it_has_a_clock(daemon):
    here = daemon.clock.now()
    found = await daemon.store.read(lambda conn: rows.now(conn, here))
    assert (found == here) is (daemon.store.engine == "sqlite")
    one = Nodes(daemon.store, "one:abc")
    await one.start()
    await one.work()
    apart = [problem.code for problem in one.problems()]
    assert apart == ([] if daemon.store.engine == "sqlite" else ["node-clock-differs"]), "the test's clock stands still"


async def test_while_the_database_is_away_nobody_is_called_gone(daemon, node):
    one = node("one")
    await one.start()
    daemon.clock.advance(600)
    assert one.problems() == [], "what is not known is not said"
