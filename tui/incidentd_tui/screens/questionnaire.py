"""The questions of the severity matrix about one incident: a digit answers, and what comes of it is seen at once."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from incidentd.client import ClientError
from incidentd.domain.classification import Classification, classify, fitting, next_question
from incidentd.domain.matrix_faults import MAX_ANSWERS
from incidentd.domain.severity_matrix import UNKNOWN, Matrix, Question
from incidentd_tui import paint, theme
from incidentd_tui.forms.base import WIDTH
from incidentd_tui.forms.severity import Answering, by_hand
from incidentd_tui.rows import severity as rows
from incidentd_tui.screens.typeahead import TypeAhead
from incidentd_tui.widgets.bars import Bar, Pane
from incidentd_tui.widgets.virtual_list import Key, VirtualList


class Questionnaire(TypeAhead[bool]):
    """Answers True when something was recorded. Its keys wait until the matrix is there."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"answer({number})", show=False) for number in range(1, MAX_ANSWERS + 1)),
        Binding("question_mark,u", "answer(0)", show=False),
        Binding("backspace,x", "forget", show=False),
        Binding("down,j,tab", "move(1)", show=False, priority=True),
        Binding("up,k,shift+tab", "move(-1)", show=False, priority=True),
        Binding("enter", "record", show=False),
        Binding("o", "by_hand", show=False),
        Binding("escape,q", "leave", show=False),
    ]

    def __init__(self, answering: Answering) -> None:
        super().__init__()
        self._answering = answering
        self._matrix: Matrix | None = None
        self._fault = ""
        self._sending = False

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Bar(widget_id="form-title")
            questions = VirtualList(self._row, uniform=False, widget_id="questions")
            questions.add_class("always")
            questions.can_focus = False
            yield questions
            yield Pane(widget_id="effects")
            yield Bar(widget_id="form-keys")

    @property
    def _questions(self) -> VirtualList:
        return self.query_one("#questions", VirtualList)

    def on_mount(self) -> None:
        self._repaint()
        self.run_worker(self._load(), exit_on_error=False)

    async def _load(self) -> None:
        acts = self._answering.tui.acts
        try:
            found = await acts.gateway.ask(acts.client.severity_matrix())
        except ClientError as error:
            self._fault = acts.reason("", error)
        else:
            self._matrix = msgspec.convert(found, Matrix, from_attributes=True)
            self._answering.given, _ = fitting(self._matrix, self._answering.given)
            self._go_on()
        self._repaint()
        self.call_after_refresh(self.accept_keys)

    def on_resize(self) -> None:
        self.call_after_refresh(self._repaint)

    # ------------------------------------------------------------------ what it says
    @property
    def _found(self) -> Classification | None:
        return None if self._matrix is None else classify(self._matrix, self._answering.given)

    def _question(self, key: Key | None) -> Question | None:
        return None if self._matrix is None else self._matrix.question(str(key))

    def _row(self, key: Key, width: int) -> list[paint.Line]:
        question, found = self._question(key), self._found
        if question is None or found is None:
            return [[]]
        here = self._questions.cursor == key
        return rows.question_lines(question, found, self._answering.given, width, here=here)

    def _repaint(self) -> None:
        incident, found = self._answering.incident, self._found
        title = f" Severity of INC-{incident.id}: now {incident.severity.value}"
        self.query_one("#form-title", Bar).say([(title, theme.bold)])
        width = min(WIDTH, self.size.width - 2)
        lines: list[paint.Line] = []
        if self._fault:
            lines = [
                [(" ! " if not index else "   ", theme.danger), (text, theme.plain)]
                for index, text in enumerate(paint.wrap(self._fault, width - 4, 4))
            ]
        elif self._matrix is not None and found is not None:
            becomes = found.level if self._answering.given else incident.severity
            lines = rows.result_lines(self._matrix, found, (incident.severity, becomes), width)
        else:
            lines = [[(" … looking", theme.muted)]]
        pane = self.query_one("#effects", Pane)
        pane.styles.height = len(lines)
        pane.say(lines)
        self._fit(len(lines), width)
        self.query_one("#form-keys", Bar).say(self._keys(found))

    def _fit(self, below: int, width: int) -> None:
        """The questions take what borders, title, result and keys leave of the window."""
        shown = self._questions
        if self._matrix is not None:
            shown.remeasure()
            height = sum(len(self._row(one.id, width)) for one in self._matrix.questions)
            shown.styles.height = max(min(height, self.size.height - below - 6), 3)

    def _keys(self, found: Classification | None) -> paint.Line:
        if self._sending:
            return [("  sending …", theme.muted)]
        question = self._question(self._questions.cursor)
        keys: paint.Line = []
        if question and found:
            for key, label in ((f"1-{len(question.answers)}", "answer"), ("?", "unknown"), ("↑↓", ""),
                               ("↵", f"record {found.level}")):  # fmt: skip
                keys += [(f" {key}", theme.key), (f" {label} " if label else " ", theme.muted)]
        return [*keys, (" o", theme.key), (" by hand ", theme.muted), (" esc", theme.key), (" leave", theme.muted)]

    # ------------------------------------------------------------------ answering
    def _go_on(self, after: str = "") -> None:
        """To the next question that can still change the level, from `after` on; where it is when there is none."""
        if self._matrix is None:
            return
        ids = [one.id for one in self._matrix.questions]
        wanted = next_question(self._matrix, self._answering.given)
        cursor = wanted.id if wanted is not None else after or ids[0]
        self._questions.set_rows(ids, cursor=cursor)

    def action_answer(self, number: int) -> None:
        question = self._question(self._questions.cursor)
        if question is None or number > len(question.answers):
            return
        answer = question.ids[number - 1] if number else UNKNOWN
        self._fault = ""
        self._answering.given = {**self._answering.given, question.id: answer}
        self._go_on(question.id)
        self._repaint()

    def action_forget(self) -> None:
        kept = {name: told for name, told in self._answering.given.items() if name != self._questions.cursor}
        self._answering.given = kept
        self._repaint()

    def action_move(self, by: int) -> None:
        self._questions.action_move(by)
        self._repaint()

    # ------------------------------------------------------------------ sending
    def action_record(self) -> None:
        if self._sending or self._matrix is None:
            return
        if not self._answering.given:
            self._fault = "nothing is answered yet: a digit answers, ? is unknown"
            self._repaint()
            return
        self._sending = True
        self._repaint()
        self.run_worker(self._record(), exit_on_error=False)

    async def _record(self) -> None:
        try:
            self._fault = await self._answering.record()
        finally:
            self._sending = False
        if self._fault:
            self._repaint()
        else:
            self.dismiss(True)

    def action_by_hand(self) -> None:
        found = self._found
        if found is not None and self._answering.given:
            self._answering.level = found.level

        def sent(done: bool | None) -> None:
            if done:
                self.dismiss(True)

        self.app.push_screen(by_hand(self._answering), sent)

    def action_leave(self) -> None:
        if not self._sending:
            self.dismiss(False)
