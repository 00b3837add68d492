"""Every type of notification, by the tables of Nagios Core 4 and Icinga 2."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, Secret, Signal, SignalKind
from incidentd_nagios.config import NagiosConfig
from incidentd_nagios.decode import alert_key, notification_signals, read_notification

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT = NOW - timedelta(minutes=7)
FIRING, RESOLVED, ACKNOWLEDGED = SignalKind.FIRING, SignalKind.RESOLVED, SignalKind.ACKNOWLEDGED
HOST = {"HOSTNAME": "db-1", "HOSTSTATE": "DOWN", "HOSTOUTPUT": "PING CRITICAL"}
CHECK = {
    "HOSTNAME": "db-1",
    "SERVICEDESC": "Disk /var",
    "SERVICESTATE": "CRITICAL",
    "SERVICEOUTPUT": "DISK CRITICAL - 2 % free",
}


def signal(
    kind: str, type_: str, fields: dict[str, str], config: dict[str, Any] | None = None, service: str = ""
) -> Signal:
    body = json.dumps({"kind": kind, "type": type_, "at": AT.isoformat(), "fields": fields}).encode()
    (found,) = notification_signals(read_notification(body), NagiosConfig(**(config or {})), service, NOW)
    return found


def check(type_: str = "PROBLEM", config: dict[str, Any] | None = None, service: str = "", **fields: str) -> Signal:
    return signal("service", type_, CHECK | fields, config, service)


def host(type_: str = "PROBLEM", **fields: str) -> Signal:
    return signal("host", type_, HOST | fields)


def test_a_problem_with_everything() -> None:
    found = check(
        LONGSERVICEOUTPUT="/var 2 %\\n/home 40 %",
        SERVICENOTESURL="https://wiki.example/disk",
        HOSTGROUPNAMES="databases,linux",
        HOSTALIAS="Database one",
        NOTIFICATIONNUMBER="3",
    )
    assert (found.kind, found.key, found.starts_at, found.ends_at) == (FIRING, "db-1!Disk /var", AT, None)
    assert found.labels == {
        "alertname": "Disk /var",
        "host": "db-1",
        "check": "Disk /var",
        "hostgroups": "databases,linux",
        "severity": "critical",
    }
    assert found.annotations == {
        "summary": "Disk /var on db-1 is CRITICAL: DISK CRITICAL - 2 % free",
        "description": "/var 2 %\n/home 40 %",
        "state": "CRITICAL",
        "output": "DISK CRITICAL - 2 % free",
        "notification": "PROBLEM",
        "hostalias": "Database one",
        "notificationnumber": "3",
    }
    assert found.generator_url == "https://wiki.example/disk"
    assert found.in_order


def test_a_host_problem() -> None:
    found = host()
    assert (found.kind, found.key) == (FIRING, "db-1")
    assert found.labels == {"alertname": "HostCheck", "host": "db-1", "severity": "critical"}
    assert found.annotations["summary"] == "db-1 is DOWN: PING CRITICAL"


@pytest.mark.parametrize(
    ("type_", "state", "kind"),
    [
        ("PROBLEM", "CRITICAL", FIRING),
        ("problem ", "WARNING", FIRING),
        ("RECOVERY", "OK", RESOLVED),
        ("ACKNOWLEDGEMENT", "CRITICAL", ACKNOWLEDGED),
        ("FLAPPINGSTART", "CRITICAL", FIRING),
        ("FLAPPINGSTART", "OK", FIRING),
        ("FLAPPINGSTOP", "OK", RESOLVED),
        ("FLAPPINGSTOP", "WARNING", FIRING),
        ("FLAPPINGEND", "OK", RESOLVED),
        ("FLAPPINGDISABLED", "CRITICAL", FIRING),
        ("DOWNTIMESTART", "CRITICAL", RESOLVED),
        ("DOWNTIMESTART", "OK", RESOLVED),
        ("DOWNTIMEEND", "CRITICAL", FIRING),
        ("DOWNTIMEEND", "OK", RESOLVED),
        ("DOWNTIMECANCELLED", "UNKNOWN", FIRING),
        ("DOWNTIMECANCELLED", "OK", RESOLVED),
        ("DOWNTIMEREMOVED", "OK", RESOLVED),
        ("CUSTOM", "CRITICAL", FIRING),
        ("CUSTOM", "OK", FIRING),
    ],
)
def test_what_each_type_means(type_: str, state: str, kind: SignalKind) -> None:
    found = check(type_, SERVICESTATE=state)
    assert found.kind is kind
    if kind is RESOLVED:
        assert found.ends_at == AT


@pytest.mark.parametrize(
    ("kind", "state", "severity"),
    [
        ("service", "WARNING", "warning"),
        ("service", "CRITICAL", "critical"),
        ("service", "UNKNOWN", "error"),
        ("host", "DOWN", "critical"),
        ("host", "UNREACHABLE", "warning"),
        ("host", "", "critical"),
    ],
)
def test_the_state_gives_the_severity(kind: str, state: str, severity: str) -> None:
    fields = {**CHECK, **HOST, f"{kind.upper()}STATE": state}
    assert signal(kind, "PROBLEM", fields).labels["severity"] == severity


def test_the_configuration_may_say_another_severity() -> None:
    assert check(config={"severities": {"CRITICAL": "page"}}).labels["severity"] == "page"


def test_what_flaps_is_a_warning_in_whatever_state_it_is() -> None:
    found = check("FLAPPINGSTART", SERVICESTATE="OK")
    assert found.labels["severity"] == "warning"
    assert found.annotations["summary"].startswith("Disk /var on db-1 flaps: ")


@pytest.mark.parametrize("type_", ["FLAPPINGSTOP", "DOWNTIMEEND", "DOWNTIMECANCELLED"])
def test_where_the_state_decides_it_has_to_be_told(type_: str) -> None:
    with pytest.raises(BadRequest) as caught:
        check(type_, SERVICESTATE="")
    assert caught.value.field == "fields.SERVICESTATE"


def test_an_acknowledgement_names_who() -> None:
    found = check("ACKNOWLEDGEMENT", NOTIFICATIONAUTHOR="ada", NOTIFICATIONCOMMENT="on it")
    assert found.key == check().key
    assert found.annotations["acknowledged_by"] == found.annotations["author"] == "ada"
    assert check("ACKNOWLEDGEMENT", SERVICEACKAUTHOR="lin").annotations["acknowledged_by"] == "lin"
    assert check("ACKNOWLEDGEMENT").annotations["acknowledged_by"] == "nagios"


def test_a_custom_notification_about_something_healthy_ends_by_itself() -> None:
    found = check("CUSTOM", SERVICESTATE="OK", NOTIFICATIONAUTHOR="ada", NOTIFICATIONCOMMENT="look at this")
    assert found.ends_at == NOW + timedelta(hours=1)
    assert found.key != check().key
    assert found.labels["severity"] == "info"
    assert found.annotations["summary"] == "Disk /var on db-1 (ada writes) is OK: look at this"
    broken = check("CUSTOM", NOTIFICATIONCOMMENT="look at this")
    assert (broken.key, broken.ends_at) == (check().key, None)


def test_the_service_of_the_key_wins_and_has_alerts_of_its_own() -> None:
    config = {"labels": {"service": "_HOSTTEAM", "team": "_HOSTTEAM", "alertname": "HOSTNAME"}}
    found = check(config=config, service="checkout", _HOSTTEAM="payroll")
    assert (found.labels["service"], found.labels["team"]) == ("checkout", "payroll")
    assert found.labels["alertname"] == "Disk /var"
    assert found.key == "checkout!db-1!Disk /var"


@given(st.lists(st.text("a!%2", min_size=1, max_size=4), min_size=2, max_size=4))
def test_no_two_things_share_a_key(parts: list[str]) -> None:
    def key(service: str, name: str, desc: str) -> str:
        fields = CHECK | {"HOSTNAME": name, "SERVICEDESC": desc}
        body = json.dumps({"kind": "service", "type": "PROBLEM", "fields": fields}).encode()
        return alert_key(read_notification(body), service)

    seen = {(a, b, c): key(a, b, c) for a in ("", *parts) for b in parts for c in parts}
    assert len({(bool(a), found) for (a, _, _), found in seen.items()}) == len(seen)


def test_a_long_key_still_fits() -> None:
    one, two = check(SERVICEDESC="x" * 600), check(SERVICEDESC="x" * 601)
    assert len(one.key) <= 512
    assert one.key != two.key


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "thing"}, "kind"),
        ({"type": "NOPE"}, "type"),
        ({"fields": {"SERVICEDESC": "x"}}, "fields.HOSTNAME"),
        ({"fields": {"HOSTNAME": "x"}}, "fields.SERVICEDESC"),
        ({"fields": {"HOSTNAME": "x", "SERVICEDESC": " "}}, "fields.SERVICEDESC"),
        ({"fields": {"HOSTNAME": 5}}, "fields[...]"),
        ({"fields": {"": "x"}}, "fields"),
        ({"fields": {"n" * 300: "x"}}, "fields"),
        ({"fields": {f"F{n}": "x" for n in range(201)}}, "fields"),
        ({"at": "yesterday"}, "at"),
    ],
)
def test_a_fault_names_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_notification(json.dumps({"kind": "service", "type": "PROBLEM", "fields": CHECK} | change).encode())
    assert caught.value.field == field


def test_a_link_is_a_web_address_and_that_of_the_host_serves_its_checks() -> None:
    assert check(SERVICENOTESURL="javascript:alert(1)").generator_url == ""
    assert check(HOSTNOTESURL="http://wiki/h", SERVICEACTIONURL="http://act/").generator_url == "http://wiki/h"
    assert check(SERVICEACTIONURL="http://act/").generator_url == "http://act/"


def test_a_time_ahead_counts_as_now() -> None:
    body = json.dumps({"kind": "host", "type": "PROBLEM", "at": "2027-01-01T00:00:00Z", "fields": HOST}).encode()
    (found,) = notification_signals(read_notification(body), NagiosConfig(), "", NOW)
    assert found.starts_at == NOW


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"keys": {"web": []}}, "keys.web has no key"),
        ({"keys": {"": [Secret("a")]}}, "without a name"),
        ({"keys": {"web": [Secret("a")], "shop": [Secret("a")]}}, "another service has"),
        ({"severities": {"BAD": "x"}}, "severities.BAD is no state"),
        ({"labels": {"": "X"}}, "labels has an empty name"),
        ({"custom_seconds": 1}, "greater than or equal to 60"),
    ],
)
def test_a_bad_configuration_says_what_is_wrong(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        NagiosConfig.model_validate(config)
