"""The ledger of uses: where something that a review found was used again. Some are suggested, none is made up."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from incidentd.domain.citations import citations, named
from incidentd.domain.snippets import snippet
from incidentd.services.errors import Invalid, NotFound, Refused
from incidentd.services.incident_views import existing
from incidentd.services.library_search import why
from incidentd.services.review_masks import masked_from
from incidentd.storage import event_log, incidents, library, library_uses
from incidentd.storage.library import KINDS, Key
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import library as wire_library

_INCIDENT = re.compile(r"^INC-([1-9][0-9]{0,14})\Z", re.IGNORECASE)
_CITING = ("incident.note", "incident.update")


class LibraryUses:
    """Implements `library_contracts.UseCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def record(self, body: wire_library.RecordUse, actor: str) -> wire_library.Use:
        """Write down that something was used; the same use of the same place is written once.

        Raises `NotFound`, `Invalid`, and `Refused` while it is hidden from the caller.
        """

        def command(tx: Tx) -> wire_library.Use:
            place = _place(tx.conn, body)
            incident_id = _known(tx.conn, body.subject, actor)
            if place == f"INC-{incident_id}" and body.kind == "incident":
                remedy = "name the later incident in which it was used"
                raise Invalid(f"{named(body.subject)} is from INC-{incident_id}", field="place", remedy=remedy)
            known = library_uses.find(tx.conn, body.subject, body.kind, place)
            if known is not None:
                return _shown(known)
            values = {"subject": body.subject, "kind": body.kind, "place": place, "note": body.note.strip()}
            use = library_uses.add(tx, incident_id=incident_id, by=actor, **values)
            told = {"subject": body.subject, "kind": body.kind, "place": place}
            tx.emit("learning.used", f"incident:{incident_id}", told, actor=actor)
            return _shown(use)

        return await self._store.write(command)

    async def list(self, subject: str, actor: str) -> wire_library.Uses:
        """Uses of one thing, or of everything, the newest first. Raises `NotFound` and `Refused`."""

        def read(conn: Connection) -> wire_library.Uses:
            if subject:
                _known(conn, subject, actor)
            masked = masked_from(conn, actor)
            hidden = library_uses.hidden(conn, masked, subject)
            found = library_uses.listed(conn, subject, besides=masked)
            shown = tuple(map(_shown, found))
            return wire_library.Uses(uses=shown, hidden=hidden, why_hidden=why(masked) if hidden else "")

        return await self._store.read(read)

    async def suggested(self, incident_id: int, actor: str) -> wire_library.SuggestedUses:
        """What the notes and updates of an incident cite and nobody has recorded as used there. Raises `NotFound`."""

        def read(conn: Connection) -> wire_library.SuggestedUses:
            incident = existing(conn, incident_id)
            events = event_log.of_subjects(conn, [incident.subject], _CITING)
            texts = [incident.summary, *(str(one.data.get("text", "")) for one in events)]
            masked = masked_from(conn, actor)
            used = {one.subject for one in library_uses.listed(conn) if one.place == f"INC-{incident_id}"}
            found = []
            for one in citations(texts, incident_id):
                of = library.is_there(conn, one.subject)
                if of is not None and of not in masked and of != incident_id and one.subject not in used:
                    found.append(_suggested(conn, one.subject, of, one.text))
            return wire_library.SuggestedUses(incident_id=incident_id, uses=tuple(found))

        return await self._store.read(read)


def _known(conn: Connection, subject: str, actor: str) -> int:
    """The incident of a subject. Raises `NotFound`, and `Refused` while it is hidden from `actor`."""
    found = library.is_there(conn, subject)
    if found is None:
        remedy = "incidentctl learn search finds what is there"
        raise NotFound(f"the library has no {named(subject)}", field="subject", remedy=remedy)
    masked: Mapping[int, int] = masked_from(conn, actor)
    if found in masked:
        raise Refused(why({found: masked[found]}), field="subject", remedy="say that your factors are in")
    return found


def _place(conn: Connection, body: wire_library.RecordUse) -> str:
    place = body.place.strip()
    if body.kind != "incident":
        return place
    found = _INCIDENT.match(place)
    if found is None:
        remedy = "write INC-7, or choose another kind"
        raise Invalid(f"{place[:60]!r} names no incident", field="place", remedy=remedy)
    if incidents.get(conn, int(found[1])) is None:
        raise NotFound(f"there is no incident INC-{found[1]}", field="place")
    return place.upper()


def _shown(use: library_uses.Use) -> wire_library.Use:
    return wire_library.Use(
        subject=use.subject,
        name=named(use.subject),
        kind=use.kind,
        place=use.place,
        note=use.note,
        at=use.at,
        linked=use.linked,
    )


def _suggested(conn: Connection, subject: str, incident_id: int, text: str) -> wire_library.SuggestedUse:
    kind, _, number = subject.partition(":")
    key = Key(0, KINDS.index(kind), -int(number), incident_id)
    about = library.details(conn, [key])
    name = named(subject).lower()
    return wire_library.SuggestedUse(
        subject=subject,
        name=named(subject),
        text=snippet(about[0].text, ()).text if about else "",
        cited_in=snippet(text, (name.partition("-")[2],)).text,
    )


def shown_of(conn: Connection, incident_id: int, masked: Collection[int]) -> tuple[wire_library.Use, ...]:
    """The uses of everything that came of an incident's review."""
    return tuple(map(_shown, library_uses.listed(conn, incident_id=incident_id, besides=masked)))
