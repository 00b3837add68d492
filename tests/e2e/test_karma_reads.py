"""What the karma dashboard asks of an Alertmanager, asked the way it asks, with the types its decoder demands.

karma is a Go program that no registry here carries, so its calls stand here in its place: the metric it finds the
version by, groups and silences with the members it decodes, and what its silence form posts and deletes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.e2e

ALERT = {
    "startsAt": str,
    "annotations": dict,
    "labels": dict,
    "fingerprint": str,
    "status": dict,
}
SILENCE = {"id": str, "startsAt": str, "endsAt": str, "comment": str, "createdBy": str, "matchers": list}


def rfc3339(at: datetime) -> str:
    """As karma's form writes times: milliseconds, and Z for UTC."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def has(document: dict, members: Mapping[str, type]) -> None:
    for name, kind in members.items():
        assert isinstance(document[name], kind), f"{name}: {document[name]!r}"


def test_the_version_is_found_in_the_metrics(daemon):
    text = daemon.http("GET", "/metrics").body.decode()
    (version,) = re.findall(r'^alertmanager_build_info\{version="([\d.]+)"\} 1', text, re.MULTILINE)
    assert tuple(map(int, version.split("."))) >= (0, 22, 0)


def test_groups_and_silences_have_what_it_decodes(daemon):
    daemon.fire("DiskFull", severity="critical", service="checkout")
    now = datetime.now(UTC)
    form = {
        "matchers": [{"name": "alertname", "value": "Disk.+", "isRegex": True, "isEqual": True}],
        "startsAt": rfc3339(now),
        "endsAt": rfc3339(now + timedelta(hours=1)),
        "createdBy": "ada",
        "comment": "swap",
    }
    silence_id = daemon.post("/api/v2/silences", form).json()["silenceID"]

    (group,) = daemon.http("GET", "/api/v2/alerts/groups").json()
    has(group, {"labels": dict, "receiver": dict, "alerts": list})
    assert group["receiver"]["name"] == "checkout"
    (alert,) = group["alerts"]
    has(alert, ALERT)
    assert (alert["status"]["state"], alert["status"]["silencedBy"]) == ("suppressed", [silence_id])
    assert alert["status"]["inhibitedBy"] == []

    (silence,) = daemon.http("GET", "/api/v2/silences").json()
    has(silence, SILENCE)
    assert silence["matchers"] == form["matchers"]
    changed = form | {"id": silence_id, "comment": "swapped"}
    assert daemon.post("/api/v2/silences", changed).json() == {"silenceID": silence_id}
    assert daemon.http("DELETE", f"/api/v2/silence/{silence_id}").status == 200
    (ended,) = daemon.http("GET", "/api/v2/silences").json()
    assert datetime.fromisoformat(ended["endsAt"]) <= datetime.now(UTC)
