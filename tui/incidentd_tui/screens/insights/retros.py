"""Process retros: the one that is due or held, and those before with what came of them."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.wire.experiments import Retro, StartRetro
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.screens.insights.process_view import READING, ProcessView
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

_ORDER = ("running", "paused", "due", "finished")
_STATES = {"due": "is due", "running": "is held", "paused": "paused", "finished": "held"}
START = Verb("retros.start", "X", "hold one", "Begin the one that is due, or one by hand: a form", writes=True)
OPEN = Verb("retros.open", "o", "go there", "Go to it (Enter too)")


class RetrosScreen(ProcessView[Retro]):
    """Keys are their numbers."""

    view_here = "retros"
    kinds = frozenset({"retro"})
    heading = "Process retros"
    says = "how we respond, looked at together: figures, ideas, votes, experiments"
    VERBS = (OPEN, START, *READING)

    async def fetch(self) -> Iterable[tuple[str, Retro]]:
        ask, client = self.tui.acts.gateway.ask, self.tui.acts.client
        found = await ask(client.retros(state="all", limit=500))
        return [(str(one.id), one) for one in found.retros]

    def accepts(self, one: Retro) -> bool:
        text = f"pr-{one.id} {one.team} {one.why} {one.outcome}"
        return self.filter.accepts(text.lower(), {"state": one.state, "team": one.team})

    def rank(self, one: Retro) -> tuple[object, ...]:
        return (_ORDER.index(one.state) if one.state in _ORDER else len(_ORDER), -one.id)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        if one is None:
            return [[]]
        at = one.finished_at or one.started_at or one.until
        tail = f" {_STATES.get(one.state, str(one.state))}  {at.astimezone(self.model.zone):%d %b %Y} "
        name = f"of {one.team}" if one.team else "of all teams"
        told = str(one.outcome or one.why)
        text = paint.fit(f"{name}   {told}", max(width - 8 - len(tail), 8))
        due = one.state == "due"
        return [[(f"PR-{one.id:<4} ", theme.muted), (text, theme.bold if due else theme.plain),
                 (tail, theme.warning if due else theme.muted)]]  # fmt: skip

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here
        if one is None:
            return []
        lines: list[paint.Line] = [[], [(f"PR-{one.id}  {_STATES.get(one.state, str(one.state))}", theme.bold)]]
        facts = [str(one.why), f"drives: {one.facilitator}" if one.facilitator else "",
                 f"{phrases.count(one.people, 'person', 'people')} took part" if one.people else "",
                 f"came of it: {', '.join(f'X-{number}' for number in one.experiments)}" if one.experiments else "",
                 ]  # fmt: skip
        lines += [[(text, theme.muted)] for fact in facts if fact for text in paint.wrap(fact, width, 4)]
        return [*lines, [], *([(text, theme.plain)] for text in paint.wrap(str(one.outcome), width, 20))]

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id == OPEN.id and self.here is None:
            return "go there: there is no retro here"
        return ""

    def do_open(self) -> None:
        if (one := self.here) is not None:
            self.tui.call_later(self.tui.open_retro, one.id)  # by the app: this screen goes

    async def on_virtual_list_opened(self) -> None:
        await self.action_verb(OPEN.id)

    def do_start(self) -> None:
        async def send(values: Values) -> str:
            acts = self.tui.acts
            reason = await acts.refusal("", acts.client.start_retro(StartRetro(team=values["team"])))
            self._fetch_again()
            return reason

        field = Field(name="team", label="Of which team", optional=True, hint="empty for all")
        effects = ["you drive it; others join it with J", "it looks at what happened since the one before"]
        plan = Plan(title="Hold a process retro", verb="begin", fields=(field,), effects=lambda _: effects, send=send)
        self.app.push_screen(Form(self.tui, plan))
