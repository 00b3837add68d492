"""What a key of the Inbox does: to the marked alerts, else to the alert, group or page under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from incidentd import wire
from incidentd_tui.forms import bulk as bulk_forms
from incidentd_tui.forms import incident as incident_forms
from incidentd_tui.forms import maintaining, paging, silencing
from incidentd_tui.forms.base import Form
from incidentd_tui.rows import folding, inbox
from incidentd_tui.screens.detail import DetailScreen
from incidentd_tui.screens.inbox_views import InboxViews
from incidentd_tui.screens.listing import CLEAR, COPY, FILTER, FRESH, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.screens.maintenance import MaintenanceScreen
from incidentd_tui.screens.page_verbs import PAGE_VERBS, PageVerbs, why_no_ack
from incidentd_tui.screens.silences import SilencesScreen
from incidentd_tui.verbs import Verb


class InboxVerbs(PageVerbs, InboxViews):
    """`InboxScreen` adds the rows and what they look like."""

    mode = "inbox"
    heading = "Inbox"
    markable = True
    views = tuple((name, label) for name, label, _ in inbox.VIEWS)
    VERBS = (
        Verb("inbox.declare", "i", "incident", "Declare an incident from the marked alerts, or this one", writes=True),
        Verb("inbox.link", "l", "link", "Link the marked alerts, or this one, to an open incident", writes=True),
        Verb("inbox.ack", "a", "ack", "Acknowledge the pages of the marked alerts, or of this row", writes=True),
        Verb("inbox.hold", "A", "ack for", "Acknowledge for a while, or until a time: a form", hint=False, writes=True),
        Verb("inbox.silence", "S", "silence", "Silence what the marked alerts have in common: a form", writes=True),
        Verb("inbox.why", "t,w", "why", "The alert in full: why somebody was, or was not, paged"),
        FILTER,
        VIEW,
        Verb("inbox.all", "z", "fold all", "Fold every group, or unfold every one (Enter turns one)"),
        COPY,
        Verb(
            "inbox.mark_all", "ctrl+a", "mark all", "Mark every alert of the view and filter, folded or not", hint=False
        ),
        Verb("inbox.silences", "s", "silences", "The silences: what they hide, until when", hint=False),
        Verb("inbox.windows", "m", "maintenance", "The maintenance windows: what they hide, until when", hint=False),
        Verb("inbox.maintain", "M", "maintain", "Maintenance of the marked alerts' services", hint=False, writes=True),
        *PAGE_VERBS,
        Verb("inbox.resolve", "X", "resolve page", "Resolve the page of this row: a form", hint=False, writes=True),
        Verb("inbox.end", "R", "resolve alerts", "Resolve the marked alerts by hand: a form", hint=False, writes=True),
        Verb("inbox.escalate", "E", "next step", "Notify the next escalation step now", hint=False, writes=True),
        Verb("inbox.page", "P", "page", "Page a person or a service by hand", hint=False, writes=True),
        Verb("inbox.unfold", "right", "unfold", "Unfold the group of this row", hint=False),
        Verb("inbox.fold", "left", "fold", "Fold the group of this row", hint=False),
        Verb("inbox.save", "ctrl+s", "save view", "Save view and filter under a name", hint=False, writes=True),
        Verb("inbox.pin", "ctrl+o", "open with", "Let the Inbox begin with this view", hint=False, writes=True),
        Verb("inbox.forget", "ctrl+x", "delete view", "Delete the saved view that is shown", hint=False, writes=True),
        NEXT_VIEW,
        PREVIOUS_VIEW,
        FRESH,
        CLEAR,
    )

    # ------------------------------------------------------------------ what a verb is about
    def _alert(self) -> wire.Alert | None:
        key = self.table.cursor
        return self.model.alerts.get(key[1]) if isinstance(key, tuple) and key[0] == "alert" else None

    def page_here(self) -> wire.Page | None:
        key = self.table.cursor
        if isinstance(key, tuple) and key[0] == "page":
            return self.model.pages.get(key[1])
        if isinstance(key, tuple) and key[0] == "group":
            return self.model.page_of_group(int(key[1]))
        alert = self._alert()
        return self.model.page_of(alert) if alert else None

    def _chosen(self) -> list[int]:
        """The marked alerts, the most urgent first; else those of the row under the cursor."""
        marked = self.table.marks
        if marked:
            keys = inbox.ordered(self.model, self.view, self.filter)
            listed = [key for key in keys if key in marked]
            rest = sorted(cast("set[inbox.Key]", marked) - set(listed))
            return [number for kind, number in (*listed, *rest) if kind == "alert" and number in self.model.alerts]
        about = self.stands_for(self.table.cursor) if self.table.cursor is not None else ()
        keys = [cast("inbox.Key", key) for key in about]
        return [number for kind, number in keys if kind == "alert" and number in self.model.alerts]

    def why_not(self, verb: Verb) -> str:
        return super().why_not(verb) or self._missing(verb)

    def _missing(self, verb: Verb) -> str:
        """What `verb` needs and is not there."""
        name = verb.id.partition(".")[2]
        if name in ("link", "silence", "end") and not self._chosen():
            return f"{verb.label}: choose an alert first"
        if name == "link" and not self.model.open_incidents():
            return "link: there is no open incident; i declares one"
        if name in ("ack", "hold"):
            return self._why_no_ack(verb)
        if name in ("resolve", "escalate") and ((page := self.page_here()) is None or page.state == "resolved"):
            return f"{verb.label}: there is no open page for this row"
        if name in ("fold", "unfold") and self._group_here() is None:
            return f"{verb.label}: this row is in no group of several alerts"
        if name == "forget" and self.saved_here() is None:
            return "delete view: choose a saved view first (v)"
        return ""

    def _why_no_ack(self, verb: Verb) -> str:
        alerts = [self.model.alerts[number] for number in self._chosen()]
        here = [page for alert in alerts if (page := self.model.page_of(alert))]
        if not here and (page := self.page_here()) is not None:
            here = [page]
        if not here:
            return f"{verb.label}: {self.no_page()}"
        if not all(why_no_ack(self.model, page) for page in here):
            return ""
        if verb.id == "inbox.hold" and any(paging.is_held(self.model, page) for page in here):
            return ""
        return f"{verb.label}: {why_no_ack(self.model, here[0])}"

    def no_page(self) -> str:
        return "nobody was paged for this row (t says why)"

    def _group_here(self) -> int | None:
        group_id = folding.group_of(self.model, self.table.cursor)
        return group_id if group_id in self.arranged.members else None

    # ------------------------------------------------------------------ folding
    def turn(self, group_id: int) -> None:
        """Fold or unfold one group; the cursor stays on it."""
        key = self.table.cursor
        inside = isinstance(key, tuple) and key[0] == "alert" and not self.fold.hides(group_id)
        self.fold.turn(group_id)
        self.reorder(cursor=("group", group_id) if inside else None)

    def do_unfold(self) -> None:
        group_id = self._group_here()
        if group_id is not None and self.fold.hides(group_id):
            self.turn(group_id)

    def do_fold(self) -> None:
        group_id = self._group_here()
        if group_id is not None and not self.fold.hides(group_id):
            self.turn(group_id)

    def do_all(self) -> None:
        group_id = self._group_here()
        self.fold.turn_all()
        folded = group_id is not None and self.fold.hides(group_id)
        self.reorder(cursor=("group", group_id) if folded else None)

    # ------------------------------------------------------------------ verbs
    def do_mark_all(self) -> None:
        self.table.mark_all()

    def do_why(self) -> None:
        key = self.table.cursor
        if not isinstance(key, tuple):
            return
        page = self.page_here() if key[0] == "group" else None
        if page is not None:
            key = ("page", page.id)
        elif key[0] == "group":
            key = ("alert", self._chosen()[0]) if self._chosen() else key
        if key[0] != "group":
            self.app.push_screen(DetailScreen(str(key[0]), int(key[1])))

    def do_ack(self) -> None:
        chosen = self._chosen()
        page = self.page_here()
        if len(chosen) > 1 or self.table.marks:
            bulk_forms.acknowledge(self.tui, chosen)
            self.table.clear_marks()
        elif page is not None:
            paging.acknowledge(self.tui, page)

    def do_hold(self) -> None:
        chosen, page = self._chosen(), self.page_here()
        if len(chosen) > 1 or self.table.marks:
            self.app.push_screen(bulk_forms.hold(self.tui, chosen))
            self.table.clear_marks()
        elif page is not None:
            self.app.push_screen(paging.hold(self.tui, page))

    def do_silence(self) -> None:
        alerts = [self.model.alerts[number] for number in self._chosen()]
        self.app.push_screen(silencing.new(self.tui, [alert.labels for alert in alerts]))

    def do_silences(self) -> None:
        self.app.push_screen(SilencesScreen())

    def do_windows(self) -> None:
        self.app.push_screen(MaintenanceScreen())

    def do_maintain(self) -> None:
        alerts = [self.model.alerts[number] for number in self._chosen()]
        self.app.push_screen(maintaining.new(self.tui, sorted({one.service for one in alerts} - {""})))

    def do_end(self) -> None:
        bulk_forms.resolve(self.tui, self._chosen())
        self.table.clear_marks()

    def do_resolve(self) -> None:
        self._with_page(paging.resolve)

    def do_escalate(self) -> None:
        self._with_page(paging.escalate)

    def _with_page(self, form: Callable[..., Form]) -> None:
        if (page := self.page_here()) is not None:
            self.app.push_screen(form(self.tui, page))

    def do_page(self) -> None:
        self.app.push_screen(paging.page_somebody(self.tui))

    def do_declare(self) -> None:
        chosen = self._chosen()
        self.app.push_screen(incident_forms.declare(self.tui, [self.model.alerts[one] for one in chosen]))
        self.table.clear_marks()

    def do_link(self) -> None:
        incident_forms.link(self.tui, self._chosen())
        self.table.clear_marks()
