"""Which connection gives way when the listener has too many."""

import pytest

from incidentd.ingress.crowd import Crowd, affordable
from incidentd.plugin.allowance import sender_network


class Peers:
    """Connections by name; those in `busy` have a complete request."""

    def __init__(self, most: int) -> None:
        self.busy: set[str] = set()
        self.at = 100.0
        self.crowd: Crowd[str] = Crowd(most, lambda one: one not in self.busy, lambda: self.at)


def test_whoever_has_the_most_gives_up_the_one_that_waited_longest():
    peers = Peers(4)
    for name in ("flood-1", "flood-2", "flood-3"):
        assert peers.crowd.enter(name, "10.0.0.9") is None
    assert peers.crowd.enter("prometheus", "10.0.0.1") is None
    assert peers.crowd.enter("grafana", "10.0.0.2") == "flood-1"
    peers.crowd.heard("flood-2")
    assert peers.crowd.enter("nagios", "10.0.0.3") == "flood-3", "flood-2 was heard later"
    assert (len(peers.crowd), peers.crowd.turned_away) == (4, 2)


def test_what_is_answered_stays_and_only_then_the_newcomer_goes():
    peers = Peers(2)
    peers.busy = {"a", "b"}
    peers.crowd.enter("a", "10.0.0.9")
    peers.crowd.enter("b", "10.0.0.9")
    assert peers.crowd.enter("c", "10.0.0.1") == "c"
    peers.busy.discard("b")
    assert peers.crowd.enter("d", "10.0.0.1") == "b"


def test_a_place_whose_connections_are_all_answered_is_passed_over():
    peers = Peers(3)
    peers.busy = {"a", "b"}
    for name, place in (("a", "10.0.0.9"), ("b", "10.0.0.9"), ("c", "10.0.0.1")):
        peers.crowd.enter(name, place)
    assert peers.crowd.enter("d", "10.0.0.2") in ("c", "d")


def test_those_that_end_make_room():
    peers = Peers(2)
    for name in ("a", "b"):
        peers.crowd.enter(name, "10.0.0.9")
    peers.crowd.leave("a")
    peers.crowd.leave("a")
    peers.crowd.heard("a")
    assert peers.crowd.enter("c", "10.0.0.9") is None
    assert peers.crowd.enter("d", "10.0.0.1") == "b"
    for name in ("c", "d"):
        peers.crowd.leave(name)
    assert len(peers.crowd) == 0


def test_it_says_for_a_minute_that_it_was_full():
    peers = Peers(1)
    peers.crowd.enter("a", "10.0.0.9")
    assert peers.crowd.problems() == []
    peers.crowd.enter("b", "10.0.0.9")
    (alarm,) = peers.crowd.problems()
    assert alarm.code == "connections-full"
    assert "1 are open from 10.0.0.9" in alarm.text
    peers.at += 60
    assert peers.crowd.problems() == []


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),  # as a socket for both families tells it
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_of_ipv6_a_whole_network_is_one_place(address, place):
    assert sender_network(address, "", ()) == place


@pytest.mark.parametrize(("descriptors", "most"), [(65_536, 4096), (1024, 768), (300, 150), (-1, 4096)])
def test_descriptors_are_left_for_others(descriptors, most):
    assert affordable(4096, descriptors) == most
