"""What a message says: a CloudWatch alarm, an EventBridge event, or plain text. Pure functions.

The formats are AWS's: "Amazon SNS notifications for CloudWatch alarms" and "Amazon EventBridge events".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

import msgspec

from incidentd.plugin import BadRequest, Signal, SignalKind, decode_json, label_fingerprint, sender_time, storable
from incidentd.plugin.decoding import MAX_TEXT
from incidentd.plugin.members import Members
from incidentd_sns.config import Labels, SnsConfig
from incidentd_sns.envelope import Envelope

MAX_ALERTNAME = 200
_MAX_PLAIN_KEY = 500
_CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
_ALARM_EVENT = ("aws.cloudwatch", "CloudWatch Alarm State Change")


def message_signal(envelope: Envelope, config: SnsConfig, now: datetime) -> Signal | None:
    """What the message of a `Notification` says; None when it is about no alert. Raises `BadRequest`."""
    labels = config.topics[envelope.topic_arn]
    try:
        members = Members(decode_json(envelope.message.encode(), dict[str, msgspec.Raw]))
    except (BadRequest, UnicodeEncodeError):
        return _text_signal(envelope, labels)
    if members.text("AlarmName") and members.text("NewStateValue"):
        return _alarm_signal(_from_notification(members), envelope, config, now)
    if (members.text("source"), members.text("detail-type")) == _ALARM_EVENT:
        return _alarm_signal(_from_event(members), envelope, config, now)
    if members.text("source") and members.text("detail-type"):
        return _event_signal(members, envelope, labels, now)
    return _text_signal(envelope, labels)


class _Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudWatch alarm, whichever way it was told."""

    name: str
    arn: str
    account: str
    region: str
    state: str
    changed_at: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def key(self) -> str:
        return self.arn or f"alarm:{self.account}:{self.region}:{self.name}"


def _from_notification(alarm: Members) -> _Alarm:
    """As a CloudWatch alarm action tells it."""
    trigger = alarm.object("Trigger")
    arn = alarm.text("AlarmArn")
    return _Alarm(
        name=alarm.text("AlarmName"),
        arn=arn,
        account=alarm.text("AWSAccountId"),
        region=_region(arn) or alarm.text("Region"),
        state=alarm.text("NewStateValue"),
        changed_at=alarm.text("StateChangeTime"),
        labels={
            **{one.text("name"): one.text("value") for one in trigger.objects("Dimensions")},
            "namespace": trigger.text("Namespace"),
            "metric": trigger.text("MetricName"),
        },
        annotations={
            "description": alarm.text("AlarmDescription"),
            "reason": alarm.text("NewStateReason"),
            "previous_state": alarm.text("OldStateValue"),
            "trigger": alarm.json("Trigger"),
        },
    )


def _from_event(event: Members) -> _Alarm:
    """As EventBridge tells it."""
    detail = event.object("detail")
    state = detail.object("state")
    configuration = detail.object("configuration")
    return _Alarm(
        name=detail.text("alarmName"),
        arn=next(iter(event.texts("resources")), ""),
        account=event.text("account"),
        region=event.text("region"),
        state=state.text("value"),
        changed_at=state.text("timestamp") or event.text("time"),
        labels={},
        annotations={
            "description": configuration.text("description"),
            "reason": state.text("reason"),
            "previous_state": detail.object("previousState").text("value"),
            "trigger": configuration.json("metrics"),
        },
    )


