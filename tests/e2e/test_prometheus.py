"""A real Prometheus sends to incidentd as its Alertmanager; the page goes by mail and is acknowledged by its link."""

from __future__ import annotations

import getpass

import pytest

pytestmark = pytest.mark.e2e

RULES = """
groups:
  - name: e2e
    interval: 1s
    rules:
      - alert: CheckoutDown
        expr: broken{what="checkout"} == 1
        labels: { severity: critical, service: checkout }
        annotations: { summary: "checkout is down", runbook_url: "https://runbooks.example/checkout" }
      - alert: Watchdog
        expr: vector(1)
        labels: { severity: none }
"""
CONFIG = """
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: [rules.yml]
scrape_configs:
  - job_name: e2e
    static_configs: [{{ targets: ["{target}"] }}]
alerting:
  alertmanagers:
    - static_configs: [{{ targets: ["127.0.0.1:{port}"] }}]
      timeout: 5s
"""
MAIL = """
[notifiers.mail]
type = "email"
host = "127.0.0.1"
port = {port}
from = "pages@example.org"
"""
ROSTER = f"""
[people.ada]
os_user = "{getpass.getuser()}"
contacts = [{{ notifier = "mail", address = "ada@example.org" }}]
[services.checkout]
[policies.default]
steps = [{{ targets = ["person:ada"], delay = "10m" }}]
"""


@pytest.fixture
def prometheus(needs, running, run_program, tmp_path):
    """Start a Prometheus that evaluates `rules`, scrapes `target` and sends to the daemon at `port`."""
    binary = needs("prometheus")

    def start(*, rules: str, target: str, port: int):
        (tmp_path / "rules.yml").write_text(rules)
        config = tmp_path / "prometheus.yml"
        config.write_text(CONFIG.format(target=target, port=port))
        web = running.free_port()
        program = run_program(
            "prometheus",
            binary,
            f"--config.file={config}",
            f"--storage.tsdb.path={tmp_path / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{web}",
            "--rules.alert.resend-delay=3s",
            "--log.level=warn",
        )

        def ready() -> bool:
            try:
                return running.http_exchange(web, "GET", "/-/ready").status == 200
            except OSError:
                return False

        program.wait_for(ready, "is ready")
        program.web = web
        return program

    return start


