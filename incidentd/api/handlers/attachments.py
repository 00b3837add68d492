"""Files that are attached to incidents."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Document, Read
from incidentd.domain.file_names import safe_file_name
from incidentd.services.contracts import Calls
from incidentd.wire import attachments as wire_attachments

BYTES = "application/octet-stream"
"""Whatever a file says of itself: nothing that a client might run."""


async def list_attachments(calls: Calls, call: Read) -> wire_attachments.AttachmentList:
    return await calls.attachments.list(call.id)


async def get_incident_attachment(
    calls: Calls, call: Call[Empty, queries.File]
) -> wire_attachments.IncidentAttachmentContent | Document:
    number = call.ids["attachment_id"]
    found = await calls.attachments.get(call.id, number)
    if call.query.format == "json":
        return found
    return Document(BYTES, found.data, safe_file_name(found.attachment.name, f"attachment-{number}"))


async def attach(
    calls: Calls, call: Call[wire_attachments.AttachFile, queries.Query]
) -> wire_attachments.IncidentAttachment:
    return await calls.attachments.attach(call.id, call.body, call.actor)
