"""The escalation policies, and what each would do if something fired."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from textual.worker import Worker

from incidentd.client import ClientError
from incidentd.wire import policies as wire_policies
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import HINT, time_of
from incidentd_tui.model import Changes
from incidentd_tui.rows import policies
from incidentd_tui.screens.below import PreviewBelow
from incidentd_tui.screens.duty_verbs import LOUD_KINDS
from incidentd_tui.screens.listing import COPY, FILTER, ListScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

SEVERITIES = ("", "critical", "error", "warning", "info")
"""Severities of an alert that the dry run goes through; the first is none."""


class PoliciesScreen(PreviewBelow[wire_policies.Policy]):
    mode = "oncall"
    heading = "Escalation policies"
    kind = "daemon"
    VERBS = (
        Verb("policies.test", "t", "dry run", "If it fired now: who is called, when and by what (Enter too)"),
        Verb("policies.back", "escape,q", "back", "Clear the filter, then back to where you came from"),
        FILTER,
        COPY,
    )

    async def fetch(self) -> Iterable[tuple[str, wire_policies.Policy]]:
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.policies())
        return [(str(one.name), one) for one in found.policies]

    def on_model(self, changes: Changes) -> None:
        if changes.kinds & LOUD_KINDS:
            self._fetch_again()
        super().on_model(changes)

    def accepts(self, one: wire_policies.Policy) -> bool:
        people = {handle for step in one.steps for target in step.targets for handle in target.now}
        text = f"{one.name} {' '.join(one.services)} {' '.join(people)}"
        return self.filter.accepts(text.lower(), {"policy": one.name})

    def rank(self, one: wire_policies.Policy) -> tuple[object, ...]:
        return (one.name,)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [policies.row(self.model, one, width) if one else []]

    def head(self, width: int) -> paint.Line:
        return policies.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return policies.lines(one, width) if one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        return [(f" {phrases.count(len(self.table.keys), 'policy', 'policies')}", theme.muted)], []

    # ------------------------------------------------------------------ verbs
    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("policies.test"), exit_on_error=False)

    def do_test(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(DryRunScreen(str(one.name)))


class DryRunScreen(ListScreen):
    """One policy: everybody who would be called if something fired, and nobody acknowledged. Nothing is sent."""

    mode = "oncall"
    heading = "Dry run"
    uniform = False
    skipped = frozenset({"head", "calls"})
    VERBS = (
        Verb("dry_run.severity", "s", "severity", "Another severity of the alert"),
        Verb("dry_run.urgency", "w", "urgency", "High or low urgency"),
        Verb("dry_run.at", "a", "at", "If it fired at another time: a form"),
        Verb("dry_run.back", "escape,q", "back", "Back to the policies"),
        COPY,
    )

    def __init__(self, policy: str) -> None:
        super().__init__()
        self.policy = policy
        self.severity, self.urgency = SEVERITIES[0], "high"
        self.at: datetime | None = None  # now
        self.found: wire_policies.PolicyTest | None = None
        self._told: dict[Key, list[paint.Line]] = {}
        self._fault = ""

    # ------------------------------------------------------------------ loading
    def _load_again(self) -> None:
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    async def _load(self) -> None:
        call = self.tui.acts.client.test_policy(self.policy, severity=self.severity, urgency=self.urgency, at=self.at)
        try:
            self.found = await self.tui.acts.gateway.ask(call)
            self._fault = ""
        except ClientError as error:
            self.found, self._fault = None, self.tui.acts.reason("", error)
        if self.composed:
            self.reorder()

    def on_model(self, changes: Changes) -> None:
        if changes.everything or changes.kinds & LOUD_KINDS:
            self._load_again()
        self.refresh_frame()

    # ------------------------------------------------------------------ rows
    def order(self) -> list[Key]:
        if self.found is None:
            return []
        rows = policies.dry_run(self.model, self.found, self.table.scrollable_content_region.width - 2)
        self._told = {row.key: row.lines for row in rows}
        return [row.key for row in rows]

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        return self._told.get(cast("tuple[str, int]", key), [[]])

    def fit_window(self) -> None:
        super().fit_window()
        self.query_one("#preview").display = False

    def head(self, width: int) -> paint.Line:
        when = f"at {phrases.day_hour(self.at, self.model.now(), self.model.zone)}" if self.at else "now"
        severity = f"severity {self.severity}, " if self.severity else ""
        asked = f"  if it fired {when}: {severity}{self.urgency} urgency"
        by = f", by policy {self.found.policy}" if self.found and self.found.policy != self.policy else ""
        return [(f" {self.policy}", theme.bold), (asked + by, theme.plain)]

    def nothing(self) -> list[paint.Line]:
        if self._fault:
            return [[], [("  ! ", theme.danger), (self._fault, theme.plain)]]
        return [[], [("  asking …", theme.muted)]]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        return [(" nothing is sent; mutes, limits and messages that fail are left out", theme.muted)], []

    # ------------------------------------------------------------------ verbs
    def do_severity(self) -> None:
        self.severity = SEVERITIES[(SEVERITIES.index(self.severity) + 1) % len(SEVERITIES)]
        self._load_again()

    def do_urgency(self) -> None:
        self.urgency = "low" if self.urgency == "high" else "high"
        self._load_again()

    def do_at(self) -> None:
        async def send(values: Values) -> str:
            try:
                self.at = time_of(self.tui, "When", values["at"]) if values["at"] not in ("", "now") else None
            except ValueError as error:
                return str(error)
            self._load_again()
            return ""

        field = Field(name="at", label="When", value="now", hint=f"now, {HINT}", optional=True)
        plan = Plan(title="If it fired then", verb="ask", fields=(field,), effects=lambda _: (), send=send)
        self.app.push_screen(Form(self.tui, plan))

    def do_back(self) -> None:
        self.app.pop_screen()
