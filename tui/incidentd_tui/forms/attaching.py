"""The dialog that attaches a file of this machine to an incident."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.wire.attachments import MOST_BYTES, AttachFile
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def attach(tui: IncidentdApp, incident: wire.Incident) -> Form:
    """A file by its path, and what it shows."""
    fields = (
        Field(name="path", label="File", hint="~/graph.png"),
        Field(name="note", label="What it shows", optional=True),
    )

    async def send(values: Values) -> str:
        try:
            name, data = await asyncio.to_thread(_read, values["path"])
        except OSError as error:
            return f"File: {error.strerror or error}"
        if len(data) > MOST_BYTES:
            return f"File: it has more than {MOST_BYTES:,} bytes"
        body = AttachFile(name=name[:250], data=data, note=values["note"])
        return await tui.acts.refusal(f"incident:{incident.id}", tui.acts.client.attach(incident.id, body))

    effects = ("everybody in the room can save it; nothing opens it here",)
    title = f"Attach to INC-{incident.id}"
    return Form(tui, Plan(title=title, verb="attach", fields=fields, effects=lambda _: effects, send=send))


def _read(given: str) -> tuple[str, bytes]:
    """Name and content, at most one byte more than is taken. Raises `OSError`, also for a device or a directory."""
    path = Path(given).expanduser()
    if not path.is_file():
        raise OSError(errno.ENOENT, "there is no such file")
    with path.open("rb") as file:
        return path.name, file.read(MOST_BYTES + 1)
