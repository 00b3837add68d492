"""What a running daemon shows in /metrics: as Prometheus reads it, as the documentation lists it, and as the dashboard
and the example alert rules ask for it."""

import json
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families

from incidentd.client import Client
from incidentd.daemon import Daemon
from incidentd.ingress.node_metrics import ALWAYS
from incidentd.settings import load_configuration

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "config/grafana/incidentd.json").read_text())
RULES = yaml.safe_load((ROOT / "config/prometheus-alerts.yml").read_text())
SOMETIMES = {
    "incidentd_backup_last_timestamp_seconds",
    "incidentd_backup_size_bytes",
    "incidentd_tls_certificate_expires_timestamp_seconds",
    "incidentd_store_growth_bytes_per_day",
}
"""Shown where TLS is spoken."""
MAIN = """
[daemon]
state_dir = "{0}/state"
runtime_dir = "{0}/run"
[ingress]
listen = ["127.0.0.1:0"]
[notifiers.file]
type = "log"
path = "{0}/pages.jsonl"
"""
NAME = re.compile(r"\b(?:incidentd|process)_[a-z_]+\b")


@pytest.fixture(scope="module")
def scrape(tmp_path_factory):
    """The text that a daemon answers with after a few requests."""
    import asyncio

    place = tmp_path_factory.mktemp("d")
    (place / "incidentd.toml").write_text(MAIN.format(place))

    async def run():
        daemon = Daemon(load_configuration(place, {}), config_path=place)
        await daemon.start()
        client = Client(daemon.configuration.daemon.api.socket_path)
        try:
            await client.info()
            url = f"{daemon.urls()[0]}/metrics"
            answer = await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=10).read())
            return answer.decode()
        finally:
            await client.close()
            await daemon.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def families(scrape):
    return {one.name: one for one in text_string_to_metric_families(scrape)}


def full_name(family):
    return f"{family.name}_total" if family.type == "counter" else family.name


def test_names_types_and_helps_are_as_prometheus_wants_them(families):
    for family in families.values():
        if not family.name.startswith("incidentd_"):
            continue
        assert family.documentation.endswith("."), family.name
        assert family.documentation.lower().rstrip(".") != family.name.removeprefix("incidentd_").replace("_", " ")
        assert not re.search(r"_(?:total|count|sum|bucket|mib|ms|minutes|percent)$", family.name), family.name
        if family.type == "histogram":
            assert family.name.endswith("_seconds")
        for sample in family.samples:  # a scrape gives these to what it scrapes
            assert not sample.labels.keys() & {"instance", "job"}, sample
    assert not any("person" in sample.labels for one in families.values() for sample in one.samples)
    samples = {sample.name: sample for one in families.values() for sample in one.samples}
    assert samples["incidentd_api_requests_total"].labels == {"method": "GET", "route": "/v1/info", "code": "200"}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Prometheus is not installed")
def test_promtool_has_nothing_to_say(scrape, tmp_path):
    said = subprocess.run(["promtool", "check", "metrics"], input=scrape, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    asked = tmp_path / "dashboard.yml"  # its expressions, as rules: so they are parsed
    recorded = [{"record": f"panel:{number}", "expr": filled_in(one)} for number, (_, one) in enumerate(expressions())]
    asked.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}))
    rules = ["promtool", "check", "rules", str(ROOT / "config/prometheus-alerts.yml"), str(asked)]
    checked = subprocess.run(rules, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert f"SUCCESS: {len(recorded)} rules found" in checked.stdout


def filled_in(expression):
    """As Grafana asks it."""
    for name, value in (("$__rate_interval", "5m"), ("$__range", "1h"), ("$job", ".*")):
        expression = expression.replace(name, value)
    return expression


def documented():
    """The rows of the tables in the documentation: (name, type, labels, text)."""
    text = (ROOT / "docs/operations.md").read_text()
    found = re.findall(r"^\| `(incidentd_\w+)` \| (\w+) \| ([^|]*) \| (.*) \|$", text, re.MULTILINE)
    return {name: (kind, labels.replace("`", "").strip(), said) for name, kind, labels, said in found}


def test_the_documentation_lists_each_as_it_is(families):
    listed = documented()
    shown = {full_name(one): one for one in families.values() if one.name.startswith("incidentd_")}
    assert listed.keys() == shown.keys() | SOMETIMES
    for name, family in shown.items():
        kind, labels, said = listed[name]
        assert (kind, said) == (family.type, family.documentation.replace("|", "\\|")), name
        labelled = {label for sample in family.samples for label in sample.labels} - {"le"}
        if family.samples:
            assert set(labels.split(", ")) - {""} == labelled, name


# ------------------------------------------------------------------ the dashboard
def panels():
    return [one for one in DASHBOARD["panels"] if one["type"] != "row"]


def expressions():
    asked = [(one["title"], target["expr"]) for one in panels() for target in one["targets"]]
    return asked + [(one["name"], one["expr"]) for one in DASHBOARD["annotations"]["list"] if "expr" in one]


def known(families):
    names = {sample.name for one in families.values() for sample in one.samples}
    return names | {full_name(one) for one in families.values()} | SOMETIMES


@pytest.mark.parametrize(("title", "expression"), expressions())
def test_each_panel_asks_for_what_there_is(families, title, expression):
    asked = set(NAME.findall(expression))
    assert asked, title
    assert asked <= known(families), title
    labels = {
        label for one in families.values() for sample in one.samples for label in (*sample.labels, "instance", "job")
    } | {"source", "reason"}
    for grouped in re.findall(r"by \(([^)]*)\)", expression):
        assert set(grouped.split(", ")) <= labels, title
    for kinds in re.findall(r'kind=~"([^"]*)"', expression):
        assert set(kinds.split("|")) <= set(ALWAYS), title


def test_the_dashboard_can_be_imported():
    assert DASHBOARD["uid"] == "incidentd"
    assert DASHBOARD["schemaVersion"] >= 36  # data sources as objects
    assert DASHBOARD["id"] is None
    rows = [one["title"] for one in DASHBOARD["panels"] if one["type"] == "row"]
    assert rows == ["Paging health", "Promises", "Reviews and learning", "Load and leaks", "The daemon"]
    ids = [one["id"] for one in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    variables = {one["name"]: one["type"] for one in DASHBOARD["templating"]["list"]}
    assert variables == {"datasource": "datasource", "job": "query"}
    source = {"type": "prometheus", "uid": "${datasource}"}
    for one in panels():
        assert one["datasource"] == source
        assert all(target["datasource"] == source for target in one["targets"])
        assert one["description"], one["title"]
        assert len({target["refId"] for target in one["targets"]}) == len(one["targets"])


def test_panels_lie_beside_each_other():
    taken = {}
    for one in DASHBOARD["panels"]:
        place = one["gridPos"]
        assert place["x"] + place["w"] <= 24, one["title"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), one["title"]) == one["title"]


def test_no_panel_shows_a_mean():
    for title, expression in expressions():
        assert not re.search(r"_sum\b|\bavg|quantile", expression), title
        assert not re.search(r"\bmean\b|\baverage\b|MTT", title, re.IGNORECASE)


# ------------------------------------------------------------------ the alert rules
def rules():
    return [rule for group in RULES["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_each_rule_asks_for_what_there_is_and_says_what_to_do(families, rule):
    asked = set(NAME.findall(rule["expr"]))
    assert asked
    assert asked <= known(families)
    assert rule["annotations"].keys() == {"summary", "remedy"}
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
