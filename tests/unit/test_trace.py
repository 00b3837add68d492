"""The decision trace in words: a sentence for every kind of event, a verdict for every way it can go."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

import incidentd
from incidentd.domain.trace import known_kinds, sentence, step, verdict
from incidentd.wire import Event

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROUTE = {"route": "root", "route_name": "", "service": "shop", "matchers": ["a=~\"b\""], "policy": "p", "group": 7,
         "group_wait": 30.0}  # fmt: skip
SILENCE = {"name": "S-5ace5ace", "by": "ada", "comment": "disks", "until": "2026-03-01T13:00:00Z"}
HELD = {"by": 4, "by_name": "Db", "chain": ["shop", "db"], "until": "12:10", "rule": "a=b"}
QUIET_ROUTE = {"route": "root/1", "route_name": "audit", "service": "shop", "not_paged": "this route pages nobody"}
ON_TRACES = ("alert:", "group:", "page:")


def emitted():
    """(kind, file) of every literal kind passed to `emit` or `tell_alerts` in the services."""
    for path in sorted((Path(incidentd.__file__).parent / "services").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                "emit",
                "tell_alerts",
            ):
                for argument in node.args[:2]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value, path.name


ELSEWHERE = {
    "notifier.tested", "contact.proven", "contact.tested", "daemon.store_back", "daemon.told_from_memory",
}  # fmt: skip
"""Kinds that never stand in an alert's trace, beside those of incidents."""


def test_every_kind_that_can_stand_in_a_trace_has_a_sentence():
    kinds = {kind for kind, _ in emitted() if "." in kind}
    assert {"alert.fired", "page.step", "delivery.sent", "group.quiet"} <= kinds  # the search itself works
    of_others = ("incident.", "silence.", "view.", "maintenance.", "recurring.", "check.", "drill.", "calendar.",
                 "mode.", "rest.", "log.", "report.", "customer.", "rehearsal.", "process.",
                 "subscriber.", "review.", "factor.", "learning.", "action.", "lint.",
                 "idea.", "keys.", "retro.", "experiment.", "letter.", "node.", "retention.", "hold.",
                 "backup.")  # fmt: skip
    of_traces = {kind for kind in kinds if not kind.startswith(of_others)} - ELSEWHERE
    assert of_traces - known_kinds() == set()


def test_no_sentence_is_left_for_a_kind_that_nobody_emits():
    assert known_kinds() - {kind for kind, _ in emitted()} == set()


class Log:
    """Events in order."""

    def __init__(self):
        self.events = []

    def add(self, kind, subject="alert:1", actor="system", /, **data):
        self.events.append(Event(seq=len(self.events) + 1, at=NOW, actor=actor, kind=kind, subject=subject, data=data))
        return self

    def fired(self, *routes, episode=1):
        return self.add("alert.fired", episode=episode, routes=list(routes))

    def started(self, page=1, group=7, actor="system"):
        return self.add(
            "page.started", f"page:{page}", actor, policy="p", person="", group_id=group, title="t", service="shop"
        )

    def stepped(self, *people, page=1, **data):
        by = [{"person": person, "notifier": "push"} for person in people]
        values = {"step": 1, "of": 2, "round": 1, "policy": "p", "gaps": [], "why": "", "by": by}
        return self.add("page.step", f"page:{page}", **values | data)

    def delivery(self, outcome, person="ada", page=1, **data):
        values = {"kind": "page", "person": person, "notifier": "push", "attempt": 1, "error": "e"}
        return self.add(f"delivery.{outcome}", f"page:{page}", **values | data)


def paged():
    return Log().fired(ROUTE).started().stepped("ada").delivery("sent")


