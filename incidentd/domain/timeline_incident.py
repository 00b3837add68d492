"""What happened to an incident itself, in the words of its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incidentd.domain.event_times import instant
from incidentd.domain.told import Line, Sentences, Told, joined, words

SENTENCES = Sentences()
about = SENTENCES.about


@about("incident.declared")
def _declared(told: Told) -> Line:
    data = told.data
    head = "Suspected" if data["status"] == "suspected" else "Declared"
    linked = f"from {told.named(data['alert_ids'])}" if data["alert_ids"] else ""
    via = f"by {data['via']}" if data.get("via") else ""
    return Line(kind="status", text=f"{head} as {data['severity']}: {data['title']}", detail=joined(linked, via))


@about("incident.status")
def _status(told: Told) -> Line:
    data = told.data
    text = f"{words(data['from'])} → {words(data['to'])}"
    if data.get("merged_into"):
        text += f" into INC-{data['merged_into']}"
    if data.get("reopened"):
        text += f", reopened as episode {data['episode']}"
    broken = "; ".join(one["text"] for one in data["broken"])
    shown = joined(data["reason"], f"rule broken: {broken}" if broken else "")
    return Line(kind="status", text=text, detail=shown, evidence=data["evidence"])


@about("incident.severity")
def _severity(told: Told) -> Line:
    return Line(kind="severity", text=f"{told.data['from']} → {told.data['to']}", detail=told.data["reason"])


@about("incident.note")
def _note(told: Told) -> Line:
    data = told.data
    came = f"written by {data['written_by']} in INC-{data['from_incident']}" if "from_incident" in data else ""
    return Line(kind=data["kind"], text=data["text"], detail=came, evidence=data["evidence"], pinned=data["pinned"])


@about("incident.update")
def _update(told: Told) -> Line:
    data = told.data
    due = instant(data["next_at"])
    promise = f"next update by {due:%H:%M} UTC" if due else "no further update is promised"
    readers = data.get("written_to") or ()
    heard = f"written to {', '.join(readers)}" if readers else ""
    text = f"{data['phase']} to {data['audience']}: {data['text']}"
    return Line(kind="update", text=text, detail=joined(promise, heard))


@about("incident.update_overdue")
def _overdue(told: Told) -> Line:
    promised = instant(told.data["promised_at"])
    when = f" for {promised:%H:%M} UTC" if promised else ""
    return Line(kind="overdue", text=f"The update promised{when} is overdue")


@about("incident.long")
def _long(told: Told) -> Line:
    hours = float(told.data["every"]) / 3600
    on = f"Run as a long incident: updates every {hours:g} h at most, leads are relieved"
    return Line(kind="status", text=on if told.data["on"] else "No longer a long incident", detail=told.data["reason"])


@about("incident.review_overdue")
def _review_overdue(told: Told) -> Line:
    return Line(kind="overdue", text=f"The {told.data['review_name']} has not begun in its window")


@about("incident.subscribers_told")
def _subscribers_told(told: Told) -> Line:
    data = told.data
    people = "1 subscriber" if data["count"] == 1 else f"{data['count']} subscribers"
    return Line(kind="update", text=f"Mailed to {people} of {data['channel']}: {data['title']}")


@about("incident.edited")
def _edited(told: Told) -> Line:
    changes: Mapping[str, Any] = told.data["changes"]
    lines = [f"{words(name)}: {_shown(one['from'])} → {_shown(one['to'])}" for name, one in changes.items()]
    names = ", ".join(words(name) for name in changes)
    return Line(kind="edit", text=f"Changed {names}", detail="\n".join(lines))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value else "(none)"


@about("incident.alert_linked")
def _linked(told: Told) -> Line:
    return Line(kind="link", text=f"Linked {told.named(told.data['alert_ids'])}")


@about("incident.alert_unlinked")
def _unlinked(told: Told) -> Line:
    return Line(kind="link", text=f"Unlinked {told.named(told.data['alert_ids'])}")


@about("incident.absorbed")
def _absorbed(told: Told) -> Line:
    return Line(kind="link", text=f"INC-{told.data['incident_id']} was merged into this", detail=told.data["title"])


@about("incident.handed_over")
def _handed_over(told: Told) -> Line:
    data = told.data
    text = f"{data['to']} took over from {data['from']} on {data['schedule']} (H-{data['handover']})"
    return Line(kind="role", text=text)


@about("incident.report_linked")
def _report_linked(told: Told) -> Line:
    return Line(kind="link", text=f"Linked {told.data['report']}: {told.data['subject']}")


@about("incident.report_unlinked")
def _report_unlinked(told: Told) -> Line:
    return Line(kind="link", text=f"Unlinked {told.data['report']}")


@about("incident.reporters_told")
def _reporters_told(told: Told) -> Line:
    return Line(kind="update", text=f"Told the reporters of {', '.join(told.data['reports'])}", full=told.data["text"])


@about("incident.released")
def _released(told: Told) -> Line:
    return Line(kind="link", text=f"The merge of INC-{told.data['incident_id']} was undone")


@about("incident.pinned")
def _pinned(told: Told) -> Line:
    act = "Pinned" if told.data["pinned"] else "Took the pin off"
    return Line(kind="pin", text=f"{act}: {told.data['text']}")
