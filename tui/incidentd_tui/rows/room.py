"""The head of an incident room: severity and title, roles and the next update, the chain of states, violations."""

from __future__ import annotations

from datetime import datetime

from incidentd import wire
from incidentd_tui import paint, phrases, theme, vocabulary
from incidentd_tui.model import Model
from incidentd_tui.rows import inbox

_CELLS = 8
_AFTER = ("closed", "merged", "false_alarm")


def title(model: Model, incident: wire.Incident) -> tuple[paint.Line, paint.Line]:
    left: paint.Line = [
        (f" {incident.severity.value} ", theme.ranked(incident.severity.rank)),
        (f"  INC-{incident.id}  ", theme.muted),
        *inbox.drill(incident.drill),
        *inbox.held(incident),
        (incident.title, theme.bold),
    ]
    end = incident.closed_at or incident.resolved_at
    ran = phrases.clock((end or model.now()) - incident.started_at)
    chip = theme.chip if incident.status in ("suspected", "active", "mitigated") else theme.tab_here
    status = vocabulary.status_label(incident.status).upper()
    right: paint.Line = [
        (f" {status} ", chip),
        *(
            [("  took ", theme.muted), (f"{ran} ", theme.bold)]
            if end
            else [(f"  {ran}", theme.bold), (" open ", theme.muted)]
        ),
    ]
    if incident.episode > 1:
        right.insert(0, (f"episode {incident.episode} ", theme.muted))
    return left, right


def roles(model: Model, incident: wire.Incident, width: int, here: int = 0, done: str = "") -> paint.Line:
    """The two leads always, others when somebody holds them; what is `done` of the checklist, how many are `here`."""
    left: paint.Line = [(" ", theme.plain)]
    for role, label in vocabulary.ROLES:
        held = [one.person for one in incident.roles if one.role == role]
        if not held and role not in vocabulary.LEADS:
            continue
        left.append((f"{label} ", theme.muted))
        left.append((", ".join(held) or "nobody", theme.plain if held else theme.warning))
        left.append(("  ", theme.plain))
    if done and width >= 96:
        left.append((f"· ✓ {done} ", theme.muted))
    if here and width >= 96:
        left.append((f"· {here} here", theme.muted))
    return left


def next_update(incident: wire.Incident, now: datetime, since: datetime | None = None) -> paint.Line:
    """The promise to say something again, as a running clock; late ones say so in a word and an `!`.

    A bar shows what is left of the time `since` then.
    """
    due = incident.next_update_at
    if due is None or incident.status in _AFTER:
        return [("no update promised ", theme.muted)]
    if due <= now:
        return [("update ", theme.muted), (f"!{phrases.clock(now - due)} late ", theme.warning)]
    left = due - now
    spans: paint.Line = [("next update in ", theme.muted), (f"{phrases.clock(left)} ", theme.warning)]
    if since is not None:
        full = min(_CELLS, -(-left * _CELLS // max(due - since, left)))
        spans.append(("▰" * full + "▱" * (_CELLS - full) + " ", theme.warning))
    return spans


def chain(model: Model, incident: wire.Incident, width: int) -> paint.Line:
    """Where the incident stands on its way: done, here, ahead."""
    stages = [
        ("Suspected" if incident.status == "suspected" else "Active", incident.declared_at),
        ("Mitigated", incident.mitigated_at),
        ("Resolved", incident.resolved_at),
        (model.review_name.removeprefix("Incident "), None),
        ("Closed", incident.closed_at),
    ]
    here = _stage_of(incident.status)
    wide = width >= 96
    joint = " ── " if wide else " ─ "
    spans: paint.Line = [(" ", theme.plain)]
    for index, (name, at) in enumerate(stages):
        word = name if wide or index == here else name[:3]
        if wide and at is not None and index <= here:
            word += f" {phrases.hour(at, model.zone)}"
        if index:
            spans.append((joint, theme.line))
        if index < here:
            spans.append((f"✓ {word}", theme.success))
        elif index == here:
            spans.append((f"● {word}", theme.warning))
        else:
            spans.append((f"○ {word}", theme.faint))
    if incident.status in ("false_alarm", "merged"):
        into = f" into INC-{incident.merged_into}" if incident.merged_into else ""
        spans.append((f"  ● {vocabulary.status_label(incident.status)}{into}", theme.warning))
    return spans


def _stage_of(status: str) -> int:
    order = {"suspected": 0, "active": 0, "mitigated": 1, "resolved": 2, "closed": 4, "false_alarm": -1, "merged": -1}
    return order.get(status, 3)


def violation(incident: wire.Incident, now: datetime) -> paint.Line:
    """The first broken rule, with how many more there are."""
    if not incident.violations:
        return []
    first = incident.violations[0]
    ago = phrases.age(first.since, now) if first.since else "now"
    since = f" · for {ago}" if ago != "now" else ""
    more = f" · {len(incident.violations) - 1} more" if len(incident.violations) > 1 else ""
    return [(f" ▲ {first.text}{since}{more}", theme.chip)]
