"""What owners are written about maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from incidentd.domain.display import safe_line
from incidentd.domain.maintenance import Window

_LINE = 250
_SHOWN = 10


def span(window: Window) -> str:
    """From when until when, in UTC."""
    return f"{_at(window.starts_at)} - {_at(window.ends_at)} UTC"


def _at(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def head(window: Window, what: str) -> str:
    """A title such as "Maintenance M-3 of checkout has started"."""
    services = ", ".join(window.plan.services)
    return f"Maintenance {window.name} of {safe_line(services, 120)} {what}"


def body(window: Window, *more: str) -> str:
    """What is worked on, when, what it hides, and `more` lines."""
    plan = window.plan
    hidden = "Alerts of these services are recorded and page nobody meanwhile"
    if plan.below:
        hidden += f", those below {safe_line(plan.below, 40)} only"
    if plan.spared:
        hidden += f", except {safe_line(', '.join(map(str, plan.spared)), _LINE)}"
    return "\n".join((safe_line(plan.text, 2 * _LINE), f"{span(window)}, by {window.created_by}.", f"{hidden}.", *more))


def firing(names: Sequence[str]) -> str:
    """What fires under a window."""
    shown = ", ".join(safe_line(name, 60) for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{len(names)} alert{'' if len(names) == 1 else 's'}: {shown}{more}"


def extension(window: Window) -> str:
    """How to ask for more time."""
    return f"More time: incidentctl maintenance extend {window.name} 30m"
