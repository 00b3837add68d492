"""Bodies of Grafana's webhook, turned into signals. Pure functions; `now` is passed in.

The format is that of Alertmanager's webhook with members of its own: grafana/alerting, receivers/webhook and
templates (ExtendedData, ExtendedAlert).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from incidentd.plugin import (
    DECODE_ERRORS,
    MAX_TEXT,
    BadRequest,
    Signal,
    SignalKind,
    decode_json,
    explain,
    label_fingerprint,
    mend_text,
    safe_line,
    sender_time,
    storable,
)
from incidentd.plugin.batches import Batch, Fault
from incidentd.plugin.decoding import Instant, Labels, Text, end_of_resolved

_ABSENT = msgspec.Raw(b"null")


class GrafanaAlert(msgspec.Struct, frozen=True, gc=False):
    """One alert of the webhook. `fingerprint` is Grafana's own, over the labels of the alert instance."""

    status: str
    labels: Labels | None = None
    annotations: Labels | None = None
    starts_at: Instant | None = msgspec.field(name="startsAt", default=None)
    ends_at: Instant | None = msgspec.field(name="endsAt", default=None)
    generator_url: Text | None = msgspec.field(name="generatorURL", default=None)
    fingerprint: Annotated[str, msgspec.Meta(max_length=512)] | None = None
    silence_url: Text | None = msgspec.field(name="silenceURL", default=None)
    dashboard_url: Text | None = msgspec.field(name="dashboardURL", default=None)
    panel_url: Text | None = msgspec.field(name="panelURL", default=None)
    image_url: Text | None = msgspec.field(name="imageURL", default=None)
    rule_uid: Text | None = msgspec.field(name="ruleUID", default=None)
    value_string: Text | None = msgspec.field(name="valueString", default=None)
    values: msgspec.Raw = _ABSENT  # an object: the result of each query and expression


class _Webhook(msgspec.Struct, gc=False):
    alerts: list[msgspec.Raw]
    truncated: int | None = msgspec.field(name="truncatedAlerts", default=None)


def decode_webhook(body: bytes, now: datetime) -> Batch:
    """The alerts of one notification. Raises `BadRequest` when it has no array of alerts."""
    webhook = decode_json(mend_text(body), _Webhook)
    decoder = msgspec.json.Decoder(GrafanaAlert)
    signals: list[Signal] = []
    faults: list[Fault] = []
    for index, raw in enumerate(webhook.alerts):
        field = ""
        try:
            signals.append(alert_signal(decoder.decode(raw), now, webhook.truncated or 0))
            continue
        except BadRequest as error:
            field, message = error.field, str(error)
        except DECODE_ERRORS as error:
            field, message = explain(error)
        faults.append(Fault(f"alerts[{index}].{field}" if field else f"alerts[{index}]", message))
    return Batch(signals, faults)


def alert_signal(alert: GrafanaAlert, now: datetime, truncated: int) -> Signal:
    """What `alert` says; it fires until it is resolved. Raises `BadRequest`."""
    labels = _stored(alert.labels)
    if not labels:
        raise BadRequest("at least one label with a value is required", field="labels")
    starts_at = sender_time(alert.starts_at, now)
    ends_at = None
    if alert.status == "firing":
        # Grafana repeats a firing alert after hours only, so an end that it foresees must not end it here.
        kind = SignalKind.FIRING
    elif alert.status == "resolved":
        kind = SignalKind.RESOLVED
        ends_at = end_of_resolved(starts_at, sender_time(alert.ends_at, now), now)
    else:
        raise BadRequest(f"Expected firing or resolved, got {safe_line(alert.status, 40)!r}", field="status")
    return Signal(
        key=storable(alert.fingerprint) if alert.fingerprint else label_fingerprint(labels),
        kind=kind,
        labels=labels,
        annotations=_annotations(alert, truncated),
        starts_at=starts_at,
        ends_at=ends_at,
        generator_url=storable(alert.generator_url or ""),
        in_order=True,  # a group's notifications come one after the other, as Alertmanager's
    )


def _annotations(alert: GrafanaAlert, truncated: int) -> dict[str, str]:
    """Grafana's links and values, and the rule's own annotations, which win over them."""
    values = bytes(alert.values).decode()
    if len(values) > MAX_TEXT:
        raise BadRequest(f"is longer than {MAX_TEXT} characters", field="values")
    extra = {
        "silenceURL": alert.silence_url,
        "dashboardURL": alert.dashboard_url,
        "panelURL": alert.panel_url,
        "imageURL": alert.image_url,
        "ruleUID": alert.rule_uid,
        "valueString": alert.value_string,
        "values": "" if values in ("null", "{}") else values,
        "truncatedAlerts": str(truncated) if truncated > 0 else "",
    }
    return _stored({name: text for name, text in extra.items() if text}) | _stored(alert.annotations)


def _stored(texts: dict[str, str] | None) -> dict[str, str]:
    return {storable(name): storable(text) for name, text in (texts or {}).items() if text}
