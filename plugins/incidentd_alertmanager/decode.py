"""Bodies of `POST /api/v2/alerts` and of webhook version 4, turned into signals. Pure functions; `now` is passed in.

Rules as in prometheus/alertmanager: api/v2/api.go (postAlertsHandler), types (Alert.Validate) and, for the webhook,
notify/webhook and template.Data. `POST /api/v2/alerts` is the hot path: the whole array is decoded in one typed call
and only a body that fails there is looked at alert by alert, so that what is valid in it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec

from incidentd.plugin import (
    DECODE_ERRORS,
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

# A raw NUL is no valid JSON, so only its escape can bring one in. One scan of the body spares a scan of every text.
_NUL_ESCAPE = b"\\u0000"


class PostedAlert(msgspec.Struct, gc=False):
    """One alert of `POST /api/v2/alerts`. There is no status: an end that has passed means resolved."""

    labels: Labels | None = None
    annotations: Labels | None = None
    starts_at: Instant | None = msgspec.field(name="startsAt", default=None)
    ends_at: Instant | None = msgspec.field(name="endsAt", default=None)
    generator_url: Text | None = msgspec.field(name="generatorURL", default=None)


class WebhookAlert(msgspec.Struct, gc=False):
    """One alert of webhook version 4. `fingerprint` is Alertmanager's own."""

    status: str
    labels: Labels | None = None
    annotations: Labels | None = None
    starts_at: Instant | None = msgspec.field(name="startsAt", default=None)
    ends_at: Instant | None = msgspec.field(name="endsAt", default=None)
    generator_url: Text | None = msgspec.field(name="generatorURL", default=None)
    fingerprint: Annotated[str, msgspec.Meta(max_length=512)] | None = None


class _Webhook(msgspec.Struct, gc=False):
    alerts: list[msgspec.Raw]


A = TypeVar("A", PostedAlert, WebhookAlert)
Convert = Callable[[A], Signal]

_posted = msgspec.json.Decoder(list[PostedAlert])
_MEMBERS: dict[str, Any] = {
    "status": str,
    "labels": Labels | None,
    "annotations": Labels | None,
    "startsAt": Instant | None,
    "endsAt": Instant | None,
    "generatorURL": Text | None,
    "fingerprint": Annotated[str, msgspec.Meta(max_length=512)] | None,
}
_POSTED_MEMBERS = {name: type_ for name, type_ in _MEMBERS.items() if name not in ("status", "fingerprint")}


def decode_alerts(body: bytes, now: datetime, resolve_timeout: timedelta) -> Batch:
    """The array of `POST /api/v2/alerts`. Raises `BadRequest` when it is no JSON array at all."""
    expires_at = now + resolve_timeout

    def convert(alert: PostedAlert) -> Signal:
        return posted_signal(alert, now, expires_at)

    try:
        alerts = _posted.decode(body)
    except DECODE_ERRORS:
        return _each(decode_json(mend_text(body), list[msgspec.Raw]), PostedAlert, _POSTED_MEMBERS, convert)
    if _NUL_ESCAPE in body:
        for alert in alerts:
            _show_nul(alert)
    return _converted(alerts, convert)


def decode_webhook(body: bytes, now: datetime) -> Batch:
    """The alerts of a webhook (version 4, or Grafana's, which has the same shape). Raises `BadRequest`.

    Receiver, group and common labels say how Alertmanager routed the alerts; here routes are decided anew.
    """
    raws = decode_json(mend_text(body), _Webhook).alerts

    def convert(alert: WebhookAlert) -> Signal:
        return webhook_signal(alert, now)

    batch = _each(raws, WebhookAlert, _MEMBERS, convert)
    return Batch(batch.signals, [Fault(f"alerts{fault.field}", fault.message) for fault in batch.faults])


def posted_signal(alert: PostedAlert, now: datetime, expires_at: datetime) -> Signal:
    """What `alert` says at `now`; without an end it fires until `expires_at`. Raises `BadRequest`."""
    labels = _labels(alert.labels)
    starts_at = sender_time(alert.starts_at, now)
    ends_at = sender_time(alert.ends_at, now) or expires_at
    if starts_at is not None and starts_at > ends_at:
        raise BadRequest("start time must be before end time", field="startsAt")
    return Signal(
        key=label_fingerprint(labels),
        kind=SignalKind.FIRING if ends_at > now else SignalKind.RESOLVED,
        labels=labels,
        annotations=alert.annotations or {},
        starts_at=starts_at,
        ends_at=ends_at,
        generator_url=alert.generator_url or "",
    )


