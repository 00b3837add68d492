"""A plugin that blocks the event loop: the watchdog starts the daemon again, and nobody's page is missed by that."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.systemd, pytest.mark.timeout(900)]

# As a third party writes it: a call that waits for a device, in a coroutine. It waits while the device is out of order.
PLUGIN = """
import os, time
from incidentd.plugin import AdapterConfig, AdapterType, Notifier, Receipt, hookimpl

class Stuck(Notifier):
    def __init__(self, config, context): pass

    async def send(self, notification):
        while os.path.exists("/run/out-of-order"):
            time.sleep(0.1)
        return Receipt()

@hookimpl
def incidentd_notifiers():
    return [AdapterType(id="stuck", config=AdapterConfig, create=Stuck, summary="waits for a device")]
"""
ROSTER = """
[people.ada]
contacts = [{ notifier = "stuck" }]
[people.bob]
contacts = [{ notifier = "hook" }]
[policies.default]
steps = [{ targets = ["person:ada", "person:bob"], delay = "1h" }]
"""
QUICK = "[Service]\nWatchdogSec=3s\n"


def prepare(files) -> None:
    """The plugin as pip would install it, and a watchdog that need not be waited for."""
    info = files / "opt/plugins/stuck-1.0.dist-info"
    info.mkdir(parents=True)
    (info.parent / "stuck.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stuck\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[incidentd]\nstuck = stuck\n")
    etc = files / "etc/incidentd"
    (etc / "roster.toml").write_text(ROSTER)
    with (etc / "incidentd.toml").open("a") as main:
        main.write('[notifiers.stuck]\ntype = "stuck"\n')
    drop_in = files / "etc/systemd/system/incidentd.service.d/watchdog.conf"
    drop_in.parent.mkdir()
    drop_in.write_text(QUICK)


def test_a_blocked_loop_is_ended_by_the_watchdog(boot, experiment):
    machine = boot("incidentd.service", prepare=prepare)
    machine.eventually(lambda: machine.ctl("info"), "the daemon is up")
    machine.run("touch", "/run/out-of-order")
    machine.post(alertname="DiskFull")

    def restarts() -> int:
        return int(machine.show("incidentd.service", "NRestarts")["NRestarts"])

    machine.eventually(restarts, "the watchdog ended it", 60)
    machine.run("rm", "/run/out-of-order")
    journal = machine.journal()
    assert "Watchdog timeout (limit 3s)!" in journal
    assert "event_loop_stalled" in journal
    assert "/opt/plugins/stuck.py" in journal, "the code that blocks is named"

    def reached() -> set[str]:
        shown = machine.ctl("page", "show", "1", "--deliveries")["deliveries"]
        return {one["person"] for one in shown if one["state"] == "sent"}

    machine.eventually(lambda: reached() == {"ada", "bob"}, "both pages", 60)
    assert [one["name"] for one in machine.alerts()] == ["DiskFull"]
    keys = [page["headers"]["Idempotency-Key"] for page in machine.sent()]
    assert len(set(keys)) == 1
    experiment(
        "event loop blocked by a plugin: ended by systemd's watchdog",
        runs=1,
        lost=0,
        missed=0,
        duplicated=len(keys) - len(set(keys)),
        seen=f"{restarts()} restart, with a limit of 3 s",
    )
