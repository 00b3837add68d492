"""A real Alertmanager notifies incidentd by webhook_configs and by pagerduty_configs, firing and resolved."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.e2e

ROUTING_KEY = "0123456789abcdef0123456789abcdef"
CONFIG = """
global: {{ resolve_timeout: 1m }}
route:
  receiver: incidentd
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: incidentd
    webhook_configs:
      - {{ url: "http://127.0.0.1:{port}/api/v2/webhook", send_resolved: true }}
    pagerduty_configs:
      - routing_key: {key}
        url: "http://127.0.0.1:{port}/v2/enqueue"
        class: '{{{{ .GroupLabels.alertname }}}}'
        severity: '{{{{ .CommonLabels.severity }}}}'
"""
SOURCES = f"""
[sources.pagerduty]
type = "pagerduty"
routing_keys = {{ "{ROUTING_KEY}" = "checkout" }}
"""


@pytest.fixture
def alertmanager(needs, running, run_program, tmp_path):
    """Start an Alertmanager that notifies the daemon at `port`; answers with its own port."""
    binary = needs("prometheus-alertmanager")

    def start(port: int) -> int:
        config = tmp_path / "alertmanager.yml"
        config.write_text(CONFIG.format(port=port, key=ROUTING_KEY))
        web: int = running.free_port()
        program = run_program(
            "alertmanager",
            binary,
            f"--config.file={config}",
            f"--storage.path={tmp_path / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{web}",
            "--cluster.listen-address=",
            "--log.level=warn",
        )

        def ready() -> bool:
            try:
                return bool(running.http_exchange(web, "GET", "/-/ready").status == 200)
            except OSError:
                return False

        program.wait_for(ready, "is ready")
        return web

    return start


def post_alerts(running, web: int, *names: str, ended: bool = False, age: int = 60) -> None:
    now = datetime.now(UTC)
    ends = now - timedelta(seconds=1) if ended else now + timedelta(minutes=5)
    alerts = [
        {
            "labels": {"alertname": name, "severity": "critical", "instance": "a"},
            "annotations": {"summary": f"{name} happened"},
            "startsAt": (now - timedelta(seconds=age)).isoformat(),
            "endsAt": ends.isoformat(),
        }
        for name in names
    ]
    body = json.dumps(alerts).encode()
    answer = running.http_exchange(web, "POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
    assert answer.status == 200, answer


def test_webhook_and_pagerduty_both_fire_and_both_resolve(running, make_daemon, alertmanager):
    daemon = make_daemon(main=SOURCES).start()
    web = alertmanager(daemon.port)

    def statuses() -> dict[tuple[str, str], str]:
        return {(one["source"], one["name"]): one["status"] for one in daemon.alerts()}

    post_alerts(running, web, "DiskFull", "DiskSlow")
    both_ways = {(source, name) for source in ("alertmanager", "pagerduty") for name in ("DiskFull", "DiskSlow")}
    running.eventually(lambda: set(statuses()) == both_ways, "each alert came both ways")
    assert set(statuses().values()) == {"firing"}

    by_webhook, by_events = daemon.alerts(match="alertname=DiskFull")
    if by_webhook["source"] != "alertmanager":
        by_webhook, by_events = by_events, by_webhook
    assert by_webhook["labels"] == {"alertname": "DiskFull", "severity": "critical", "instance": "a"}
    assert by_webhook["summary"] == "DiskFull happened"
    assert by_webhook["generator_url"] == ""
    assert by_events["severity"] == "critical"
    assert by_events["labels"]["service"] == "checkout"
    assert "DiskFull" in by_events["summary"]
    assert ROUTING_KEY not in json.dumps(by_events)

    post_alerts(running, web, "DiskFull", ended=True)
    ended = {("alertmanager", "DiskFull"), ("pagerduty", "DiskFull")}
    running.eventually(
        lambda: {one for one, status in statuses().items() if status == "resolved"} == ended,
        "the one that ended is resolved both ways",
    )
    running.eventually(lambda: daemon.page_of("DiskFull")["page"]["state"] == "resolved", "its page is over")
    assert set(statuses()) == both_ways, "a resolve makes no second alert"

    post_alerts(running, web, "DiskFull", age=0)
    running.eventually(lambda: set(statuses().values()) == {"firing"}, "it fires again both ways")
    assert set(statuses()) == both_ways, "and is still the same alert"


def test_an_unknown_routing_key_is_refused_and_named(make_daemon):
    daemon = make_daemon(main=SOURCES).start()
    event = {
        "routing_key": "f" * 32,
        "event_action": "trigger",
        "payload": {"summary": "s", "source": "x", "severity": "critical"},
    }
    answer = daemon.post("/v2/enqueue", event)
    assert answer.status == 400
    assert answer.json()["errors"] == ["'routing_key' is not known here"]
    assert daemon.alerts() == []
    accepted = daemon.post("/v2/enqueue", {**event, "routing_key": ROUTING_KEY})
    assert accepted.status == 202
    assert accepted.json()["dedup_key"]


def test_an_alert_that_alertmanager_timed_out_fires_again_with_its_old_start(running, make_daemon, alertmanager):
    """Prometheus was cut off from Alertmanager for a while: the trouble, and its start, are still the same."""
    daemon = make_daemon().start()
    web = alertmanager(daemon.port)
    began = datetime.now(UTC) - timedelta(minutes=5)

    def status() -> str:
        return next((one["status"] for one in daemon.alerts() if one["source"] == "alertmanager"), "")

    def prometheus_says(lasts: timedelta) -> None:
        until = datetime.now(UTC) + lasts
        alert = {"labels": {"alertname": "DiskFull"}, "startsAt": began.isoformat(), "endsAt": until.isoformat()}
        body = json.dumps([alert]).encode()
        answer = running.http_exchange(web, "POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
        assert answer.status == 200

    prometheus_says(timedelta(seconds=2))
    running.eventually(lambda: status() == "firing", "it fires")
    running.eventually(lambda: status() == "resolved", "Alertmanager heard no more of it and calls it resolved")
    prometheus_says(timedelta(minutes=5))
    running.eventually(lambda: status() == "firing", "it fires again")
