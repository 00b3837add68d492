"""docs/reference/alarms.md: every code of what incidentd says about itself."""

from __future__ import annotations

from incidentd.domain.alarm_kinds import KINDS

_HEAD = """# Alarms

What incidentd says about itself: in `incidentctl health`, `GET /v1/health` (`alarms`) and the mode Health of the
terminal. `incidentctl runbook CODE` prints the page of a code; [Runbooks](../runbooks/README.md) says how they are
read.

| Code | Severity | What it means | Pages somebody |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = (
        f"| [{code}](../runbooks/{code}.md) | {kind.severity} | {kind.title} | {'yes' if kind.pages else ''} |"
        for code, kind in KINDS.items()
    )
    return _HEAD + "\n".join(rows)
