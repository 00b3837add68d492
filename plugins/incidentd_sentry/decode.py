"""Bodies of Sentry's integration webhooks, turned into signals. Pure functions.

The format is described in getsentry/sentry-docs, docs/integrations/integration-platform/webhooks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping

import msgspec

from incidentd.plugin import BadRequest, Signal, SignalKind, decode_json, mend_text, safe_line
from incidentd.plugin.members import Members

MAX_ALERTNAME = 200
MAX_ID = 200
SEVERITIES: Mapping[str, str] = {
    "fatal": "critical",
    "error": "error",
    "warning": "warning",
    "info": "info",
    "debug": "info",
    "sample": "info",
}
ENDS_ISSUE = ("resolved", "archived", "ignored")  # "ignored": the name of "archived" until 2023
_PROJECT_URL = re.compile(r"/api/0/projects/(?P<organization>[^/?#]+)/(?P<project>[^/?#]+)/")
_ISSUE_URL = re.compile(r"/issues/(?P<issue>[^/?#]+)/?$")

ServiceOf = Callable[[Iterable[str]], str]


class _Hook(msgspec.Struct):
    data: dict[str, msgspec.Raw]
    action: str = ""


def decode_hook(resource: str, body: bytes, service_of: ServiceOf) -> Signal | None:
    """What a webhook of the kind `resource` (Sentry-Hook-Resource) says; None when it is about no alert.

    Raises `BadRequest` for a body that should be about an alert and does not say about which.
    """
    read = _READERS.get(resource)
    if read is None:
        return None
    hook = decode_json(mend_text(body), _Hook)
    return read(hook.action, Members(hook.data), service_of)


def _issue_alert(_action: str, data: Members, service_of: ServiceOf) -> Signal:
    """An issue alert rule was triggered. It fires until the issue is resolved or archived."""
    event = data.object("event")
    issue = event.text("issue_id") or _part(_ISSUE_URL, event.text("issue_url"), "issue")
    project = _part(_PROJECT_URL, event.text("url"), "project")
    number = event.text("project")
    level = event.text("level")
    title = event.text("title") or event.text("message")
    labels = {
        "alertname": data.text("triggered_rule") or title or "Sentry issue",
        "severity": SEVERITIES.get(level, ""),
        "level": level,
        "project": project or number,
        "organization": _part(_PROJECT_URL, event.text("url"), "organization"),
        "environment": event.text("environment") or event.pairs("tags").get("environment", ""),
        "service": service_of((project, number)),
    }
    annotations = {
        "summary": title,
        "culprit": event.text("culprit"),
        "message": event.text("message"),
        "platform": event.text("platform"),
        "release": event.text("release") or event.pairs("tags").get("release", ""),
    }
    return _firing(_issue_key(issue, "data.event.issue_id"), labels, annotations, event.text("web_url"))


def _activity_alert(_action: str, data: Members, service_of: ServiceOf) -> Signal:
    """A rule was triggered by what happened to an issue. It speaks of the same alert as an issue alert."""
    issue = data.object("issue")
    key = _issue_key(issue.text("id"), "data.issue.id")
    if issue.text("status") in ENDS_ISSUE:
        return Signal(key=key, kind=SignalKind.RESOLVED, labels={})
    project, level = issue.object("project"), issue.text("level")
    title = issue.text("title")
    labels = {
        "alertname": data.text("triggered_rule") or title or "Sentry issue",
        "severity": SEVERITIES.get(level, ""),
        "level": level,
        "project": project.text("slug") or project.text("id"),
        "service": service_of((project.text("slug"), project.text("id"))),
    }
    annotations = {
        "summary": title,
        "culprit": issue.text("culprit"),
        "activity": data.object("activity").text("type"),
        "platform": issue.text("platform"),
    }
    return _firing(key, labels, annotations, issue.text("web_url") or issue.text("permalink"))


def _metric_alert(action: str, data: Members, service_of: ServiceOf) -> Signal:
    """A metric alert became critical or a warning, or is over. An alert is a rule on its projects."""
    if action not in ("critical", "warning", "resolved"):
        raise BadRequest(f"Expected critical, warning or resolved, got {safe_line(action, 40)!r}", field="action")
    alert = data.object("metric_alert")
    rule = alert.object("alert_rule")
    projects = alert.texts("projects") or rule.texts("projects")
    key = _metric_key(rule.text("id"), projects)
    if action == "resolved":
        return Signal(key=key, kind=SignalKind.RESOLVED, labels={})
    labels = {
        "alertname": rule.text("name") or alert.text("title") or "Sentry metric alert",
        "severity": action,
        "project": ",".join(projects),
        "environment": rule.text("environment"),
        "service": service_of(projects),
    }
    annotations = {
        "summary": data.text("description_title") or alert.text("title"),
        "description": data.text("description_text"),
        "aggregate": rule.text("aggregate"),
        "query": rule.text("query"),
    }
    return _firing(key, labels, annotations, data.text("web_url"))


def _issue(action: str, data: Members, _service_of: ServiceOf) -> Signal | None:
    """An issue changed its state: only its end matters here. What pages is up to the alert rules."""
    if action not in ENDS_ISSUE:
        return None
    return Signal(key=_issue_key(data.object("issue").text("id"), "data.issue.id"), kind=SignalKind.RESOLVED, labels={})


_READERS: Mapping[str, Callable[[str, Members, ServiceOf], Signal | None]] = {
    "event_alert": _issue_alert,
    "activity_alert": _activity_alert,
    "metric_alert": _metric_alert,
    "issue": _issue,
}


def _firing(key: str, labels: dict[str, str], annotations: dict[str, str], link: str) -> Signal:
    labels["alertname"] = labels["alertname"][:MAX_ALERTNAME]
    return Signal(
        key=key,
        kind=SignalKind.FIRING,
        labels={name: value for name, value in labels.items() if value},
        annotations={name: value for name, value in annotations.items() if value},
        generator_url=link,
    )


def _issue_key(issue: str, field: str) -> str:
    return f"issue:{_identity(issue, field)}"


def _metric_key(rule: str, projects: list[str]) -> str:
    """One rule watches each of its projects apart, so they belong to the identity."""
    scope = hashlib.blake2b("\n".join(sorted(projects)).encode(), digest_size=8).hexdigest()
    return f"metric:{_identity(rule, 'data.metric_alert.alert_rule.id')}:{scope}"


def _identity(text: str, field: str) -> str:
    if not text:
        raise BadRequest("is missing", field=field)
    if len(text) > MAX_ID:
        raise BadRequest(f"is longer than {MAX_ID} characters", field=field)
    return text


def _part(pattern: re.Pattern[str], url: str, name: str) -> str:
    found = pattern.search(url)
    return found[name] if found else ""
