"""Groups in the Inbox: which rows fold into one, and how that one reads.

A group folds when two or more of its alerts stand in the view. A row of it is ("group", 7), its alerts stay
("alert", 12): marks and the cursor are about alerts, folded or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import inbox, pages

Key = inbox.Key
_KINDS_NAMED = 3


class Fold(msgspec.Struct):
    """`folded` is what a group is unless it is among `others`."""

    folded: bool = True
    others: set[int] = msgspec.field(default_factory=set)

    def hides(self, group_id: int) -> bool:
        """Whether the alerts of this group are folded away."""
        return self.folded is not (group_id in self.others)

    def turn(self, group_id: int) -> None:
        """Fold it, or unfold it."""
        self.others ^= {group_id}

    def turn_all(self) -> None:
        """Unfold every group, or fold every one when they are unfolded."""
        self.folded, self.others = not self.folded, set()


class Rows(msgspec.Struct):
    """`keys` are the rows in order; `members` the alerts of each group that has a row, folded or not."""

    keys: list[Key]
    members: dict[int, list[Key]]


def group_of(model: Model, key: object) -> int | None:
    """The group that this row is about: of a group row, or of an alert's."""
    if not isinstance(key, tuple):
        return None
    if key[0] == "group":
        return int(key[1])
    alert = model.alerts.get(key[1]) if key[0] == "alert" else None
    return alert.group_id if alert else None


def arrange(model: Model, ordered: Sequence[Key], fold: Fold) -> Rows:
    """Put each group where its most urgent alert is."""
    members: dict[int, list[Key]] = {}
    alerts = model.alerts
    for key in ordered:
        group_id = alerts[key[1]].group_id if key[0] == "alert" else None
        if group_id is not None:
            members.setdefault(group_id, []).append(key)
    members = {group_id: keys for group_id, keys in members.items() if len(keys) > 1}
    rows: list[Key] = []
    placed: set[int] = set()
    for key in ordered:
        group_id = alerts[key[1]].group_id if key[0] == "alert" else None
        if group_id is None or group_id not in members:
            rows.append(key)
        elif group_id not in placed:
            placed.add(group_id)
            rows.append(("group", group_id))
            rows += [] if fold.hides(group_id) else members[group_id]
    return Rows(rows, members)


class Summary(msgspec.Struct, frozen=True):
    """What the alerts of a group come to."""

    firing: int
    severity: str  # the worst, as sent
    rank: int
    since: datetime
    names: tuple[str, ...]  # the commonest first
    taken: int
    incidents: tuple[int, ...]
    waiting: bool  # something of it was sent and is not answered yet
    flapping: bool
    hidden: str  # what hides the first of them when all that fire are hidden


def summarise(model: Model, alerts: Iterable[wire.Alert]) -> Summary | None:
    """None when no alert is left."""
    found = list(alerts)
    if not found:
        return None
    firing = [one for one in found if one.status == "firing"]
    worst = min(firing or found, key=lambda one: phrases.alert_rank(one.severity))
    names = Counter(one.name for one in firing or found)
    return Summary(
        firing=len(firing),
        severity=worst.severity,
        rank=phrases.alert_rank(worst.severity) if firing else 5,
        since=min(one.starts_at for one in firing or found),
        names=tuple(name for name, _ in names.most_common()),
        taken=sum(inbox.in_hand(model, one) for one in firing),
        incidents=tuple(sorted({number for one in firing for number in one.incident_ids})),
        waiting=any(one.id in model.waiting_alerts for one in found),
        flapping=any(one.flapping for one in firing),
        hidden=firing[0].hidden_by[0].kind if firing and all(one.hidden_by for one in firing) else "",
    )


def title(model: Model, group_id: int, summary: Summary) -> str:
    """What the alerts of a group have in common, in a line."""
    group = model.groups.get(group_id)
    labels = dict(group.labels) if group else {}
    if len(summary.names) == 1:
        labels.pop("alertname", None)
    more = len(summary.names) - _KINDS_NAMED
    head = ", ".join(summary.names[:_KINDS_NAMED]) + (f" and {more} more" if more > 0 else "")
    tail = " ".join(f"{name}={value}" for name, value in sorted(labels.items()) if name not in ("alertname", "service"))
    return f"{head} · {tail}" if tail else head