def webhook_signal(alert: WebhookAlert, now: datetime) -> Signal:
    """What `alert` says. A firing one without an end fires until it is resolved. Raises `BadRequest`."""
    labels = _labels(alert.labels)
    starts_at = sender_time(alert.starts_at, now)
    ends_at = sender_time(alert.ends_at, now)
    if alert.status == "firing":
        kind = SignalKind.FIRING
        if ends_at is not None and ends_at <= now:
            ends_at = None
    elif alert.status == "resolved":
        kind = SignalKind.RESOLVED
        ends_at = end_of_resolved(starts_at, ends_at, now)
    else:
        raise BadRequest(f"Expected firing or resolved, got {safe_line(alert.status, 40)!r}", field="status")
    return Signal(
        key=alert.fingerprint or label_fingerprint(labels),
        kind=kind,
        labels=labels,
        annotations=alert.annotations or {},
        starts_at=starts_at,
        ends_at=ends_at,
        generator_url=alert.generator_url or "",
        # A group's notifications come one after the other. Alertmanager calls an alert resolved when Prometheus was cut
        # off from it, and later tells of it once, with its old start: nobody would be paged if that were overlooked.
        in_order=True,
    )


def _labels(labels: Labels | None) -> Labels:
    """`labels` without the empty ones: Alertmanager drops them before it computes the identity."""
    if labels and "" in labels.values():
        labels = {name: value for name, value in labels.items() if value}
    if not labels:
        raise BadRequest("at least one label with a value is required", field="labels")
    return labels


def _converted(alerts: list[A], convert: Convert[A]) -> Batch:
    signals: list[Signal] = []
    faults: list[Fault] = []
    for index, alert in enumerate(alerts):
        try:
            signals.append(convert(alert))
        except BadRequest as error:
            faults.append(Fault(f"[{index}].{error.field}", str(error)))
    return Batch(signals, faults)


def _each(raws: list[msgspec.Raw], type_: type[A], members: dict[str, Any], convert: Convert[A]) -> Batch:
    """Decode one by one: one bad alert takes none of the others with it."""
    signals: list[Signal] = []
    faults: list[Fault] = []
    decoder = msgspec.json.Decoder(type_)
    for index, raw in enumerate(raws):
        try:
            alert = decoder.decode(raw)
            _show_nul(alert)
            signals.append(convert(alert))
        except BadRequest as error:
            faults.append(Fault(f"[{index}].{error.field}", str(error)))
        except DECODE_ERRORS as error:
            field, message = _culprit(raw, members) or ("", explain(error)[1])
            faults.append(Fault(f"[{index}].{field}" if field else f"[{index}]", message))
    return Batch(signals, faults)


def _show_nul(alert: PostedAlert | WebhookAlert) -> None:
    if alert.labels:
        alert.labels = {storable(name): storable(value) for name, value in alert.labels.items()}
    if alert.annotations:
        alert.annotations = {storable(name): storable(value) for name, value in alert.annotations.items()}
    if alert.generator_url:
        alert.generator_url = storable(alert.generator_url)
    if isinstance(alert, WebhookAlert) and alert.fingerprint:
        alert.fingerprint = storable(alert.fingerprint)


def _culprit(raw: msgspec.Raw, members: dict[str, Any]) -> tuple[str, str] | None:
    """The first member of an alert that cannot be read, down to the label; None when no single one is at fault.

    msgspec's own path ends at `labels[...]`.
    """
    try:
        sent = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except DECODE_ERRORS:
        return None
    for name, type_ in members.items():
        if name not in sent:
            continue
        fault = _fault(sent[name], type_)
        if fault is not None:
            return _culprit_label(name, sent[name]) or (name, fault)
    return None


def _culprit_label(member: str, raw: msgspec.Raw) -> tuple[str, str] | None:
    if member not in ("labels", "annotations"):
        return None
    try:
        sent = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except DECODE_ERRORS:
        return None
    for name, value in sent.items():
        if not name or len(name) > 1024:
            return member, "a name must have 1 to 1024 characters"
        fault = _fault(value, Text)
        if fault is not None:
            return f"{member}.{safe_line(name, 100)}", fault
    return None


def _fault(raw: msgspec.Raw, type_: Any) -> str | None:
    try:
        msgspec.json.decode(raw, type=type_)
    except DECODE_ERRORS as error:
        return explain(error)[1]
    return None
