"""What those who take part in a drill are written when it starts and when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from incidentd.domain.display import safe_line
from incidentd.domain.drills import MARK, NOTICE, Step, marked, name

REASON = "you take part in this drill"
_TITLE = 150
_LINE = 250


def head(drill_id: int, title: str, what: str) -> str:
    """A title such as "DRILL D-7 starts: The disk fills"."""
    return marked(f"{name(drill_id)} {what}: {safe_line(title.removeprefix(MARK), _TITLE)}")


def begins(drill_id: int, started_by: str, people: Sequence[str], script: Sequence[Step]) -> str:
    """Who takes part, how long it takes, and what ends it."""
    minutes = max(1, round(sum(step.after for step in script) / 60))
    who = safe_line(", ".join(people), _LINE)
    lines = (
        f"{MARK}{NOTICE}",
        f"{name(drill_id)} was started by {safe_line(started_by, 64)} for {who}; it takes about {minutes} min.",
        "Whatever belongs to it begins with DRILL. A real page pauses it.",
        f"To end it: incidentctl drill stop {name(drill_id)}",
    )
    return "\n".join(lines)


def ends(drill_id: int, why: str, *, pages: int, first: float | None, unacknowledged: Sequence[int]) -> str:
    """What came of it in a few words; `first` is the time to the first acknowledgement, in seconds."""
    lines = [f"{MARK}{name(drill_id)} needs nobody any more{f': {safe_line(why, _LINE)}' if why else ''}."]
    if not pages:
        lines.append("It paged nobody.")
    if first is not None:
        lines.append(f"The first page was taken on after {timedelta(seconds=round(first))}.")
    if unacknowledged:
        lines.append(f"Nobody took on {safe_line(', '.join(f'P-{one}' for one in unacknowledged), _LINE)}.")
    return "\n".join((*lines, f"What came of it: incidentctl drill show {name(drill_id)}"))
