"""One act on many alerts: shown at once, one request for up to a thousand, an outcome for each, and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from incidentd import wire, wire_bulk
from incidentd_tui import phrases
from incidentd_tui.model import Changes

if TYPE_CHECKING:
    from incidentd_tui.acts import Acts

AT_ONCE = 1000
"""Alerts in one request; the daemon takes no more."""
ASK_FROM = 21
"""From this many on the effect is stated and confirmed first."""
_DONE = {
    "acknowledge": "acknowledged",
    "hand_back": "handed back",
    "resolve": "resolved by hand",
    "link": "linked to",
    "unlink": "taken off",
}
_BACK: dict[wire_bulk.Act, wire_bulk.Act] = {"acknowledge": "hand_back", "link": "unlink", "unlink": "link"}


async def act(
    acts: Acts,
    what: wire_bulk.Act,
    alert_ids: Sequence[int],
    *,
    incident_id: int | None = None,
    undoable: bool = True,
) -> list[int] | None:
    """The alerts it was done to, None after a fault; what was refused is said, and `u` takes the rest back."""
    ids = list(dict.fromkeys(alert_ids))
    _wait(acts, ids, waits=True)
    items: list[wire_bulk.BulkItem] = []
    try:
        for start in range(0, len(ids), AT_ONCE):
            body = wire_bulk.BulkAlerts(
                act=what, alert_ids=tuple(ids[start : start + AT_ONCE]), incident_id=incident_id
            )
            subject = f"incident:{incident_id}" if incident_id else ""
            outcome = await acts.attempt(subject, acts.client.act_on_alerts(body))
            if outcome is None:
                break
            items += outcome.items
            _take(acts, outcome)
    finally:
        _wait(acts, ids, waits=False)
    if not items:
        return None
    done = [one.alert_id for one in items if one.outcome == "done"]
    _tell(acts, what, done, items, incident_id, undoable=undoable)
    return done


def _take(acts: Acts, outcome: wire_bulk.BulkOutcome) -> None:
    changes = Changes()
    changes.pages = acts.model.put_pages(outcome.pages)
    changes.alerts = acts.model.put_alerts(outcome.alerts)
    if outcome.incident is not None:
        changes.incidents = acts.model.put_incidents([outcome.incident]) | {outcome.incident.id}
    acts.tell(changes)


def _wait(acts: Acts, ids: Sequence[int], *, waits: bool) -> None:
    if waits:
        acts.model.waiting_alerts |= set(ids)
    else:
        acts.model.waiting_alerts -= set(ids)
    changes = Changes()
    changes.alerts = set(ids)
    acts.tell(changes)


def _tell(
    acts: Acts,
    what: wire_bulk.Act,
    done: Sequence[int],
    items: Sequence[wire_bulk.BulkItem],
    incident_id: int | None,
    *,
    undoable: bool,
) -> None:
    """What came of it; several reasons for what was left out are counted, the commonest is named."""
    left = [one for one in items if one.outcome != "done"]
    why = f" · {len(left)} not: {Counter(one.detail for one in left).most_common(1)[0][0]}" if left else ""
    if not done:
        acts.say(f"nothing was {_DONE[what].removesuffix(' to').removesuffix(' off')}{why}", "warning")
        return
    told = f"{phrases.count(len(done), 'alert')} {_DONE[what]}" + (f" INC-{incident_id}" if incident_id else "") + why
    back = _BACK.get(what)
    if undoable and back is not None:
        acts.can_undo(told, lambda: act(acts, back, done, incident_id=incident_id, undoable=False))
    else:
        acts.say(f"✓ {told}", "done")


async def link(acts: Acts, incident: wire.Incident, alert_ids: Sequence[int]) -> list[int] | None:
    """Link the alerts that are not linked yet; undoing it unlinks exactly those."""
    return await act(acts, "link", alert_ids, incident_id=incident.id)


async def unlink(acts: Acts, incident: wire.Incident, alert_ids: Sequence[int]) -> list[int] | None:
    """Take alerts off an incident; undoing it links them again."""
    return await act(acts, "unlink", alert_ids, incident_id=incident.id)
