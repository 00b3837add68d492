"""An attachment is saved as a file: never opened here, never over another file, never outside of one directory.

The directory is fixed: who may only use this program (a forced command over SSH) must not be able to write what a
stranger sent to where a shell or a daemon would read it.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.domain.file_names import safe_file_name
from incidentd.wire import reports as wire_reports
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.screens.picker import Item, Picker

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

FOLDER = "incidentd-attachments"
"""In the home directory of whoever runs the terminal UI; only they may enter it."""


def save(tui: IncidentdApp, found: wire_reports.ReportDetail) -> None:
    """Save one of what is attached to the messages of a report."""
    report = found.report
    known = {str(one.id): one for message in found.messages for one in message.attachments}
    if len(known) == 1:
        tui.push_screen(_form(tui, report, next(iter(known.values()))))
        return
    items = [Item(number, one.name, f"{one.media_type}, {one.size:,} bytes") for number, one in known.items()]

    def chosen(number: str | None) -> None:
        if number is not None:
            tui.push_screen(_form(tui, report, known[number]))

    tui.push_screen(Picker("Save which attachment?", items), chosen)


def _form(tui: IncidentdApp, report: wire_reports.Report, one: wire_reports.Attachment) -> Form:
    name = safe_file_name(one.name, f"attachment-{one.id}")
    fields = (Field(name="name", label="File name", value=name),)

    def effects(values: Values) -> list[str]:
        return [f"writes {_folder() / values['name']}, {one.size:,} bytes",
                "nothing opens it here: whoever does trusts a stranger"]  # fmt: skip

    async def send(values: Values) -> str:
        safe = safe_file_name(values["name"], name)
        if safe != values["name"]:
            return f"File name: only a plain name, such as {safe}"
        try:
            content = await tui.acts.gateway.ask(tui.acts.client.attachment(report.id, one.id))
            path = await asyncio.to_thread(_write, safe, content.data)
        except ClientError as error:
            return tui.acts.reason(f"report:{report.id}", error)
        except FileExistsError:
            return f"File name: {_folder() / safe} exists already; choose another name"
        except OSError as error:
            return f"{_folder() / safe}: {error.strerror}"
        tui.say(f"✓ saved {path}", "done")
        return ""

    return Form(tui, Plan(title=f"Save {one.name}", verb="save", fields=fields, effects=effects, send=send))


def _folder() -> Path:
    return Path.home() / FOLDER


def _write(name: str, data: bytes) -> Path:
    """A new file that nobody else reads and nothing runs. Raises `OSError`."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return path
