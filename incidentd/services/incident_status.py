"""Changing the status of an incident, merging and undoing a merge; everything here happens inside a command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from incidentd.domain.incidents import (
    ENDED,
    RESPONDING,
    Asked,
    Incident,
    NoSuchTransition,
    Status,
    TransitionRefused,
    allowed,
    decide,
    time_fault,
)
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.update_rules import UpdateRules
from incidentd.domain.updates import next_due_for_status
from incidentd.services import report_links, review_windows
from incidentd.services.errors import Conflict, Invalid, Refused, Unknown
from incidentd.services.incident_timers import arm_all, status_event
from incidentd.services.incident_views import existing, in_command, view
from incidentd.services.known import impact_known
from incidentd.storage import incidents
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents


def checked_time(at: datetime | None, now: datetime, field: str) -> datetime:
    """`at`, or now when it was not given. Raises `Invalid` for a time that cannot be."""
    fault = time_fault(at, now) if at is not None else ""
    if fault:
        raise Invalid(f"this time {fault}", field=field, remedy="leave it out for now")
    return at or now


class StatusChanges:
    """Takes an incident from one status to another by the table of the domain."""

    def __init__(self, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._process = process
        self._roster = roster

    def change(self, tx: Tx, incident: Incident, body: wire_incidents.ChangeStatus, actor: str) -> Incident:
        """Raises `Invalid`, `Refused` (after the response only), and `Conflict` when it stands there already."""
        to = self._target_status(tx, incident, body.to)
        at = checked_time(body.at, tx.now, "at")
        target = self._merge_target(tx, incident, to, body.merged_into)
        asked = Asked(
            to=to,
            at=at,
            now=tx.now,
            process=self._process(),
            reason=body.reason,
            evidence=body.evidence,
            merged_into=body.merged_into,
            impact_confirmed=impact_known(tx.conn, incident.id),
            not_followed_up=report_links.not_followed_up(tx, incident.id),
        )
        try:
            decision = decide(incident, asked)
        except NoSuchTransition:
            raise self._unknown(tx, incident, f"INC-{incident.id} is {incident.status}, not to be {to}") from None
        except TransitionRefused as no:
            raise Refused(no.refusal.text, field=no.refusal.field, remedy=no.refusal.remedy) from None
        promise = self._promise(tx, incident, to)
        changed = incidents.change(tx, incident, **(promise | dict(decision.changes)))
        moved = self._moved(tx, incident, changed, target, actor) if target is not None else {}
        facts = {"reason": body.reason, "evidence": body.evidence, "at": at, "merged_into": changed.merged_into}
        status_event(tx, incident, changed, actor=actor, broken=decision.broken, **facts, **moved)
        return self.settle(tx, changed)

    @property
    def update_rules(self) -> UpdateRules:
        """When promised updates are reminded of."""
        return self._process().updates

    def settle(self, tx: Tx, incident: Incident) -> Incident:
        """Bring what an incident will do by itself, and its review window, in line with what is known of it now."""
        settled = review_windows.settle(tx, incident, self._process(), self._roster())
        arm_all(tx, settled, self.update_rules)
        return settled

    def _unknown(self, tx: Tx, incident: Incident, text: str) -> Invalid:
        names = ", ".join(allowed(incident, self._process(), tx.now)) or "nothing"
        recurred = incident.status in (Status.IN_REVIEW, Status.LEARNING, Status.CLOSED)
        hint = "; if it came back, declare a new incident" if recurred else ""
        return Invalid(text, field="to", remedy=f"from {incident.status} it can go to: {names}{hint}")

    def _target_status(self, tx: Tx, incident: Incident, name: str) -> Status:
        try:
            to = Status(name)
        except ValueError:
            raise self._unknown(tx, incident, f"{name!r} is no status") from None
        if to is incident.status:
            current = view(in_command(tx, self._process()), incident)
            raise Conflict(f"INC-{incident.id} is {to} already", current=current)
        return to

    def _promise(self, tx: Tx, incident: Incident, to: Status) -> dict[str, Any]:
        """A response that begins, again or at all, owes a first update."""
        if to in RESPONDING and incident.status not in RESPONDING:
            return {"next_update_at": next_due_for_status(self._process(), incident.severity, to, tx.now)}
        return {}

    # ------------------------------------------------------------------ merging
    def _merge_target(self, tx: Tx, incident: Incident, to: Status, target_id: int | None) -> Incident | None:
        """The incident that this one is merged into, or is taken out of again. Raises `Invalid`."""
        if to is not Status.MERGED:
            if target_id is not None:
                raise Invalid("merged_into goes with the status merged only", field="merged_into")
            return existing(tx.conn, incident.merged_into, lock=True) if incident.merged_into else None
        if target_id is None:
            raise Invalid("say which incident it is merged into", field="merged_into")
        target = incidents.get(tx.conn, target_id, lock=True)
        if target is None:
            raise Unknown(f"there is no incident INC-{target_id}", field="merged_into")
        if target.id == incident.id:
            raise Invalid("an incident cannot be merged into itself", field="merged_into")
        if target.drill_id != incident.drill_id:
            raise Invalid("a drill and a real incident are not merged", field="merged_into")
        if target.status in ENDED:
            raise Invalid(f"INC-{target.id} is {target.status}", field="merged_into", remedy=_instead(target))
        return target

    def _moved(self, tx: Tx, before: Incident, after: Incident, target: Incident, actor: str) -> dict[str, Any]:
        """Alerts and reports follow a merge; with its end those come back that came with it."""
        merging = after.status is Status.MERGED
        if merging:
            mine = incidents.alert_ids_of(tx.conn, [before.id])[before.id]
            alert_ids = incidents.link_alerts(tx, target.id, mine, actor)
            report_ids = report_links.relink(tx, before.id, target.id, actor)
        else:
            alert_ids = self._followed(tx, before, "alert_ids")
            incidents.unlink_alerts(tx, target.id, alert_ids)
            followed = self._followed(tx, before, "report_ids")
            report_ids = report_links.relink(tx, target.id, before.id, actor, only=followed)
        incidents.change(tx, target)
        moved = {"alert_ids": alert_ids, "report_ids": report_ids}
        kind = "incident.absorbed" if merging else "incident.released"
        tx.emit(kind, target.subject, {"incident_id": before.id, "title": before.title, **moved}, actor=actor)
        return moved

    def _followed(self, tx: Tx, incident: Incident, what: str) -> tuple[int, ...]:
        """The alerts, or the reports, that the last merge of `incident` brought along."""
        events = in_command(tx, self._process()).events([incident.subject], ["incident.status"])
        merges: list[Any] = [one.data for one in events if one.data["to"] == Status.MERGED]
        return tuple(merges[-1].get(what, ())) if merges else ()


def _instead(target: Incident) -> str:
    if target.merged_into is not None:
        return f"merge into INC-{target.merged_into}"
    return "a recurrence is an incident of its own"
