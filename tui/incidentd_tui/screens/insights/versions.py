"""Versions of the process: what was in force when, why, and what each says otherwise than the one before."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.client import ClientError
from incidentd.wire.process_comparison import CompareProcesses, ProcessSide
from incidentd.wire.process_versions import ProcessVersion
from incidentd_tui import paint
from incidentd_tui.rows import process_versions as rows
from incidentd_tui.screens.insights.process_view import READING, ProcessView
from incidentd_tui.widgets.virtual_list import Key


class VersionsScreen(ProcessView[ProcessVersion]):
    """Keys are their numbers."""

    view_here = "versions"
    kinds = frozenset({"process"})
    heading = "Versions"
    says = "every incident remembers its version; incidentctl process propose | adopt"
    VERBS = READING

    def __init__(self) -> None:
        super().__init__()
        self._changes: dict[int, tuple[str, ...]] = {}

    async def fetch(self) -> Iterable[tuple[str, ProcessVersion]]:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        found = await ask(client.process_versions())
        return [(str(one.id), one) for one in found.versions]

    def accepts(self, one: ProcessVersion) -> bool:
        text = f"{one.name} {one.process_version} {one.reason} {one.proposed_by}"
        return self.filter.accepts(text.lower(), {"state": one.state})

    def rank(self, one: ProcessVersion) -> tuple[object, ...]:
        return (-one.id,)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [rows.row(one, self.model.zone, width) if one is not None else []]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here
        if one is None:
            return []
        return [[], *rows.in_full(one, self.model.zone, self._changes.get(one.id), width)]

    # ------------------------------------------------------------------ what the one here says otherwise
    def look_here(self) -> None:
        one = self.here
        if one is not None and one.id not in self._changes:
            self.run_worker(self._look(one.id), exit_on_error=False, exclusive=True, group="look")

    async def _look(self, number: int) -> None:
        """A version that was never in force is compared with what is, any other with the one before it."""
        before = self._before(number)
        try:
            body = CompareProcesses(before=ProcessSide(number=before), after=ProcessSide(number=number))
            found = await self.tui.acts.gateway.ask_much(self.tui.acts.client.compare_processes(body))
            self._changes[number] = tuple(map(rows.difference, found.differences))
        except ClientError as error:
            self._changes[number] = (self.tui.acts.reason("", error),)
        self.refresh_frame()

    def _before(self, number: int) -> int | None:
        """The version that was in force before this one came; None for what is in force."""
        if not self.known[str(number)].in_force:
            return None
        earlier = [int(key) for key, one in self.known.items() if int(key) < number and one.in_force]
        return max(earlier, default=number)
