"""Words and glyphs for what the contract names by identifiers. An identifier that is not listed is shown as it is."""

from __future__ import annotations

from rich.style import Style

from incidentd.domain.severity import Severity
from incidentd_tui import theme

ROLES = (
    ("mitigation_lead", "Mitigation"),
    ("communications_lead", "Comms"),
    ("scribe", "Scribe"),
    ("responder", "Responder"),
    ("support_triager", "Triage"),
)
LEADS = ("mitigation_lead", "communications_lead")
PHASES = ("investigating", "identified", "monitoring", "resolved")
SEVERITIES = (
    (Severity.SEV1, "core function gone for half of the users, or data lost or exposed"),
    (Severity.SEV2, "a big part is unusable"),
    (Severity.SEV3, "some are hit, or redundancy is gone"),
    (Severity.SEV4, "small, with an acceptable workaround"),
    (Severity.SEV5, "cosmetic"),
)

_TIMELINE: dict[str, tuple[str, str, Style]] = {
    "alert": ("▲", "alert", theme.warning),
    "page": ("☎", "page", theme.warning),
    "ack": ("✓", "ack", theme.success),
    "delivery": ("→", "sent", theme.muted),
    "role": ("◆", "role", theme.primary),
    "severity": ("▲", "sev", theme.danger),
    "status": ("○", "state", theme.primary),
    "overdue": ("!", "overdue", theme.warning),
    "update": ("»", "update", theme.primary),
    "note": ("•", "note", theme.muted),
    "observation": ("◦", "seen", theme.muted),
    "decision": ("◇", "decide", theme.success),
    "action": ("▸", "action", theme.success),
    "report": ("✉", "report", theme.primary),
    "impact": ("▣", "impact", theme.primary),
    "theory": ("?", "theory", theme.primary),
    "attempt": ("▶", "try", theme.success),
    "file": ("▤", "file", theme.muted),
    "link": ("+", "link", theme.muted),
    "check": ("✓", "check", theme.success),
    "edit": ("✎", "edit", theme.muted),
}
LOUD = frozenset({"severity", "status", "decision", "update"})
"""Kinds whose text is bold: they change the course."""


def role_label(role: str) -> str:
    return dict(ROLES).get(role, role.replace("_", " "))


def timeline_mark(kind: str) -> tuple[str, str, Style]:
    """Glyph, word and style of a timeline entry."""
    return _TIMELINE.get(kind, ("·", kind[:7], theme.muted))


def status_label(status: str) -> str:
    return status.replace("_", " ")
