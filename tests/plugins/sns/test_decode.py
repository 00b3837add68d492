"""What the messages of CloudWatch, EventBridge and people say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import BadRequest, Signal, SignalKind
from incidentd_sns.config import SnsConfig
from incidentd_sns.decode import message_signal
from incidentd_sns.envelope import Envelope, read_envelope

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
ARN = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Payments 5xx"
# As CloudWatch tells it, all members beside each other.
ALARM: dict[str, Any] = {
    "AlarmName": "Payments 5xx",
    "AlarmDescription": "More than 2 % of payments fail",
    "AWSAccountId": "123456789012",
    "AlarmConfigurationUpdatedTimestamp": "2026-01-12T10:00:00.000+0000",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 out of the last 1 datapoints [2.4] was greater than the threshold (2.0).",
    "StateChangeTime": "2026-03-02T08:59:30.123+0000",
    "Region": "EU (Frankfurt)",
    "AlarmArn": ARN,
    "OldStateValue": "OK",
    "OKActions": [TOPIC],
    "AlarmActions": [TOPIC],
    "InsufficientDataActions": [],
    "Trigger": {
        "MetricName": "5xx",
        "Namespace": "AWS/ApplicationELB",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": None,
        "Dimensions": [{"value": "app/shop/50dc6c495c0c9188", "name": "LoadBalancer"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 2.0,
        "TreatMissingData": "missing",
        "EvaluateLowSampleCountPercentile": "",
    },
}
COMPOSITE: dict[str, Any] = {
    "AlarmName": "Shop is down",
    "AlarmDescription": None,
    "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM",
    "NewStateReason": "arn:...:alarm:Payments 5xx transitioned to ALARM",
    "StateChangeTime": "2026-03-02T08:59:30.123+0000",
    "Region": "EU (Frankfurt)",
    "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Shop is down",
    "OldStateValue": "OK",
    "AlarmRule": 'ALARM("Payments 5xx")',
}
ALARM_EVENT: dict[str, Any] = {
    "version": "0",
    "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
    "detail-type": "CloudWatch Alarm State Change",
    "source": "aws.cloudwatch",
    "account": "123456789012",
    "time": "2026-03-02T08:59:30Z",
    "region": "eu-central-1",
    "resources": [ARN],
    "detail": {
        "alarmName": "Payments 5xx",
        "configuration": {"description": "More than 2 % of payments fail", "metrics": [{"id": "m1"}]},
        "previousState": {"value": "OK", "timestamp": "2026-03-02T08:00:00.000+0000"},
        "state": {"value": "ALARM", "reason": "Threshold Crossed", "timestamp": "2026-03-02T08:59:30.123+0000"},
    },
}
HEALTH_EVENT: dict[str, Any] = {
    "version": "0",
    "id": "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "AWS Health Event",
    "source": "aws.health",
    "account": "123456789012",
    "time": "2026-03-02T08:55:00Z",
    "region": "eu-central-1",
    "resources": ["i-0123456789abcdef0"],
    "detail": {"eventTypeCode": "AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED", "service": "EC2"},
}


def config(**members: object) -> SnsConfig:
    return SnsConfig.model_validate({"topics": {TOPIC: {"service": "checkout", "severity": "critical"}}, **members})


def envelope(message: object, subject: str | None = None) -> Envelope:
    return Envelope(
        type="Notification",
        message_id="22b80b92",
        topic_arn=TOPIC,
        message=message if isinstance(message, str) else json.dumps(message),
        timestamp="2026-03-02T08:59:31.655Z",
        signature_version="2",
        signature="",
        signing_cert_url="",
        subject=subject,
    )


def told(message: object, subject: str | None = None, **members: object) -> Signal:
    signal = message_signal(envelope(message, subject), config(**members), NOW)
    assert signal is not None
    return signal


# ------------------------------------------------------------------ CloudWatch
def test_an_alarm_with_everything() -> None:
    signal = told(ALARM, 'ALARM: "Payments 5xx" in EU (Frankfurt)')
    assert (signal.key, signal.kind) == (ARN, SignalKind.FIRING)
    assert signal.starts_at == datetime(2026, 3, 2, 8, 59, 30, 123_000, UTC)
    assert signal.labels == {
        "alertname": "Payments 5xx",
        "service": "checkout",
        "severity": "critical",
        "region": "eu-central-1",
        "account": "123456789012",
        "topic": "alarms",
        "namespace": "AWS/ApplicationELB",
        "metric": "5xx",
        "LoadBalancer": "app/shop/50dc6c495c0c9188",
    }
    assert signal.annotations["summary"] == 'ALARM: "Payments 5xx" in EU (Frankfurt)'
    assert signal.annotations["description"] == "More than 2 % of payments fail"
    assert signal.annotations["reason"] == ALARM["NewStateReason"]
    assert signal.annotations["previous_state"] == "OK"
    assert json.loads(signal.annotations["trigger"]) == ALARM["Trigger"]
    assert signal.generator_url == (
        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/Payments%205xx"
    )


def test_ok_ends_the_alarm_when_it_changed() -> None:
    signal = told({**ALARM, "NewStateValue": "OK", "OldStateValue": "ALARM"})
    assert (signal.key, signal.kind, signal.labels) == (ARN, SignalKind.RESOLVED, {})
    assert signal.ends_at == datetime(2026, 3, 2, 8, 59, 30, 123_000, UTC)
    assert signal.annotations["reason"] == ALARM["NewStateReason"]


@pytest.mark.parametrize(
    ("meaning", "kind"), [("firing", SignalKind.FIRING), ("resolved", SignalKind.RESOLVED), ("ignore", None)]
)
def test_insufficient_data_means_what_the_configuration_says(meaning: str, kind: SignalKind | None) -> None:
    message = {**ALARM, "NewStateValue": "INSUFFICIENT_DATA"}
    signal = message_signal(envelope(message), config(insufficient_data=meaning), NOW)
    assert (signal and signal.kind) == kind


def test_a_state_that_nobody_knows_hides_no_alarm() -> None:
    assert told({**ALARM, "NewStateValue": "DIZZY"}).kind is SignalKind.FIRING


def test_a_composite_alarm_has_no_trigger() -> None:
    signal = told(COMPOSITE)
    assert signal.labels["alertname"] == "Shop is down"
    assert "metric" not in signal.labels
    assert {"trigger", "description"} & set(signal.annotations) == set()


def test_an_alarm_by_eventbridge_is_the_same_alert() -> None:
    by_event, directly = told(ALARM_EVENT), told(ALARM)
    assert (by_event.key, by_event.starts_at) == (directly.key, directly.starts_at)
    assert by_event.labels["alertname"] == "Payments 5xx"
    over = {**ALARM_EVENT, "detail": {**ALARM_EVENT["detail"], "state": {"value": "OK"}}}
    assert (told(over).kind, told(over).ends_at) == (SignalKind.RESOLVED, datetime(2026, 3, 2, 8, 59, 30, tzinfo=UTC))


def test_an_alarm_without_its_arn_is_known_by_its_name() -> None:
    without = {name: value for name, value in ALARM.items() if name != "AlarmArn"}
    assert told(without).key == "alarm:123456789012:EU (Frankfurt):Payments 5xx"
    assert told(without).generator_url == ""
    assert len(told({**without, "AlarmName": "n" * 1000}).key) <= 512


@pytest.mark.parametrize("time", ["soon", "", None, 17, "2026-13-45T00:00:00Z"])
def test_a_time_that_cannot_be_read_loses_no_alarm(time: object) -> None:
    assert told({**ALARM, "StateChangeTime": time}).starts_at is None


def test_the_topics_labels_win() -> None:
    dimensions = [{"name": "service", "value": "evil"}, {"name": "severity", "value": "info"}, {"name": "x"}, 5]
    signal = told({**ALARM, "Trigger": {"Dimensions": dimensions}})
    assert (signal.labels["service"], signal.labels["severity"]) == ("checkout", "critical")


@pytest.mark.parametrize(
    ("partition", "host"), [("aws-cn", "console.amazonaws.cn"), ("aws-us-gov", "console.amazonaws-us-gov.com")]
)
def test_the_console_of_the_other_clouds(partition: str, host: str) -> None:
    arn = ARN.replace("arn:aws:", f"arn:{partition}:")
    assert told({**ALARM, "AlarmArn": arn}).generator_url.startswith(f"https://eu-central-1.{host}/cloudwatch/")


def test_an_arn_cannot_make_a_link_elsewhere() -> None:
    assert told({**ALARM, "AlarmArn": "arn:aws:cloudwatch:evil.example/:1:alarm:x"}).generator_url == ""


# ------------------------------------------------------------------ EventBridge
def test_another_event_fires_for_its_kind_and_resources() -> None:
    signal = told(HEALTH_EVENT)
    assert signal.kind is SignalKind.FIRING
    assert signal.labels["alertname"] == "AWS Health Event"
    assert signal.labels["source"] == "aws.health"
    assert signal.annotations["resources"] == "i-0123456789abcdef0"
    assert json.loads(signal.annotations["detail"]) == HEALTH_EVENT["detail"]
    assert signal.starts_at == datetime(2026, 3, 2, 8, 55, tzinfo=UTC)
    assert told({**HEALTH_EVENT, "id": "other"}).key == signal.key
    assert told({**HEALTH_EVENT, "resources": ["i-1"]}).key != signal.key
    alone = {**HEALTH_EVENT, "resources": []}
    assert told({**alone, "id": "other"}).key != told(alone).key


# ------------------------------------------------------------------ text
def test_plain_text_fires_for_its_subject() -> None:
    signal = told("Nightly backup failed\nsee the log", "Backup")
    assert signal.kind is SignalKind.FIRING
    assert signal.labels == {
        "alertname": "Backup", "topic": "alarms", "service": "checkout", "severity": "critical",
    }  # fmt: skip
    assert signal.annotations == {"summary": "Backup", "description": "Nightly backup failed\nsee the log"}
    assert told("Another text", "Backup").key == signal.key
    assert told("Nightly backup failed", "Other").key != signal.key


def test_without_a_subject_the_first_line_names_it() -> None:
    assert told("\n  Nightly backup failed  \nsee the log").labels["alertname"] == "Nightly backup failed"
    assert told("").labels["alertname"] == "SNS message"
    assert len(told("x" * 5000).labels["alertname"]) == 200


@pytest.mark.parametrize("message", ["17", "[1, 2]", '{"a": 1}', '{"AlarmName": "x"}', '{"source": "y"}', "null"])
def test_json_of_another_shape_is_kept_as_text(message: str) -> None:
    assert told(message).annotations["description"] == message


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def some_of(whole: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(sorted(whole)), ANY_JSON).map(lambda odd: {**whole, **odd})


MESSAGES = st.one_of(
    st.text(), ANY_JSON.map(json.dumps), *(some_of(one).map(json.dumps) for one in (ALARM, ALARM_EVENT, HEALTH_EVENT))
)


@settings(max_examples=100, deadline=None)
@given(MESSAGES, st.none() | st.text())
def test_any_message_gives_a_signal_that_can_be_stored(message: str, subject: str | None) -> None:
    signal = message_signal(envelope(message, subject), config(insufficient_data="firing"), NOW)
    assert signal is not None
    msgspec.json.encode(signal)
    assert 0 < len(signal.key) <= 512
    texts = [signal.key, *signal.labels, *signal.labels.values(), *signal.annotations.values()]
    assert "\x00" not in "".join(texts)
    assert max(map(len, texts)) <= 65_536
    assert all(signal.labels.values())


@settings(max_examples=100, deadline=None)
@given(st.binary() | ANY_JSON.map(lambda x: json.dumps(x).encode()))
def test_any_bytes_are_an_envelope_or_the_senders_fault(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_envelope(body)
