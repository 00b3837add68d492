"""What got in people's way, kept until the next process retro; and those that came to nothing, with why."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.wire.experiments import ProcessIdea
from incidentd_tui import paint, theme
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.screens.insights.process_view import READING, ProcessView
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

_ORDER = ("open", "taken", "dropped")
DROP = Verb("idea.drop", "D", "drop", "Nothing comes of it, and why: a form", writes=True)
GO = Verb("idea.place", "o", "where", "Go to the incident where it came up (Enter too)", hint=False)


class IdeasScreen(ProcessView[ProcessIdea]):
    """Keys are their numbers."""

    view_here = "ideas"
    kinds = frozenset({"idea", "retro"})
    heading = "Ideas"
    says = "what got in our way: # writes one down; the process retro takes them up"
    VERBS = (DROP, GO, *READING)

    async def fetch(self) -> Iterable[tuple[str, ProcessIdea]]:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        found = await ask(client.process_ideas(state="all", limit=1000))
        return [(str(one.id), one) for one in found.ideas]

    def accepts(self, one: ProcessIdea) -> bool:
        return self.filter.accepts(f"pi-{one.id} {one.text} {one.by} {one.about}".lower(), {"state": one.state})

    def rank(self, one: ProcessIdea) -> tuple[object, ...]:
        return (_ORDER.index(one.state) if one.state in _ORDER else len(_ORDER), -one.id)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        if one is None:
            return [[]]
        tail = "" if one.state == "open" else f" {one.state} "
        text = paint.fit(str(one.text), max(width - 8 - len(tail), 8))
        look = theme.plain if one.state == "open" else theme.muted
        return [[(f"PI-{one.id:<4} ", theme.muted), (text, look), (tail, theme.muted)]]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here
        if one is None:
            return []
        kind, _, name = str(one.about).partition(":")
        place = f"INC-{name}" if kind == "incident" else name
        who = "yours" if one.mine else str(one.by) or "without a name"
        at = f"{one.at.astimezone(self.model.zone):%d %b %Y %H:%M}"
        lines: list[paint.Line] = [[], [(f"PI-{one.id}  {who}  {at}", theme.muted)]]
        lines += [[(f"where: {place}", theme.muted)]] if place else []
        lines += [[], *([(text, theme.plain)] for text in paint.wrap(str(one.text), width, 20))]
        if one.retro_id is not None:
            lines += [[], [(f"a topic of PR-{one.retro_id}", theme.primary)]]
        lines += [[(text, theme.warning)] for text in paint.wrap(f"dropped: {one.why}", width, 6)] if one.why else []
        return lines

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id in (DROP.id, GO.id) and (one := self.here) is None:
            return f"{verb.label}: there is no idea here"
        if verb.id == DROP.id and one is not None and one.state != "open":
            return f"drop: it is {one.state}"
        return ""

    def do_drop(self) -> None:
        if (one := self.here) is None:
            return

        async def send(values: Values) -> str:
            call = self.tui.acts.client.drop_process_idea(one.id, values["why"], if_version=one.version)
            return await self.tui.acts.refusal(f"idea:{one.id}", call)

        field = Field(name="why", label="Why nothing comes of it")
        effects = ["everybody sees it and why; it does not come up in the next process retro"]
        plan = Plan(title=f"Drop PI-{one.id}", verb="drop", fields=(field,), effects=lambda _: effects, send=send)
        self.app.push_screen(Form(self.tui, plan))

    def do_place(self) -> None:
        kind, _, name = str(self.here.about).partition(":") if self.here is not None else ("", "", "")
        if kind == "incident" and name.isdecimal():
            self.tui.call_later(self.tui.open_room, int(name))  # by the app: this screen goes
        else:
            self.tui.say("where: it came up at no incident", "warning")

    async def on_virtual_list_opened(self) -> None:
        await self.action_verb(GO.id)
