"""The dialogs about who does what: giving and ending roles, joining and leaving, handing over with a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import roles as wire_roles
from incidentd_tui import vocabulary
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.seen import Seen, take
from incidentd_tui.inert import Shown

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_LEAVES = "-"
"""Before the name of a person, or of a role: that it ends."""
_TAKES = "+"


def holding(incident: wire.Incident, role: str) -> list[str]:
    """Who holds a role now."""
    return [str(one.person) for one in incident.roles if one.role == role]


# ------------------------------------------------------------------ what is sent, and its way back
def _assigned(tui: IncidentdApp, values: Values) -> wire_incidents.AssignRole:
    person = str(values["person"])
    ends = person.startswith(_LEAVES)
    return wire_incidents.AssignRole(role=str(values["role"]), person=person.removeprefix(_LEAVES), ends=ends)


def _way_back(incident: wire.Incident, body: wire_incidents.AssignRole) -> list[wire_incidents.AssignRole]:
    """What makes it as it was: whoever left holds it again, whoever came leaves."""
    held = holding(incident, body.role)
    if body.ends or not body.person:
        gone = [one for one in held if body.person in ("", one)]
        return [wire_incidents.AssignRole(role=body.role, person=one) for one in gone]
    if held and body.role in vocabulary.LEADS:
        return [wire_incidents.AssignRole(role=body.role, person=held[0])]
    return [wire_incidents.AssignRole(role=body.role, person=body.person, ends=True)]


async def _assign(tui: IncidentdApp, seen: Seen, body: wire_incidents.AssignRole) -> str:
    """ "" when it is done, and can be undone; else the reason why not."""
    back = _way_back(seen.current(), body)

    async def undo() -> wire.Incident | None:
        answers = [await take(tui, seen.id, tui.acts.client.assign_role(seen.id, one)) for one in back]
        return next((one for one in reversed(answers) if one is not None), None)

    call = tui.acts.client.assign_role(seen.id, body, if_version=seen.version)
    reason = await tui.acts.change_incident(seen.current(), call)
    if not reason:
        tui.acts.can_undo(Shown(_said(body)), undo)
    return seen.outcome(reason)


def _said(body: wire_incidents.AssignRole) -> str:
    label = vocabulary.role_label(body.role)
    return f"{label}: {body.person} leaves" if body.ends else f"{label}: {body.person or 'nobody'}"


def _told(incident: wire.Incident, body: wire_incidents.AssignRole) -> list[str]:
    """What it does to the roles, and the rule that it breaks."""
    label, held = vocabulary.role_label(body.role), holding(incident, body.role)
    if body.ends:
        left = [one for one in held if one != body.person]
        if left == held:
            return [f"{body.person} does not hold it: nothing changes"]
        return [f"{label}: {body.person} leaves; {', '.join(left) or 'nobody'} holds it"]
    if body.person and body.role not in vocabulary.LEADS:
        beside = f", beside {', '.join(held)}" if held else ""
        return [f"{label}: {body.person} from now on{beside}"]
    lines = [f"{label}: {', '.join(held) or 'nobody'} → {body.person or 'nobody'}, from now on"]
    other = next((name for name in vocabulary.LEADS if name != body.role), "")
    if body.person and body.role in vocabulary.LEADS and body.person in holding(incident, other):
        both = f"{body.person} is {vocabulary.role_label(other)} as well"
        lines.append(f"{both}: a rule that this breaks will be shown")
    return lines


# ------------------------------------------------------------------ the dialogs
def role(tui: IncidentdApp, incident: wire.Incident) -> Form:
    """Give any role to anybody, or end it for one or for all."""
    seen = Seen(tui, incident)
    people = tuple((one, one) for one in sorted(tui.model.people))
    holders = tuple((f"{_LEAVES}{one}", f"{one} leaves it") for one in sorted({one.person for one in incident.roles}))
    empty = next((name for name in vocabulary.LEADS if not holding(incident, name)), vocabulary.LEADS[0])
    fields = (
        Field(name="role", label="Role", options=vocabulary.ROLES, value=empty),
        Field(name="person", label="Person", options=(*people, *holders, ("", "nobody")), value=tui.model.me),
    )

    async def send(values: Values) -> str:
        return await _assign(tui, seen, _assigned(tui, values))

    plan = Plan(
        title=f"Roles of INC-{incident.id}",
        verb="assign",
        fields=fields,
        effects=lambda values: _told(seen.current(), _assigned(tui, values)),
        send=send,
    )
    return Form(tui, plan)


def join(tui: IncidentdApp, incident: wire.Incident) -> Form:
    """Take part: an empty lead first, else as responder; or leave what I hold."""
    seen, me = Seen(tui, incident), str(tui.model.me)
    options = _ways_to_join(incident, me)

    def body(values: Values) -> wire_incidents.AssignRole:
        act, name = values["as"][:1], str(values["as"][1:])
        return wire_incidents.AssignRole(role=name, person=me, ends=act == _LEAVES)

    async def send(values: Values) -> str:
        return await _assign(tui, seen, body(values))

    plan = Plan(
        title=f"Join INC-{incident.id}",
        verb="do it",
        fields=(Field(name="as", label="I", options=options, value=options[0][0]),),
        effects=lambda values: _told(seen.current(), body(values)),
        send=send,
    )
    return Form(tui, plan)


def _ways_to_join(incident: wire.Incident, me: str) -> tuple[tuple[str, str], ...]:
    mine = [name for name, _ in vocabulary.ROLES if me in holding(incident, name)]
    free = [name for name, _ in vocabulary.ROLES if name not in mine and name != "responder"]
    empty = [name for name in free if not holding(incident, name)]
    leads = [name for name in empty if name in vocabulary.LEADS]
    others = [name for name in empty if name not in leads]
    takes = [*leads, *(["responder"] if "responder" not in mine else []), *others]
    said = {"responder": "respond"}
    return (
        *((_TAKES + name, said.get(name, f"take {vocabulary.role_label(name)}")) for name in takes),
        *((_LEAVES + name, f"leave {vocabulary.role_label(name)}") for name in mine),
    )


def hand_over(
    tui: IncidentdApp, incident: wire.Incident, name: str, note: wire_roles.RoleNote, asked: Sequence[str] = ()
) -> Form:
    """Hand a role over with the note that the room has filled in; `asked` are those who should get it first."""
    seen, label, held = Seen(tui, incident), vocabulary.role_label(name), holding(incident, name)
    order = dict.fromkeys([*asked, *sorted(tui.model.people)])
    people = tuple((one, one) for one in order if one not in held)
    fields = (
        Field(name="person", label="To", options=people or (("", "nobody in the roster"),), value=people[0][0]),
        Field(name="known", label="What is known", multiline=True, optional=True, value=note.known),
        Field(name="tried", label="What was tried", multiline=True, optional=True, value=note.tried),
        Field(name="promised", label="What is promised next", multiline=True, optional=True, value=note.promised),
    )

    def body(values: Values) -> wire_incidents.AssignRole:
        said = {part: str(values[part]) for part in ("known", "tried", "promised")}
        return wire_incidents.AssignRole(role=name, person=str(values["person"]), note=wire_roles.HandOver(**said))

    def effects(values: Values) -> list[str]:
        return [*_told(seen.current(), body(values)), "the note stands on the timeline"]

    async def send(values: Values) -> str:
        return await _assign(tui, seen, body(values))

    title = f"Hand {label} of INC-{incident.id} over"
    return Form(tui, Plan(title=title, verb="hand over", fields=fields, effects=effects, send=send))


# ------------------------------------------------------------------ paging for a role
def sought(detail: wire_incidents.IncidentDetail) -> dict[str, str]:
    """The roles that can be paged for, each with who will be asked."""
    if detail.incident.status not in ("suspected", "active", "mitigated"):
        return {}
    return {name: _asked(detail, name) for name, _ in vocabulary.ROLES}


def wanted(detail: wire_incidents.IncidentDetail) -> str:
    """The lead that is missing now, "" while none is."""
    if not holding(detail.incident, "mitigation_lead"):
        return "mitigation_lead"
    return "communications_lead" if detail.communicators else ""


def _asked(detail: wire_incidents.IncidentDetail, name: str) -> str:
    held = [str(one.person) for one in detail.incident.roles if one.role == name]
    others = [str(one) for one in detail.communicators if one not in held] if name == "communications_lead" else []
    order = [*([" and ".join(held)] if held else []), *others]
    return ", then ".join(order) or "whoever is on call"
