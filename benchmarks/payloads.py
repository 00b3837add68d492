"""Request bodies as Prometheus sends them: about 0.75 KiB of JSON an alert."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

NAMES = (
    "HighErrorRate", "DiskWillFill", "NodeDown", "PodCrashLooping", "SlowRequests", "CertificateExpires",
    "QueueGrows", "ReplicaLags", "OutOfMemory", "TargetDown",
)  # fmt: skip
SERVICES = ("checkout", "search", "accounts", "mail", "reports")
SEVERITIES = ("critical", "warning", "info")


def instant(offset: float = 0.0) -> str:
    """Now plus `offset` seconds, as RFC 3339."""
    at = datetime.now(UTC) + timedelta(seconds=offset)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alert(run: str, number: int, starts: str, ends: str, **labels: str) -> dict[str, object]:
    """One alert, told from all others by (run, number)."""
    name = NAMES[number % len(NAMES)]
    host = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}:9100"
    return {
        "labels": {
            "alertname": name,
            "service": SERVICES[number % len(SERVICES)],
            "severity": SEVERITIES[number % len(SEVERITIES)],
            "cluster": "north-1",
            "namespace": "production",
            "job": "node",
            "instance": host,
            "run": run,
            "number": str(number),
            **labels,
        },
        "annotations": {
            "summary": f"{name} on {host}",
            "description": f"{host} has been over its limit for five minutes; the value is {number % 100}.{number % 7}."
            " Look at the dashboard before you restart anything, and tell the others what you see.",
            "runbook_url": f"https://runbooks.example.org/{name}",
        },
        "startsAt": starts,
        "endsAt": ends,
        "generatorURL": "http://prometheus.example.org:9090/graph?g0.expr=rate%28requests_total%5B5m%5D%29%3E0.05&g0.tab=1",
    }


def bodies(run: str, count: int, batch: int, *, first: int = 0, **labels: str) -> list[bytes]:
    """`count` alerts, `batch` to a body; they stay active for a day."""
    starts, ends = instant(), instant(86_400)
    made = []
    for low in range(first, first + count, batch):
        numbers = range(low, min(low + batch, first + count))
        alerts = [alert(run, number, starts, ends, **labels) for number in numbers]
        made.append(json.dumps(alerts, separators=(",", ":")).encode())
    return made
