"""Mode 8: plugins, checks, problems, nodes, the house of the daemon and its figures."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import cast

from incidentd import runbooks, wire
from incidentd.client import ClientError
from incidentd.wire.checks import Check, CheckResult
from incidentd.wire.health import OwnAlarm
from incidentd.wire.nodes import Node
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import checking
from incidentd_tui.model import Changes
from incidentd_tui.rows import alarms, checks, health, house, house_pages, nodes
from incidentd_tui.screens.detail import DetailScreen
from incidentd_tui.screens.listing import COPY, PREVIEW_WIDTH, ListScreen
from incidentd_tui.screens.told import ToldScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList


class HealthScreen(ListScreen):
    mode = "health"
    heading = "Health"
    uniform = False
    skipped = frozenset({"role", "head", "gap"})
    VERBS = (
        Verb("health.test", "t", "test", "Send a test message to yourself through this notifier", writes=True),
        Verb("health.pause", "p", "pause", "Pause this check, so that it pages nobody; or resume it", writes=True),
        Verb("health.note", "P", "pause, why", "Pause this check with a note for the others: a form", writes=True),
        Verb("health.address", "c", "ping URL", "Copy where the pings of this heartbeat go (OSC 52)"),
        COPY,
    )

    def __init__(self) -> None:
        super().__init__()
        self._recent: dict[str, tuple[CheckResult, ...]] = {}

    def order(self) -> list[Key]:
        return list(health.keys(self.model))

    def head(self, width: int) -> paint.Line:
        return house.summary(self.model, self.model.health, width) if self.model.health is not None else []

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        return health.row(self.model, cast("health.Key", key), width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        if (check := self._check()) is not None:
            return checks.lines(self.model, check, self._recent.get(checks.path(check), ()), width)
        if (node := self._node()) is not None:
            return nodes.lines(self.model, node, width)
        if (alarm := self._alarm()) is not None:
            return alarms.lines(alarm, width)
        if (fact := self._fact()) is not None:
            return house.lines(fact, width)
        adapter = self._adapter()
        return health.adapter_lines(self.model, adapter, width) if adapter else []

    def _alarm(self) -> OwnAlarm | None:
        key, known = self.table.cursor, self.model.health
        if not isinstance(key, tuple) or key[0] != "problem" or known is None:
            return None
        return alarms.of(known, key[1])

    def _fact(self) -> house.Fact | None:
        key, known = self.table.cursor, self.model.health
        if not isinstance(key, tuple) or known is None or key[0] not in ("house", "figure"):
            return None
        told = health.facts(self.model, known, key[0])
        return told[key[1]] if key[1] < len(told) else None

    def _check(self) -> Check | None:
        key = self.table.cursor
        known = checks.ordered(self.model)
        return known[key[1]] if isinstance(key, tuple) and key[0] == "check" and key[1] < len(known) else None

    def _node(self) -> Node | None:
        key = self.table.cursor
        known = nodes.ordered(self.model)
        return known[key[1]] if isinstance(key, tuple) and key[0] == "node" and key[1] < len(known) else None

    def on_virtual_list_moved(self) -> None:
        super().on_virtual_list_moved()
        if self.wide and self._check() is not None:
            self.run_worker(self._look(), exit_on_error=False, exclusive=True, group="look")

    async def _look(self) -> None:
        """The latest results of the check under the cursor: a list does not tell them."""
        if (check := self._check()) is None:
            return
        path = checks.path(check)
        with contextlib.suppress(ClientError):
            self._recent[path] = (await self.tui.acts.gateway.ask(self.tui.acts.client.check(path))).recent
            self.refresh_frame()

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
        ailing = sum(one.status in checks.AILING for one in self.model.checks)
        if ailing:
            left.append((f" · ▲ {phrases.count(ailing, 'check')} late or down", theme.warning))
        if (check := self._check()) is not None and not self.wide:
            left = [(f" {checks.path(check)}: {check.expects}", theme.muted)]
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
        check = self._check()
        if verb.id in ("health.pause", "health.note", "health.address") and check is None:
            return f"{verb.label}: choose a check first"
        if verb.id == "health.note" and check is not None and check.paused is not None:
            return f"{verb.label}: it is paused already; p resumes it"
        if verb.id == "health.address" and check is not None and check.kind != "heartbeat":
            return f"{verb.label}: {check.name} waits for no pings"
        return ""

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        if (alarm := self._alarm()) is not None:
            self._open_runbook(str(alarm.code))
            return
        check, fact = self._check(), self._fact()
        if check is not None and check.alert_id is not None:
            self.app.push_screen(DetailScreen("alert", check.alert_id))
        elif check is not None:
            self.tui.say(f"{check.name}: no alert of it fires", "warning")
        elif fact is not None and fact.page:
            self.run_worker(self._tell_more(fact), exit_on_error=False)
        else:
            self._read_on(self.table.cursor)

    def _read_on(self, key: Key | None) -> None:
        """What a wide window shows beside the list."""
        if key is not None and self.preview_lines(key, PREVIEW_WIDTH):
            self.app.push_screen(ToldScreen(self.heading, partial(self.preview_lines, key)))

    async def _tell_more(self, fact: house.Fact) -> None:
        """The tables behind a fact; they are asked for only when somebody wants to read them."""
        ask, draw = house_pages.PAGES[fact.page]
        self.tui.say(f"{fact.label}: looking …", "quiet")
        found = await self.tui.acts.attempt("", ask(self.tui.acts.client))
        if found is not None and self.app.screen is self:
            self.app.push_screen(ToldScreen(fact.label, partial(draw, self.model, found)))

    def _open_runbook(self, code: str) -> None:
        """The page that came with this terminal: it is there when the daemon is not."""
        text = runbooks.page(code)
        if text is None:
            self.tui.say(f"{code}: this terminal is older than the daemon and has no runbook for it", "warning")
        else:
            self.app.push_screen(ToldScreen(code, lambda width: alarms.page(text, width)))

    async def do_pause(self) -> None:
        if (check := self._check()) is not None:
            pause = checking.resume if check.paused is not None else checking.pause
            self.run_worker(pause(self.tui, check), exit_on_error=False)

    def do_note(self) -> None:
        if (check := self._check()) is not None:
            self.app.push_screen(checking.pause_form(self.tui, check))

    async def do_address(self) -> None:
        if (check := self._check()) is not None:
            self.run_worker(self._copy_address(check), exit_on_error=False)

    async def _copy_address(self, check: Check) -> None:
        acts = self.tui.acts
        answer = await acts.attempt("", acts.client.check_url(checks.path(check)))
        if answer is not None:
            self.tui.copy_to_clipboard(answer.url)
            self.tui.say(f"✓ copied where the pings of {check.name} go: who has it may ping", "done")

    async def do_test(self) -> None:
        if (adapter := self._adapter()) is not None:
            self.run_worker(self._test(adapter.instance), exit_on_error=False)

    async def _test(self, instance: str) -> None:
        answer = await self.tui.acts.attempt("", self.tui.acts.client.test_notifier(instance))
        if answer is not None:
            self.tui.say(f"✓ a test message for you waits at {answer.notifier}", "done")