VERDICTS = [
    (Log(), True, "Nobody was paged yet: it waits for routing."),
    (Log(), False, "Nobody was paged: it ended while its group waited."),
    (Log().fired(ROUTE), True, "Nobody was paged yet: its group waits to see what else fires."),
    (Log().fired(ROUTE), False, "Nobody was paged: it ended while its group waited."),
    (Log().fired(QUIET_ROUTE), True, "Nobody was paged: its route pages nobody."),
    (Log().fired(QUIET_ROUTE), False, "Nobody was paged: its route pages nobody."),
    (Log().fired().add("alert.resolved", unrouted="it ended before it was routed"), False,
     "Nobody was paged: it ended before it was routed."),
    (Log().fired(ROUTE).add("group.quiet", "group:7", why="every alert ended"), False,
     "Nobody was paged: every alert ended."),
    (Log().fired(ROUTE).add("alert.silenced", silences=[SILENCE]), True,
     "Nobody was paged: silenced by S-5ace5ace (disks, by ada until 2026-03-01T13:00:00Z)."),
    (Log().fired(ROUTE).add("alert.silenced", silences=[SILENCE]).add("group.quiet", "group:7", why="over"), False,
     "Nobody was paged: silenced by S-5ace5ace (disks, by ada until 2026-03-01T13:00:00Z)."),
    (Log().fired(ROUTE).add("alert.held", **HELD), True,
     "Nobody was paged: held because shop depends on db, where A-4 Db fires (rule a=b); told at 12:10 at the latest."),
    (Log().fired(ROUTE).add("alert.silenced", silences=[SILENCE]).add("alert.unsilenced"), True,
     "Nobody was paged yet: its group waits to see what else fires."),
    (Log().fired(ROUTE).add("alert.inhibited", by=3, by_name="Down", rule="r"), True,
     "Nobody was paged: inhibited by A-3 Down (rule r)."),
    (Log().fired(ROUTE).started(), True,
     "A page was opened, but its policy reaches nobody; nobody has acknowledged yet."),
    (Log().fired(ROUTE).started().stepped(), True,
     "A page was opened, but its policy reaches nobody; nobody has acknowledged yet."),
    (Log().fired(ROUTE).started().stepped("ada"), True,
     "A page was opened and is being sent; nobody has acknowledged yet."),
    (Log().fired(ROUTE).started().stepped("ada").delivery("failed"), True,
     "A page was opened, but no message has got through; nobody has acknowledged yet."),
    (paged(), True, "ada was paged; nobody has acknowledged yet."),
    (paged().delivery("sent", "lin").delivery("sent", "ada"), True,
     "ada, lin were paged; nobody has acknowledged yet."),
    (paged().add("page.acknowledged", "page:1", "lin", via="link"), True, "ada was paged; lin acknowledged by link."),
    (paged().add("page.acknowledged", "page:1", "lin", via="api").add("page.resolved", "page:1", why="over"), False,
     "ada was paged; lin acknowledged by api."),
    (paged().add("page.resolved", "page:1", why="over"), False, "ada was paged; it ended before anybody acknowledged."),
    (paged().add("page.resolved", "page:1", "lin", why="lin resolved it"), True,
     "ada was paged; lin resolved the page."),
    (paged().add("page.exhausted", "page:1"), True,
     "ada was paged; nobody has acknowledged and the policy is exhausted."),
    (paged().add("page.exhausted", "page:1").add("page.restarted", "page:1"), True,
     "ada was paged; nobody has acknowledged yet."),
    (paged().delivery("sent", "lin", kind="resolved"), True, "ada was paged; nobody has acknowledged yet."),
    # hidden in a group that was paged
    (Log().fired(ROUTE).add("alert.held", **HELD).started().stepped("ada").delivery("sent"), True,
     "Nobody was told of it: held because shop depends on db, where A-4 Db fires (rule a=b); told at 12:10 at the"
     " latest. Of others in its group: ada was paged; nobody has acknowledged yet."),
    (Log().fired(ROUTE).add("alert.held", **HELD).started().stepped("ada").delivery("sent").add("alert.released"), True,
     "ada was paged; nobody has acknowledged yet."),
    (paged().add("alert.silenced", silences=[SILENCE]), True, "ada was paged; nobody has acknowledged yet."),
    # a later episode
    (paged().add("page.resolved", "page:1", why="over").fired(ROUTE, episode=2), True,
     "Nobody was paged yet: its group waits to see what else fires."),
    (Log().fired(ROUTE).add("group.quiet", "group:7", why="every alert ended").fired(ROUTE | {"group": 8}), True,
     "Nobody was paged yet: its group waits to see what else fires."),
    (paged().fired(ROUTE, episode=2), True, "ada was paged; nobody has acknowledged yet."),  # the page is still open
    (Log().started().delivery("sent").fired(ROUTE), True, "ada was paged; nobody has acknowledged yet."),  # it joined
]  # fmt: skip


