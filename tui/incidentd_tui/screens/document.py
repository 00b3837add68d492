"""The document of a review, to read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from textual.worker import Worker

from incidentd.client import ClientError
from incidentd.wire import review_documents as documents
from incidentd.wire.library import LibraryEntry
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import document as document_forms
from incidentd_tui.rows import document
from incidentd_tui.rows.detail import Section
from incidentd_tui.screens.listing import COPY
from incidentd_tui.screens.sections import SectionsScreen
from incidentd_tui.verbs import Verb


class DocumentScreen(SectionsScreen):
    """What is published counts its reader; what is being written is a preview."""

    mode = "learn"
    heading = "Document"
    VERBS = (
        Verb("document.back", "escape,q", "back", "Back to where you came from"),
        Verb("document.next", "tab", "section", "The next section"),
        Verb("document.write", "E", "write", "Write a section of its prose: a form", writes=True),
        Verb("document.publish", "P", "publish", "Publish it; what its checklist says is shown first", writes=True),
        Verb("document.external", "x", "external", "What customers read, and back"),
        Verb("document.review", "w", "workshop", "The workshop that it came out of"),
        Verb("document.room", "r", "room", "The room of the incident"),
        Verb("document.before", "shift+tab", "section before", "The section before", hint=False),
        COPY,
    )

    def __init__(self, incident_id: int) -> None:
        super().__init__()
        self.incident_id = incident_id
        self.external = False
        self._found: documents.ReviewDocument | None = None
        self._entry: LibraryEntry | None = None
        self._fault = ""

    # ------------------------------------------------------------------ painting
    def sections(self, width: int) -> list[Section]:
        if self._fault:
            return [Section("fault", [[], [("! ", theme.danger), (self._fault, theme.plain)]])]
        if self._entry is not None and self._entry.imported_from:
            return [document.plain(str(self._entry.document), width)]
        if self._found is None:
            return [Section("loading", [[], [("loading …", theme.muted)]])]
        parts = [document.section(self.model, one, width) for one in self._found.sections]
        foot = [[(text, theme.faint)] for text in paint.wrap(str(self._found.foot), width, 6)]
        return [document.title(self._found, width), *parts, Section("foot", [*foot])]

    def preview_lines(self, key: object, width: int) -> list[paint.Line]:
        if self._found is None:
            return []
        lines: list[paint.Line] = [[], [("CONTENTS", theme.heading)]]
        lines += [[(str(one.title), theme.plain)] for one in self._found.sections]
        if self._entry is not None:
            lines += [[], [("READ BY", theme.heading)], *self._readers(self._entry, width)]
        return lines

    def _readers(self, entry: LibraryEntry, width: int) -> list[paint.Line]:
        """How many, never who."""
        read = entry.readers
        team = f", {read.of_team} of {read.team_size} in {read.team}" if read.team else ""
        people = phrases.count(read.people, "person", "people")
        return [[(text, theme.muted)] for text in paint.wrap(f"{people}{team}", width, 3)]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        state = "published" if self._entry is not None else "not published yet: as it stands now"
        kind = "what customers read" if self.external else "for ourselves"
        return [(f" INC-{self.incident_id} · {kind} · {state}", theme.muted)], []

    # ------------------------------------------------------------------ live
    def on_mount(self) -> None:
        self._load_again()

    def _load_again(self) -> None:
        # As a function: a load that another one replaces before it began leaves no coroutine behind.
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    async def _load(self) -> None:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        try:
            review = (await ask(client.review(self.incident_id))).review
            if str(review.state) == "published":
                self._entry = await ask(client.read_library(self.incident_id))
            if not str(review.imported_from):
                self._found = await ask(client.review_document(self.incident_id, self._kind))
            self._fault = ""
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        if self.composed:
            self.reorder()

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id in ("document.write", "document.publish", "document.external") and self._found is None:
            return f"{verb.label}: it was written elsewhere" if self._entry is not None else f"{verb.label}: not loaded"
        return ""

    @property
    def _kind(self) -> documents.DocumentKind:
        return "external" if self.external else "internal"

    def _after(self, sent: bool | None) -> None:
        if sent:
            self._load_again()

    async def do_write(self) -> None:
        with self._told():
            asked = self.tui.acts.client.review_sections(self.incident_id)
            found = await self.tui.acts.gateway.ask(asked)
            document_forms.write(self.tui, self.incident_id, found, self._after)

    async def do_publish(self) -> None:
        with self._told():
            asked = self.tui.acts.client.review_checks(self.incident_id, self._kind)
            found = await self.tui.acts.gateway.ask(asked)
            self.app.push_screen(document_forms.publish(self.tui, self.incident_id, found), self._after)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Say why the daemon did not answer."""
        try:
            yield
        except ClientError as error:
            self.tui.say(self.tui.acts.reason("", error), "warning")

    def do_external(self) -> None:
        self.external = not self.external
        self._load_again()

    async def do_review(self) -> None:
        await self.tui.open_review(self.incident_id)

    async def do_room(self) -> None:
        await self.tui.open_room(self.incident_id)