def _alarm_signal(alarm: _Alarm, envelope: Envelope, config: SnsConfig, now: datetime) -> Signal | None:
    """One alarm is one alert, whichever way it is told."""
    kind = _meaning(alarm.state, config)
    if kind is None:
        return None
    changed_at = _time(alarm.changed_at, now)
    key = storable(alarm.key)
    key = key if len(key) <= _MAX_PLAIN_KEY else f"alarm:{_digest(key)}"
    annotations = {
        "summary": envelope.subject or f"{alarm.state}: {alarm.name}",
        **alarm.annotations,
    }
    if kind is SignalKind.RESOLVED:
        return Signal(key=key, kind=kind, labels={}, annotations=_present(annotations), ends_at=changed_at)
    labels = {
        **alarm.labels,
        "region": alarm.region,
        "account": alarm.account,
        "topic": _topic_name(envelope),
        "alertname": alarm.name[:MAX_ALERTNAME],
        **config.topics[envelope.topic_arn],
    }
    return Signal(
        key=key,
        kind=kind,
        labels=_present(labels),
        annotations=_present(annotations),
        starts_at=changed_at,
        generator_url=_console(alarm),
    )


def _meaning(state: str, config: SnsConfig) -> SignalKind | None:
    """An unknown state fires: it must not hide an alert."""
    if state == "OK":
        return SignalKind.RESOLVED
    if state == "INSUFFICIENT_DATA":
        return None if config.insufficient_data == "ignore" else SignalKind(config.insufficient_data)
    return SignalKind.FIRING


def _event_signal(event: Members, envelope: Envelope, topic_labels: Labels, now: datetime) -> Signal:
    """Another EventBridge event: it fires for its kind and its resources, and nothing ends it but a person."""
    source, kind, resources = event.text("source"), event.text("detail-type"), event.texts("resources")
    about = sorted(resources) or [event.text("id") or envelope.message_id]
    labels = {
        "region": event.text("region"),
        "account": event.text("account"),
        "source": source,
        "topic": _topic_name(envelope),
        "alertname": kind[:MAX_ALERTNAME],
        **topic_labels,
    }
    annotations = {
        "summary": envelope.subject or f"{kind} ({source})",
        "resources": ", ".join(resources)[:MAX_TEXT],
        "detail": event.json("detail"),
    }
    return Signal(
        key=f"event:{_digest(source, kind, *about)}",
        kind=SignalKind.FIRING,
        labels=_present(labels),
        annotations=_present(annotations),
        starts_at=_time(event.text("time"), now),
    )


def _text_signal(envelope: Envelope, topic_labels: Labels) -> Signal:
    """Any other message: it fires for its subject, or its first line, and nothing ends it but a person."""
    text = envelope.message.strip()
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    title = (envelope.subject or "").strip() or first or "SNS message"
    labels = {"topic": _topic_name(envelope), "alertname": title[:MAX_ALERTNAME], **topic_labels}
    return Signal(
        key=f"text:{label_fingerprint({'topic': envelope.topic_arn, 'title': storable(title[:MAX_TEXT])})}",
        kind=SignalKind.FIRING,
        labels=_present(labels),
        annotations=_present({"summary": title, "description": text}),
        starts_at=envelope.sent_at(),
    )


def _present(texts: Mapping[str, str]) -> dict[str, str]:
    return {storable(name[:1024]): storable(text[:MAX_TEXT]) for name, text in texts.items() if name and text}


def _topic_name(envelope: Envelope) -> str:
    return envelope.topic_arn.rpartition(":")[2]


def _region(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) > 5 else ""


def _time(text: str, now: datetime) -> datetime | None:
    """The sender's time; None for one that cannot be read, for an alarm must not be lost to it."""
    try:
        return sender_time(datetime.fromisoformat(text), now)
    except ValueError:
        return None


def _console(alarm: _Alarm) -> str:
    """The alarm's page in AWS's console; "" when its region is not known."""
    parts = alarm.arn.split(":")
    if len(parts) < 6 or not parts[3].replace("-", "").isalnum():
        return ""
    host = _CONSOLES.get(parts[1], "console.aws.amazon.com")
    name = quote(alarm.name.encode("utf-8", "replace"), safe="")
    return f"https://{parts[3]}.{host}/cloudwatch/home?region={parts[3]}#alarmsV2:alarm/{name}"


def _digest(*texts: str) -> str:
    return label_fingerprint({str(place): text for place, text in enumerate(texts)})