def row(model: Model, group_id: int, summary: Summary | None, fold: Fold, width: int) -> paint.Line:
    """One row, `width` cells without the gutter."""
    parts = inbox.columns(width + 2)
    name = f"G-{group_id}"
    if summary is None:
        return [(f"      {name}  every alert of it is gone", theme.faint)]
    now = model.now()
    over, taken = not summary.firing, summary.firing > 0 and summary.taken == summary.firing
    page = model.page_of_group(group_id)
    calls = page is not None and pages.calls(page)
    urgent = not over and not taken and (summary.rank <= 2 or calls)
    style = theme.bold if urgent else theme.muted if over or taken else theme.plain
    count = f"{summary.firing} " if summary.firing else "0 "
    mark = "▸ " if fold.hides(group_id) else "▾ "
    head = paint.fit(title(model, group_id, summary), max(parts["title"] - len(count) - 2, 4))
    spans: paint.Line = [
        (f" {phrases.alert_severity(summary.severity):<4}", theme.ranked(summary.rank)),
        (" ", theme.plain),
        (f"{name:<7}", theme.muted),
        (mark, theme.key),
        (count, theme.key),
        (head, style),
    ]
    if parts["count"]:
        spans.append((f"{'~' if summary.flapping else '':>5}", theme.warning))
    if parts["service"]:
        group = model.groups.get(group_id)
        spans.append((" " + paint.fit(group.service if group else "", 9), theme.muted))
    late = page is not None and pages.is_late(page, now)
    return [*spans, *inbox.who(_state(model, summary, page)), *inbox.age(summary.since, now, late)]


def _state(model: Model, summary: Summary, page: wire.Page | None) -> paint.Span:
    """Who has the group, in a word."""
    if summary.waiting or (page is not None and page.id in model.waiting_pages):
        return ("~ sending", theme.muted)
    if not summary.firing:
        return ("ended", theme.muted)
    if summary.incidents and summary.taken == summary.firing:
        return (f"INC-{summary.incidents[0]}", theme.primary)
    if summary.hidden and (page is None or page.state not in ("open", "exhausted")):
        return inbox.hiding(summary.hidden)
    return pages.state(model, page) if page is not None else ("—", theme.faint)


def preview(
    model: Model, group_id: int, members: Sequence[Key], summary: Summary | None, width: int
) -> list[paint.Line]:
    """What the group under the cursor holds."""
    if summary is None:
        return []
    group = model.groups.get(group_id)
    lines: list[paint.Line] = [
        [],
        [
            (f" {phrases.alert_severity(summary.severity)} ", theme.ranked(summary.rank)),
            (f"  G-{group_id}  {phrases.count(summary.firing, 'alert')}", theme.muted),
        ],
    ]
    lines += [[(text, theme.bold)] for text in paint.wrap(title(model, group_id, summary), width, 4)]
    since = f"  since {phrases.day_hour(summary.since, model.now(), model.zone)}"
    lines.append([((group.service if group else "") or "no service", theme.primary), (since, theme.muted)])
    page = model.page_of_group(group_id)
    facts = pages.facts(model, page, width) if page else [[("nobody was paged", theme.muted)]]
    lines += [[], [("WHO HAS IT", theme.heading)], *facts]
    if summary.taken and summary.taken < summary.firing:
        lines.append([(f"{summary.taken} of {summary.firing} in hand", theme.muted)])
    lines += [[], [("ALERTS", theme.heading), ("  ↵ unfolds", theme.faint)]]
    return lines + [_member(model, key, width) for key in members[:12]]


def _member(model: Model, key: Key, width: int) -> paint.Line:
    alert = model.alerts.get(key[1])
    if alert is None:
        return [(f"A-{key[1]}", theme.muted)]
    rank = phrases.alert_rank(alert.severity) if alert.status == "firing" else 5
    left: paint.Line = [
        (f"{phrases.alert_severity(alert.severity):<4} ", theme.ranked(max(rank, 3))),
        (inbox.alert_title(alert), theme.plain),
    ]
    return paint.between(left, [(phrases.age(alert.starts_at, model.now()), theme.muted)], width)
