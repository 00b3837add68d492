"""The alerts of a target, as signals: that it is down, and that its certificate ends soon."""

from __future__ import annotations

from datetime import datetime

from incidentd.plugin import Signal, SignalKind
from incidentd_prober.config import Target
from incidentd_prober.record import Record

DOWN, EXPIRING = "ProbeDown", "CertificateExpires"


def signals(name: str, target: Target, record: Record, now: datetime) -> list[Signal]:
    """What the record says of both alerts. The second is spoken of only for a target that has a certificate."""
    said = [_down(name, target, record)]
    if record.certificate_until is not None:
        said.append(_expiring(name, target, record, record.certificate_until, now))
    return said


def certificate_key(name: str) -> str:
    """The identity of the alert about the certificate."""
    return f"{name}/certificate"


def _down(name: str, target: Target, record: Record) -> Signal:
    labels = _labels(name, target, DOWN, target.severity)
    last = record.recent[0] if record.recent else None
    if not record.down or last is None:
        summary = f"{name} is paused" if record.paused else f"{name} is up again"
        return Signal(key=name, kind=SignalKind.RESOLVED, labels=labels, annotations={"summary": summary})
    annotations = {
        "summary": f"{name} is down: {last.detail or last.outcome}",
        "description": target.description,
        "reason": ": ".join(part for part in (last.outcome, last.detail) if part),
        "target": target.place,
        "timing": record.timing or f"{last.duration or 0:.3f} s",
        "results": ", ".join(f"{one.outcome} at {one.at:%H:%M:%S}" for one in record.recent[:5]),
    }
    return Signal(
        key=name,
        kind=SignalKind.FIRING,
        labels=labels,
        annotations={key: text for key, text in annotations.items() if text},
        starts_at=record.since,
        generator_url=target.url or "",
    )


def _expiring(name: str, target: Target, record: Record, until: datetime, now: datetime) -> Signal:
    labels = _labels(name, target, EXPIRING, "warning")
    key = certificate_key(name)
    if not record.expiring:
        summary = f"{name} is paused" if record.paused else f"the certificate of {name} holds until {until:%Y-%m-%d}"
        return Signal(key=key, kind=SignalKind.RESOLVED, labels=labels, annotations={"summary": summary})
    days = (until - now).days
    annotations = {
        "summary": f"the certificate of {name} ends on {until:%Y-%m-%d %H:%M} UTC, in {days} days",
        "target": target.place,
    }
    return Signal(key=key, kind=SignalKind.FIRING, labels=labels, annotations=annotations)


def _labels(name: str, target: Target, alertname: str, severity: str) -> dict[str, str]:
    labels = {"alertname": alertname, "check": name, "severity": severity, "service": target.service}
    return {key: text for key, text in labels.items() if text}
