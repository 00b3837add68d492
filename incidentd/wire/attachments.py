"""Files that are attached to an incident: kept as they came, and never opened by the daemon."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from incidentd.wire.base import Frozen, Instant, OptionalText, Request, RowId

MOST_BYTES = 16 * 1024 * 1024
"""No configuration allows more in one file."""


class IncidentAttachment(Frozen, frozen=True):
    id: int
    name: str  # as it was given; `incidentd.domain.file_names` makes it safe to write under
    media_type: str  # as it was given, or guessed by the name
    size: int  # bytes
    sha256: str  # hexadecimal
    note: str
    source: str  # R-4 when it came from a report
    at: Instant
    by: str
    same_as: tuple[str, ...]  # what has the same content already: INC-2 attachment 1


class AttachmentList(Frozen, frozen=True):
    attachments: tuple[IncidentAttachment, ...]  # oldest first


class IncidentAttachmentContent(Frozen, frozen=True):
    attachment: IncidentAttachment
    data: bytes  # base64


class AttachFile(Request, frozen=True):
    """A file (`name` and `data`), or what is attached to a report (`report_id` and `attachment_id`)."""

    name: Annotated[str, Meta(max_length=250)] = ""
    data: bytes = b""  # base64
    media_type: Annotated[str, Meta(max_length=100, pattern=r"^(|[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+)\Z")] = ""
    note: OptionalText = ""
    report_id: RowId | None = None
    attachment_id: RowId | None = None
