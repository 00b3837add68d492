"""What was acknowledged with a 2xx is there after the daemon went away between two sends, however it went."""

from __future__ import annotations

import http.client
import itertools
import json
import threading

import pytest

pytestmark = pytest.mark.e2e

SENDERS = 4
BATCH = 20
BY_HOOK = """
[people.ada]
contacts = [{ notifier = "hook" }]
[policies.default]
steps = [{ targets = ["person:ada"] }]
"""
NOBODY = "[route]\npage = false\n"


class Sender(threading.Thread):
    """Posts batches of new alerts one after the other. As Prometheus does, it drops a batch that fails."""

    def __init__(self, running, port: int, name: str) -> None:
        super().__init__(name=name)
        self._running = running
        self._port = port
        self.acknowledged: list[str] = []
        self.dropped: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        for number in itertools.count():
            if self.enough.is_set():
                return
            names = [f"{self.name}-{number}-{place}" for place in range(BATCH)]
            body = json.dumps([{"labels": {"alertname": name}} for name in names]).encode()
            try:
                answer = self._running.http_exchange(self._port, "POST", "/api/v2/alerts", body, timeout=10)
                kept = answer.status == 200
            except (OSError, http.client.HTTPException):
                kept = False
            (self.acknowledged if kept else self.dropped).extend(names)
            if not kept:
                self.enough.wait(0.05)


@pytest.mark.parametrize("end", ["SIGTERM", "SIGKILL"])
def test_no_acknowledged_alert_is_lost_between_two_sends(running, make_daemon, end):
    daemon = make_daemon(process=NOBODY).start()
    senders = [Sender(running, daemon.port, f"s{number}") for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        for _ in range(3):
            before = sum(len(sender.acknowledged) for sender in senders)
            running.eventually(
                lambda before=before: sum(len(sender.acknowledged) for sender in senders) > before + 500,
                "alerts are taken",
                every=0.01,
            )
            if end == "SIGTERM":
                assert daemon.terminate() == 0
            else:
                daemon.kill()
            daemon.start()
    finally:
        for sender in senders:
            sender.enough.set()
        for sender in senders:
            sender.join()

    acknowledged = {name for sender in senders for name in sender.acknowledged}
    dropped = {name for sender in senders for name in sender.dropped}
    stored = [one["name"] for one in daemon.alerts()]
    assert dropped, "the restarts were noticed"
    assert acknowledged - set(stored) == set(), "acknowledged and lost"
    assert len(stored) == len(set(stored)), "no alert is stored twice"
    assert set(stored) <= acknowledged | dropped
    # What is stored is also handled: the router takes up what the last run left behind.
    running.eventually(lambda: not daemon.get("/v1/health")["alerts_unrouted"], "all of them are routed")


def test_a_page_that_waits_goes_out_after_a_kill(running, make_daemon, recorder):
    """group_wait has begun, the daemon dies, and the page still goes out, once."""
    main = f'[notifiers.hook]\ntype = "webhook"\nurl = "{recorder.url}/page"\n'
    daemon = make_daemon(main=main, roster=BY_HOOK, process='[route]\ngroup_wait = "3s"\n').start()
    daemon.fire("DiskFull")
    running.eventually(lambda: not daemon.get("/v1/health")["alerts_unrouted"], "it is routed")
    daemon.kill()
    assert recorder.requests == []
    daemon.start()
    running.eventually(lambda: recorder.requests, "the page goes out")
    running.eventually(lambda: daemon.page_of("DiskFull")["deliveries"][0]["state"] == "sent", "and that is known")
    assert [json.loads(one.body)["kind"] for one in recorder.requests] == ["page"]


@pytest.mark.parametrize("end", ["SIGTERM", "SIGKILL"])
def test_a_page_cut_off_in_flight_is_sent_again_under_the_same_key(running, loopback, make_daemon, recorder, end):
    """The receiver took the page but the daemon died before it heard so: a resend is the same message."""
    from incidentd.plugin.testing import Fault

    main = f'[notifiers.hook]\ntype = "webhook"\nurl = "{recorder.url}/page"\n'
    daemon = make_daemon(main=main, roster=BY_HOOK).start()
    recorder.script(Fault.HANG)
    daemon.fire("DiskFull")
    running.eventually(lambda: recorder.requests, "it is being sent")
    if end == "SIGTERM":
        watch = loopback.Stopwatch()
        assert daemon.terminate() == 0
        assert watch.seconds < 10, "a notifier that hangs does not hold up the end"
    else:
        daemon.kill()
    daemon.start()
    running.eventually(lambda: len(recorder.requests) >= 2, "the new run takes it up")
    first, second = recorder.requests[:2]
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert json.loads(second.body)["attempt"] == 2
