"""Mode 8: plugins, problems and figures of the daemon."""

from __future__ import annotations

from typing import cast

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Changes
from incidentd_tui.rows import health
from incidentd_tui.screens.listing import COPY, ListScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key


class HealthScreen(ListScreen):
    mode = "health"
    heading = "Health"
    uniform = False
    skipped = frozenset({"role", "head", "gap"})
    VERBS = (
        Verb("health.test", "t", "test", "Send a test message to yourself through this notifier", writes=True),
        COPY,
    )

    def order(self) -> list[Key]:
        return list(health.keys(self.model))

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        return health.row(self.model, cast("health.Key", key), width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        adapter = self._adapter()
        return health.adapter_lines(self.model, adapter, width) if adapter else []

    def _adapter(self) -> wire.AdapterHealth | None:
        key = self.table.cursor
        known = self.model.health
        if not isinstance(key, tuple) or key[0] != "adapter" or known is None or key[1] >= len(known.adapters):
            return None
        return known.adapters[key[1]]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        known = self.model.health
        if known is None:
            return [], []
        bad = sum(one.state != "ok" for one in known.adapters)
        text = f" {phrases.count(len(known.adapters), 'plugin instance')}"
        left: paint.Line = [(text, theme.muted)]
        if bad:
            left.append((f" · ▲ {bad} need attention" if bad > 1 else " · ▲ 1 needs attention", theme.warning))
        cut_off = len(health.people_cut_off(self.model, known))
        if cut_off:
            left.append((f" · ▲ {phrases.count(cut_off, 'person', 'people')} may not be reached", theme.warning))
        return left, []

    def on_model(self, changes: Changes) -> None:
        if changes.everything or changes.link or changes.kinds:
            self.reorder()
        else:
            self.repaint_bars()

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        adapter = self._adapter()
        if verb.id == "health.test" and (adapter is None or adapter.role != "notifier"):
            return "test: choose a notifier first"
        return ""

    async def do_test(self) -> None:
        if (adapter := self._adapter()) is not None:
            self.run_worker(self._test(adapter.instance), exit_on_error=False)

    async def _test(self, instance: str) -> None:
        answer = await self.tui.acts.attempt("", self.tui.acts.client.test_notifier(instance))
        if answer is not None:
            self.tui.say(f"✓ a test message for you waits at {answer.notifier}", "done")
