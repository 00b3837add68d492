"""The texts that people are written: short, the cause first, nothing from outside trusted to be tidy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from incidentd.domain.display import safe_line, safe_text

_TITLE = 250
_LINE = 500
_SHOWN = 10


def _first_line(name: str, summary: str) -> str:
    return safe_line(f"{name}: {summary}" if summary and summary != name else name, _LINE)


def group_title(names: Sequence[tuple[str, str]], service: str, severity: str) -> str:
    """The title of a page about alerts given as (name, summary), e.g. "[critical] HighErrorRate: 7 % of ... (+3)"."""
    name, summary = names[0]
    more = f" (+{len(names) - 1})" if len(names) > 1 else ""
    head = f"[{safe_line(severity, 20)}] " if severity else ""
    tail = f" · {safe_line(service, 60)}{more}"
    return head + safe_line(_first_line(name, summary), _TITLE - len(head) - len(tail)) + tail


def group_body(names: Sequence[tuple[str, str]], labels: Mapping[str, str], links: Iterable[str]) -> str:
    """What fires, what the alerts share, and where to look."""
    lines = [f"- {_first_line(name, summary)}" for name, summary in names[:_SHOWN]]
    if len(names) > _SHOWN:
        lines.append(f"- and {len(names) - _SHOWN} more")
    shared = ", ".join(f"{key}={value}" for key, value in sorted(labels.items()) if value)
    if shared:
        lines += ["", f"Shared: {safe_line(shared, _LINE)}"]
    lines += [f"See {safe_line(link, _LINE)}" for link in links if link]
    return "\n".join(lines)


def update_body(new: Sequence[tuple[str, str]], firing: int, acknowledged_by: str) -> str:
    """What a page that is known says when more alerts joined, or when it still fires."""
    if new:
        lines = [f"{len(new)} more in this group, {firing} firing in all:"]
        lines += [f"- {_first_line(name, summary)}" for name, summary in new[:_SHOWN]]
    else:
        lines = [f"Still firing: {firing} alert{'' if firing == 1 else 's'}."]
    if acknowledged_by:
        lines.append(f"Acknowledged by {safe_line(acknowledged_by, 64)}.")
    return "\n".join(lines)


def manual_body(body: str, actor: str) -> str:
    """A page that a person sent."""
    return "\n".join(part for part in (safe_text(body), f"Sent by {safe_line(actor, 64)}.") if part)
