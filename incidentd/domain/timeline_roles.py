"""How roles of an incident are told: given, left, handed over with a note."""

from __future__ import annotations

from incidentd.domain.told import Line, Sentences, Told, joined, words

SENTENCES = Sentences()
about = SENTENCES.about


@about("incident.role")
def _role(told: Told) -> Line:
    data = told.data
    role, former = words(data["role"]), ", ".join(data["ended"])
    if not data["person"]:
        return Line(kind="role", text=f"{former} is no longer {role}")
    note = joined(*(f"{part}: {text}" for part, text in data.get("note", {}).items() if text.strip()))
    if former and "note" in data:
        return Line(kind="role", text=f"{former} hands the {role} over to {data['person']}", detail=note)
    taken = f"takes over from {former}" if former else ""
    return Line(kind="role", text=f"{data['person']} is {role}", detail=joined(taken, note))


@about("incident.checklist")
def _ticked(told: Told) -> Line:
    data = told.data
    head = "" if data["done"] else "not done after all: "
    return Line(kind="check", text=f"{head}{data['text']}", detail=f"checklist of the {words(data['role'])}")


@about("incident.role_paged")
def _paged(told: Told) -> Line:
    data = told.data
    order = [*([" and ".join(data["holders"])] if data["holders"] else []), *data["asked"]]
    whom = ", then ".join(order) or f"policy {data['policy']}"
    return Line(kind="page", text=f"P-{data['page']} asks for the {words(data['role'])}: {whom}", detail=data["note"])
