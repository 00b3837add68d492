"""A real Alertmanager notifies incidentd by opsgenie_configs, as it would notify Opsgenie."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.e2e

KEY = "eb243592-faa2-4ba2-a551-1afdf565c889"
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
    opsgenie_configs:
      - api_key: {key}
        api_url: "http://127.0.0.1:{port}/"
        priority: P2
        tags: alertmanager,e2e
        update_alerts: true
"""


@pytest.fixture
def alertmanager(needs, running, run_program, tmp_path):
    """Start an Alertmanager that notifies the daemon at `port`; answers with its own port."""
    binary = needs("prometheus-alertmanager")

    def start(port: int) -> int:
        config = tmp_path / "alertmanager.yml"
        config.write_text(CONFIG.format(port=port, key=KEY))
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


def post_alert(running, web: int, *, ended: bool = False, summary: str = "The disk is full") -> None:
    now = datetime.now(UTC)
    alert = {
        "labels": {"alertname": "DiskFull", "instance": "db-1"},
        "annotations": {"summary": summary},
        "startsAt": (now - timedelta(seconds=60)).isoformat(),
        "endsAt": (now - timedelta(seconds=1) if ended else now + timedelta(minutes=5)).isoformat(),
    }
    body = json.dumps([alert]).encode()
    answer = running.http_exchange(web, "POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
    assert answer.status == 200, answer


def test_an_alertmanager_that_knows_opsgenie_opens_and_closes(running, make_daemon, alertmanager, tmp_path):
    secret = tmp_path / "opsgenie-key"
    secret.write_text(KEY)
    main = f'[sources.genie]\ntype = "opsgenie"\nkeys = {{ checkout = [{{ file = "{secret}" }}] }}\n'
    daemon = make_daemon(main=main).start()
    web = alertmanager(daemon.port)

    post_alert(running, web)
    running.eventually(lambda: len(daemon.alerts()) == 1, "the alert came")
    (alert,) = daemon.alerts()
    assert (alert["source"], alert["name"], alert["status"]) == ("genie", "DiskFull", "firing")
    expected = {"instance": "db-1", "service": "checkout", "priority": "P2", "severity": "error"}
    assert expected.items() <= alert["labels"].items()
    assert alert["labels"]["tags"] == "alertmanager,e2e"
    assert KEY not in json.dumps(alert)

    post_alert(running, web, ended=True)
    running.eventually(lambda: daemon.alerts()[0]["status"] == "resolved", "it is closed")
    assert len(daemon.alerts()) == 1, "a close makes no second alert"
