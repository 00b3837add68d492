"""Files that are attached to an incident: kept as they came, bounded in size, never opened."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable

from sqlalchemy import Connection

from incidentd.domain.incidents import Incident
from incidentd.services.errors import Invalid, NotFound, Unknown
from incidentd.services.incident_views import existing
from incidentd.storage import incident_attachments, report_messages
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire.attachments import (
    MOST_BYTES,
    AttachFile,
    AttachmentList,
    IncidentAttachment,
    IncidentAttachmentContent,
)

_UNKNOWN = "application/octet-stream"


class Attachments:
    """Implements `contracts.AttachmentCalls`. `limit` is the most bytes of one file, asked at each use."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.limit: Callable[[], int] = lambda: MOST_BYTES  # a daemon's settings say less

    async def list(self, incident_id: int) -> AttachmentList:
        """What is attached to an incident. Raises `NotFound`."""

        def query(conn: Connection) -> AttachmentList:
            return AttachmentList(attachments=incident_attachments.of_incident(conn, existing(conn, incident_id).id))

        return await self._store.read(query)

    async def get(self, incident_id: int, attachment_id: int) -> IncidentAttachmentContent:
        """One of them with its content. Raises `NotFound`."""

        def query(conn: Connection) -> IncidentAttachmentContent:
            found = _one(conn, existing(conn, incident_id), attachment_id)
            return IncidentAttachmentContent(attachment=found, data=incident_attachments.content(conn, found.sha256))

        return await self._store.read(query)

    async def attach(self, incident_id: int, body: AttachFile, actor: str) -> IncidentAttachment:
        """Keep a file, or what is attached to a report. Raises `NotFound`, `Invalid`."""
        from_report = body.report_id is not None and body.attachment_id is not None
        if from_report == bool(body.name or body.data) or (body.report_id is None) != (body.attachment_id is None):
            remedy = "give name and data, or report_id and attachment_id"
            raise Invalid("a file, or what is attached to a report", field="data", remedy=remedy)

        def command(tx: Tx) -> IncidentAttachment:
            incident = existing(tx.conn, incident_id, lock=True)
            name, media_type, data, source = _of_report(tx, body) if from_report else _of_file(body)
            self._check(name, data)
            values = {"name": name, "media_type": media_type, "note": body.note, "source": source}
            number = incident_attachments.add(tx, incident.id, actor, data, **values)
            found = _one(tx.conn, incident, number)
            told = {"id": number, "size": found.size, "sha256": found.sha256, "same_as": found.same_as, **values}
            tx.emit("incident.attached", incident.subject, told, actor=actor)
            return found

        return await self._store.write(command)

    def _check(self, name: str, data: bytes) -> None:
        if not name.strip():
            raise Invalid("a file has a name", field="name", remedy="such as graph.png")
        if not data:
            raise Invalid("the file is empty", field="data", remedy="attach one that says something")
        if len(data) > self.limit():
            most = f"{self.limit() / 2**20:g} MiB"
            remedy = "attach a part of it or write down where it is; max_attachment_mib in [api] allows more"
            raise Invalid(f"the file is larger than {most}", field="data", remedy=remedy)


def _one(conn: Connection, incident: Incident, attachment_id: int) -> IncidentAttachment:
    attached = incident_attachments.of_incident(conn, incident.id)
    found = next((one for one in attached if one.id == attachment_id), None)
    if found is None:
        remedy = f"incidentctl incident attachment list INC-{incident.id}"
        raise NotFound(f"INC-{incident.id} has no attachment {attachment_id}", remedy=remedy)
    return found


def _of_file(body: AttachFile) -> tuple[str, str, bytes, str]:
    guessed = mimetypes.guess_type(body.name)[0]
    return body.name, body.media_type or guessed or _UNKNOWN, body.data, ""


def _of_report(tx: Tx, body: AttachFile) -> tuple[str, str, bytes, str]:
    report_id, attachment_id = body.report_id or 0, body.attachment_id or 0
    found = report_messages.attachment(tx.conn, report_id, attachment_id)
    if found is None:
        remedy = f"incidentctl report show R-{report_id} lists them"
        raise Unknown(f"R-{report_id} has no attachment {attachment_id}", field="attachment_id", remedy=remedy)
    return found[0].name, found[0].media_type, found[1], f"R-{report_id}"
