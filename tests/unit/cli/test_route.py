"""`incidentctl route test` as a person reads it."""

from __future__ import annotations

import msgspec
import pytest

from incidentd.wire import routes as wire_routes


def step(route: str, depth: int, *, matched: bool = True, **more) -> wire_routes.RouteStep:
    base = wire_routes.RouteStep(
        route=route, name="", depth=depth, matchers=(), matched=matched, continues=False, ends=False, skipped=0
    )
    return msgspec.structs.replace(base, **more)


def matcher(text: str, value: str, matched: bool) -> wire_routes.RouteMatcher:
    return wire_routes.RouteMatcher(matcher=text, value=value, matched=matched)


@pytest.fixture
def read(api, run, canned):
    """The text for an answer made from steps and changes of the one end."""

    def read(*steps: wire_routes.RouteStep, **changes) -> str:
        test = canned.route_test()
        end = msgspec.structs.replace(test.ends[0], gaps=(), group_labels={"alertname": "Full", "host": ""}, **changes)
        api.on("GET", "/v1/route", msgspec.structs.replace(test, steps=steps or test.steps, ends=(end,)))
        done = run("route", "test", "alertname=Full")
        assert done.code == 0
        return done.out

    return read


def test_the_walk_is_a_tree(read):
    text = read(
        step("root", 0),
        step("root/0", 1, matched=False, name="watchdog",
             matchers=(matcher('alertname="Watchdog"', "Full", False), matcher('a!="b"', "", True))),
        step("root/1", 1, matchers=(matcher('team=~"a|b"', "a", True),), continues=True, ends=True),
        step("root/2", 1, skipped=3),
        step("root/2/0", 2, ends=True, skipped=1),
    ).partition("\n\n")[0]  # fmt: skip
    assert text.splitlines() == [
        "✓ root: takes every alert",
        '  ✗ watchdog (root/0): alertname="Watchdog", but it is "Full"',
        '  ✓ root/1: team=~"a|b"; goes on to those beside it; ends here',
        "  ✓ root/2: takes every alert",
        "    3 routes beside it were not tried: the first match wins",
        "    ✓ root/2/0: takes every alert; ends here",
        "      1 route beside it was not tried: the first match wins",
    ]


def test_an_end_says_what_happens_and_who_is_first(read):
    text = read(name="", service="shop", policy="p", urgency="high", group_wait=0.0).partition("\n\n")[2]
    assert text.splitlines() == [
        "root",
        "  service        shop",
        "  policy         p",
        "  urgency        high",
        '  one page for   alertname="Full", host=""',
        "  first message  at once",
        "  about changes  5m00s apart",
        "  again          every 4h00m while it fires",
        "  paged first, as of 2024-03-14 09:26:53 UTC:",
        "    plain by plain after 1m00s: plain",
    ]


def test_nobody_is_said_loudly(read):
    assert "    nobody: this alert reaches no one" in read(contacts=())
    quiet = read(page=False, contacts=())
    assert "  Nobody is paged: the route says so." in quiet
    assert "policy" not in quiet
    assert "paged first" not in quiet


@pytest.mark.parametrize("label", ["a", "=b", "", "=", "\x1b"])
def test_what_is_no_label_is_refused_before_anything_is_asked(label, run, api):
    done = run("route", "test", label)
    assert done.code == 2
    assert "is not like severity=critical" in done.err
    assert "\x1b" not in done.err
    assert api.asked == []


def test_no_label_at_all_is_refused(run):
    assert run("route", "test").code == 2
