"""One report in triage: the conversation, and beside it the card of what is known, what to ask and where it goes."""

from __future__ import annotations

from textual.worker import Worker

from incidentd.client import ClientError
from incidentd.wire.reports import Report, ReportDetail
from incidentd.wire.triage import Similar, Triage
from incidentd_tui import paint, theme
from incidentd_tui.forms import answering, customers, outcomes, regrouping, saving, triaging
from incidentd_tui.model import Changes
from incidentd_tui.rows import triage
from incidentd_tui.rows.detail import Section
from incidentd_tui.screens.listing import COPY
from incidentd_tui.screens.sections import SectionsScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

_STATES_FOR = {"link": "linked", "duplicate": "duplicate"}


def why_no_question(card: Triage) -> str:
    """Why the next question cannot be sent as it stands, "" when it can."""
    if card.next is None:
        return "nothing is left to ask"
    return f"the report cannot fill {', '.join(card.next.missing)}; R writes it by hand" if card.next.missing else ""


class TriageScreen(SectionsScreen):
    """Loaded when opened, and again when the daemon tells of a change."""

    mode = "reports"
    heading = "Triage"
    markable = True
    VERBS = (
        Verb("triage.ack", "a", "ack", "Say that you have read it and take it on: stops the first clock", writes=True),
        Verb("triage.edit", "e", "card", "Fill in the card, impact and urgency: a form", writes=True),
        Verb("triage.question", "N", "ask", "Send the question that the card shows, as it stands there", writes=True),
        Verb("triage.reply", "R", "reply", "Write to the reporter: a form", writes=True),
        Verb("triage.canned", "C", "canned", "Send a reply that was written ahead: choose, then see it", writes=True),
        Verb("triage.propagate", "P", "page", "Page the people of its area, by rule: a form", writes=True),
        Verb("triage.link", "l", "link", "Link it to an open incident", writes=True),
        Verb("triage.declare", "i", "incident", "Declare an incident from it and those the nudge names", writes=True),
        Verb("triage.duplicate", "d", "duplicate", "It is a duplicate of another report", writes=True),
        Verb("triage.state", "T", "state", "Say what it came to: ticket, no fault, followed up, closed", writes=True),
        Verb("triage.split", "X", "split", "Make a report of its own of the marked messages: a form", writes=True),
        Verb("triage.customer", "K", "customer", "Correct what we know of the customer: a form", writes=True),
        Verb("triage.save", "s", "save file", "Save an attachment as a file; nothing opens it"),
        Verb("triage.note", "n", "note", "A note for us only: a form", writes=True),
        Verb("triage.next", "tab", "section", "The next section", hint=False),
        Verb("triage.before", "shift+tab", "section before", "The section before", hint=False),
        Verb("triage.back", "escape,q", "back", "Back to the list"),
        COPY,
    )

    def __init__(self, report_id: int) -> None:
        super().__init__()
        self.report_id = report_id
        self._detail: ReportDetail | None = None
        self.card: Triage | None = None
        self.similar: Similar | None = None
        self._fault = ""

    @property
    def report(self) -> Report | None:
        """As it stands: the card and the conversation are asked for one after the other."""
        known = [one.report for one in (self._detail, self.card) if one is not None]
        return max(known, key=lambda one: one.version, default=None)

    # ------------------------------------------------------------------ painting
    def sections(self, width: int) -> list[Section]:
        if self._fault:
            return [Section("fault", [[], [("! ", theme.danger), (self._fault, theme.plain)]])]
        if self._detail is None or self.card is None:
            return [Section("loading", [[], [("loading …", theme.muted)]])]
        beside = [] if self.wide else [triage.card(self.model, self.card, self.similar, width)]
        return [
            triage.about(self.model, self._detail, width),
            *beside,
            triage.conversation(self.model, self._detail, width),
            triage.history(self.model, self._detail, width),
        ]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        return [[], *triage.card(self.model, self.card, self.similar, width).lines] if self.card is not None else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        one = self.report
        if one is None:
            return [], []
        whose = f"{one.owner} has it" if one.owner else "nobody has taken it on"
        marked: paint.Line = [(f" · + {len(self._marked)} marked", theme.key)] if self._marked else []
        return [(f" {one.reference} · {whose}", theme.muted), *marked], []

    @property
    def _marked(self) -> set[int]:
        """The messages that are marked, by id."""
        return {int(key[1]) for key in self.table.marks if isinstance(key, tuple)}

    # ------------------------------------------------------------------ live
    def on_mount(self) -> None:
        self.load_again()

    def on_model(self, changes: Changes) -> None:
        if "report" in changes.kinds and not changes.everything:
            self.load_again()
        self.reorder(cursor=self.table.cursor)

    def load_again(self) -> None:
        """Fetch it; called after every change of ours, too."""
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    async def _load(self) -> None:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        try:
            self._detail = await ask(client.report(self.report_id))
            self.card = await ask(client.triage(self.report_id))
            self._fault = ""
            if self.composed:
                self.reorder(cursor=self.table.cursor)
            self.similar = await ask(client.similar_reports(self.report_id))
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        if self.composed:
            self.reorder(cursor=self.table.cursor)

    def after_form(self, sent: bool | None) -> None:
        """What a form changed is fetched."""
        if sent:
            self.load_again()

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id == "triage.save" and not self._has_attachments():
            return "save file: nothing is attached"
        if not verb.writes:
            return ""
        if self.report is None or self.card is None:
            return f"{verb.label}: the report is not loaded yet"
        reason = self._refused(verb.id.partition(".")[2], self.report, self.card)
        return f"{verb.label}: {reason}" if reason else ""

    def _has_attachments(self) -> bool:
        return self._detail is not None and any(one.attachments for one in self._detail.messages)

    def _refused(self, name: str, one: Report, card: Triage) -> str:
        """Why it cannot be done now, "" when it can."""
        if name == "ack" and one.state != "new" and one.owner == self.model.me:
            return f"{one.reference} is yours already"
        if name == "question":
            return why_no_question(card)
        if name == "canned" and not card.replies:
            return "process.toml has no [support.replies]"
        if name == "link" and not self.model.open_incidents():
            return "there is no open incident; i declares one"
        if name == "split" and self._detail is not None:
            return regrouping.why_no_split(self._detail, self._marked)
        if name in _STATES_FOR and _STATES_FOR[name] not in one.allowed:
            return f"{one.reference} is {one.state}"
        return ""

    async def do_ack(self) -> None:
        if (one := self.report) is not None and await triaging.acknowledge(self.tui, one):
            self.load_again()

    def do_edit(self) -> None:
        if self.card is not None:
            self.app.push_screen(triaging.card(self.tui, self.card), self.after_form)

    async def do_question(self) -> None:
        if self.card is not None and await triaging.ask(self.tui, self.card):
            self.load_again()

    def do_reply(self) -> None:
        if (one := self.report) is not None:
            self.app.push_screen(answering.reply(self.tui, one), self.after_form)

    def do_note(self) -> None:
        if (one := self.report) is not None:
            self.app.push_screen(answering.note(self.tui, one), self.after_form)

    def do_split(self) -> None:
        if self._detail is not None:
            self.app.push_screen(regrouping.split(self.tui, self._detail, self._marked), self.after_form)

    def do_customer(self) -> None:
        if self._detail is not None:
            self.app.push_screen(customers.edit(self.tui, self._detail.customer), self.after_form)

    def do_save(self) -> None:
        if self._detail is not None:
            saving.save(self.tui, self._detail)

    def do_canned(self) -> None:
        if self.card is not None:
            answering.canned(self.tui, self.card, self.after_form)

    def do_propagate(self) -> None:
        if self.card is not None:
            self.app.push_screen(triaging.propagate(self.tui, self.card), self.after_form)

    def do_link(self) -> None:
        if (one := self.report) is not None:
            outcomes.link(self.tui, one, self.similar, self.after_form)

    def do_duplicate(self) -> None:
        if (one := self.report) is not None:
            outcomes.duplicate(self.tui, one, self.similar, self.after_form)

    def do_declare(self) -> None:
        if (one := self.report) is not None:
            self.app.push_screen(outcomes.declare(self.tui, one, self.similar), self.after_form)

    def do_state(self) -> None:
        if (one := self.report) is not None:
            self.app.push_screen(outcomes.state(self.tui, one), self.after_form)
