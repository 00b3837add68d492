"""One act on many alerts: shown at once, one request for up to a thousand, an outcome for each, and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.wire import bulk as wire_bulk
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
    until: datetime | None = None,
    note: str = "",
    undoable: bool = True,
) -> list[int] | None:
    """The alerts it was done to, None after a fault; what was refused is said, and `u` takes the rest back.

    An acknowledgement of one's own that got another end is not taken back: that would hand the page back.
    """
    ids = list(dict.fromkeys(alert_ids))
    kept = _mine(acts, ids) if what == "acknowledge" else set()
    _wait(acts, ids, waits=True)
    items: list[wire_bulk.BulkItem] = []
    try:
        for start in range(0, len(ids), AT_ONCE):
            part = tuple(ids[start : start + AT_ONCE])
            body = wire_bulk.BulkAlerts(act=what, alert_ids=part, incident_id=incident_id, until=until, note=note)
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
    _tell(acts, what, done, items, incident_id, kept if undoable else set(done))
    return done


def _mine(acts: Acts, ids: Sequence[int]) -> set[int]:
    """Those whose page I have acknowledged already."""
    pages = {one: acts.model.page_of(alert) for one in ids if (alert := acts.model.alerts.get(one))}
    mine = {one for one, page in pages.items() if page is not None and page.state == "acknowledged"}
    return {one for one in mine if (page := pages[one]) is not None and page.acknowledged_by == acts.model.me}


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
    kept: Collection[int],
) -> None:
    """What came of it; several reasons for what was left out are counted, the commonest is named.

    What is `kept` is not taken back by undo.
    """
    left = [one for one in items if one.outcome != "done"]
    why = f" · {len(left)} not: {Counter(one.detail for one in left).most_common(1)[0][0]}" if left else ""
    if not done:
        acts.say(f"nothing was {_DONE[what].removesuffix(' to').removesuffix(' off')}{why}", "warning")
        return
    told = f"{phrases.count(len(done), 'alert')} {_DONE[what]}" + (f" INC-{incident_id}" if incident_id else "") + why
    back = _BACK.get(what)
    undone = [one for one in done if one not in kept]
    if undone and back is not None:
        acts.can_undo(told, lambda: act(acts, back, undone, incident_id=incident_id, undoable=False))
    else:
        acts.say(f"✓ {told}", "done")


async def link(acts: Acts, incident: wire.Incident, alert_ids: Sequence[int]) -> list[int] | None:
    """Link the alerts that are not linked yet; undoing it unlinks exactly those."""
    return await act(acts, "link", alert_ids, incident_id=incident.id)


async def unlink(acts: Acts, incident: wire.Incident, alert_ids: Sequence[int]) -> list[int] | None:
    """Take alerts off an incident; undoing it links them again."""
    return await act(acts, "unlink", alert_ids, incident_id=incident.id)
