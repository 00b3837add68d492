"""The alert of a check, as a signal."""

from __future__ import annotations

from incidentd.plugin import Signal, SignalKind
from incidentd_heartbeat.config import CheckConfig, NewCheck
from incidentd_heartbeat.history import Expected, History

ALERTNAME = "HeartbeatDown"


def alert_signal(name: str, check: CheckConfig | NewCheck, history: History) -> Signal:
    """What a check's history says about its alert.

    The end carries no time of its own: the clock of the node that found the check late may be ahead of the one that
    heard the ping, and an end before the beginning would be taken for one of an earlier episode.
    """
    labels = {"alertname": ALERTNAME, "check": name, "severity": check.severity, "service": check.service}
    if not history.down:
        summary = f"{name} is paused" if history.paused_at is not None else f"{name} was heard of again"
        return Signal(key=name, kind=SignalKind.RESOLVED, labels=_given(labels), annotations={"summary": summary})
    annotations = {
        "summary": f"{name} is down: {history.reason}",
        "description": check.description,
        "expects": str(Expected(check.rule, check.grace)),
        "last_good_ping": f"{history.good_at:%Y-%m-%d %H:%M:%S} UTC" if history.good_at else "none yet",
        "last_run": f"{history.last_duration:.1f} s" if history.last_duration is not None else "",
        "output": history.body,
        "output_of": history.body_of,
    }
    return Signal(
        key=name,
        kind=SignalKind.FIRING,
        labels=_given(labels),
        annotations=_given(annotations),
        starts_at=history.since,
    )


def _given(texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}