@pytest.mark.parametrize(("log", "firing", "said"), VERDICTS, ids=[said for _, _, said in VERDICTS])
def test_verdicts(log, firing, said):
    assert verdict(log.events, firing) == said


SENTENCES = [
    (Log().fired(ROUTE), 'Began to fire; route root (a=~"b") took it: service shop, policy p, group G-7, '
                         "group_wait 30 s"),
    (Log().fired(QUIET_ROUTE, episode=3), "Fires again (episode 3); route audit (no condition) took it: service shop; "
                                          "this route pages nobody"),
    (Log().fired(), "Began to fire."),
    (Log().add("alert.resolved"), "Ended: the sender said so"),
    (Log().add("alert.resolved", expired=True), "Ended"),
    (Log().add("alert.resolved", unrouted="its end came without a beginning"),
     "Ended: the sender said so; its end came without a beginning, so nobody was paged"),
    (Log().add("alert.expired"), "Not sent again in time: it counts as ended until it is sent again"),
    (Log().add("alert.acknowledged", by="grace", via="pd"), "grace took it on at the source (pd)"),
    (Log().started(actor="ada"), "A page was opened by ada: policy p"),
    (Log().add("page.started", policy="", person="sam"), "A page was opened: straight to sam"),
    (Log().stepped("ada", "lin"), "Step 1 of 2, round 1 of policy p: paging ada by push, lin by push"),
    (Log().stepped(gaps=["x is unknown"], why="ada escalated"),
     "Step 1 of 2, round 1 of policy p (ada escalated): reaches nobody: x is unknown"),
    (Log().add("page.acknowledged", "page:1", "ada", via="api", note="on it"),
     "ada acknowledged by api: on it; the escalation stops"),
    (Log().add("page.started", policy="q", person="", policy_why="policy p sends severity critical there"),
     "A page was opened: policy q (policy p sends severity critical there)"),
    (Log().add("page.step", step=1, of=2, round=1, policy="p", people=["ada"], gaps=[], why="", turns=[
        {"team": "shop", "person": "ada"}], by=[{"person": "ada", "notifier": "push", "copy": False},
                                                {"person": "channel:shop", "notifier": "chat", "copy": True}]),
     "Step 1 of 2, round 1 of policy p: paging ada by push, channel:shop by chat (a copy); "
     "it is ada's turn in team shop"),
    (Log().add("page.exhausted", policy="p", rounds=3), "Policy p is exhausted after 3 rounds: nobody acknowledged"),
    (Log().add("page.told_later", people=["ada", "lin"], until="2026-03-09T09:00:00Z"),
     "It ended while it waited: ada, lin will read so in one message at 2026-03-09T09:00:00Z"),
    (Log().add("page.restarted", why="it still fires"), "The page starts again: it still fires"),
    (Log().add("page.resolved", why="over"), "The page is over: over"),
    (Log().add("page.updated", new=2, people=1), "People who know were written to again (1): 2 more alerts joined"),
    (Log().add("page.updated", new=0, people=1), "People who know were written to again (1): it still fires"),
    (Log().delivery("failed"), "page to ada by push failed for good: e"),
    (Log().add("some.new_kind"), "some new kind"),
]  # fmt: skip


@pytest.mark.parametrize(("log", "said"), SENTENCES, ids=[said for _, said in SENTENCES])
def test_sentences(log, said):
    (event,) = log.events
    assert sentence(event) == said
    assert step(event).text == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min"), (90, "90 s"), (3600, "1 h"), (5400, "90 min"), (86400, "24 h")],
)
def test_spans(seconds, said):
    (event,) = Log().fired(ROUTE | {"group_wait": seconds}).events
    assert sentence(event).endswith(f"group_wait {said}")