def counter(running, web: int, name: str) -> float:
    """The sum of a counter of Prometheus itself."""
    lines = running.http_exchange(web, "GET", "/metrics").body.decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{name}{{", f"{name} ")))


def test_an_alert_is_mailed_acknowledged_by_its_link_and_resolved(
    running, loopback, stack, make_daemon, mailbox, prometheus
):
    daemon = make_daemon(main=MAIL.format(port=mailbox.port), roster=ROSTER).start()
    gauges = stack.enter_context(loopback.Gauges(checkout=1))
    prometheus(rules=RULES, target=gauges.target, port=daemon.port)

    running.eventually(lambda: mailbox.of_kind("page"), "the page is mailed")
    (mail,) = mailbox.of_kind("page")
    assert mail.recipients == ["ada@example.org"]
    assert "CheckoutDown" in mail.subject
    assert "checkout is down" in mail.text
    assert "https://runbooks.example/checkout" in mail.text
    assert mail.message["Importance"] == "high"

    prefix = f"http://127.0.0.1:{daemon.port}"
    assert mail.acknowledge_url.startswith(f"{prefix}/ack/")
    link = mail.acknowledge_url.removeprefix(prefix)
    asked = daemon.http("GET", link)
    assert asked.status == 200
    assert b"Acknowledge as ada" in asked.body
    assert daemon.page_of("CheckoutDown")["page"]["state"] == "open", "looking at the link changes nothing"
    taken = daemon.http("POST", link)
    assert taken.status == 200
    assert b"Acknowledged by ada" in taken.body
    page = daemon.page_of("CheckoutDown")["page"]
    assert (page["state"], page["acknowledged_by"], page["acknowledged_via"]) == ("acknowledged", "ada", "link")
    forged = link[:-4] + ("AAAA" if link[-4:] != "AAAA" else "BBBB")
    assert daemon.http("POST", forged).status == 410

    gauges.values["checkout"] = 0
    running.eventually(lambda: mailbox.of_kind("resolved"), "the end is mailed")
    (over,) = mailbox.of_kind("resolved")
    assert over.recipients == ["ada@example.org"]
    assert over.message["References"] == mail.message["References"], "one thread in a mail program"
    assert daemon.alert("CheckoutDown")["status"] == "resolved"
    assert daemon.page_of("CheckoutDown")["page"]["state"] == "resolved"

    trace = daemon.trace("CheckoutDown")
    assert trace["verdict"] == "ada was paged; ada acknowledged by link."
    told = [step["kind"] for step in trace["steps"]]
    for kind in ("alert.fired", "page.started", "page.step", "delivery.sent", "page.acknowledged", "alert.resolved"):
        assert kind in told, told
    assert "service checkout, policy default" in next(s["text"] for s in trace["steps"] if s["kind"] == "alert.fired")

    running.eventually(lambda: daemon.alert("Watchdog"), "the watchdog comes with its next resend")
    watchdog = running.eventually(lambda: daemon.trace("Watchdog"), "is routed")
    assert watchdog["verdict"] == "Nobody was paged: its route pages nobody."
    assert daemon.alert("Watchdog")["status"] == "firing"
    assert len(mailbox.mails) == 2, [mail.subject for mail in mailbox.mails]


MANY = """
groups:
  - name: e2e
    interval: 1s
    rules:
      - alert: Broken
        expr: broken == 1
        labels: { severity: critical }
        annotations: { summary: "{{ $labels.what }} is broken" }
"""


@pytest.mark.parametrize("end", ["SIGTERM", "SIGKILL"])
def test_a_restart_under_a_running_prometheus_loses_nothing(running, loopback, stack, make_daemon, prometheus, end):
    """Prometheus drops the batches that meet no daemon; everything that still holds comes with the next resend."""
    process = '[route]\ngroup_wait = "0s"\ngroup_interval = "1s"\ngroup_by = ["..."]\n'
    daemon = make_daemon(process=process).start()
    before = {f"before{number}": 1 for number in range(60)}
    gauges = stack.enter_context(loopback.Gauges(**before))
    program = prometheus(rules=MANY, target=gauges.target, port=daemon.port)

    def stored() -> dict[str, dict]:
        return {one["labels"]["what"]: one for one in daemon.alerts()}

    running.eventually(lambda: len(stored()) == 60, "every alert is stored")
    running.eventually(lambda: all(one["page_id"] for one in stored().values()), "every alert is paged")
    first = stored()

    daemon.terminate() if end == "SIGTERM" else daemon.kill()
    failed = counter(running, program.web, "prometheus_notifications_errors_total")
    gauges.values.update(dict.fromkeys([f"before{number}" for number in range(20)], 0))
    gauges.values.update({f"during{number}": 1 for number in range(30)})
    running.eventually(
        lambda: counter(running, program.web, "prometheus_notifications_errors_total") > failed,
        "Prometheus dropped a batch",
    )
    daemon.start()

    running.eventually(lambda: len(stored()) == 90, "what began while it was away is stored too")
    resolved = {f"before{number}" for number in range(20)}
    running.eventually(
        lambda: {what for what, one in stored().items() if one["status"] == "resolved"} == resolved,
        "what ended while it was away is resolved, and nothing else",
    )
    second = stored()
    for what, alert in first.items():
        assert second[what]["id"] == alert["id"], "the same alert, not a second one"
        assert second[what]["page_id"] == alert["page_id"], "nobody is paged twice for it"
    running.eventually(lambda: all(one["page_id"] for one in stored().values()), "the new ones are paged")
    running.eventually(lambda: not daemon.get("/v1/health")["deliveries_waiting"], "every page is sent")
    assert daemon.get("/v1/pages", state="all", limit=1000)["total"] == 90
