"""What can be done in a process retro: by everybody for themselves, and by the one who drives for all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, cast

from incidentd.domain.retro_steps import GUIDES, Step
from incidentd.wire import experiments as wire_experiments
from incidentd_tui.forms import experiments
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import retro as rows
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.workshop import WorkshopPart
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.writing import Box

Act = Literal["next", "back", "pause", "resume", "extend", "hand", "show", "finish"]
WRITE = Verb(
    "retro.write", "w", "write", "Write an idea; at the topics, notes of the one under the cursor", writes=True
)
VERBS = (
    WRITE,
    Verb("retro.done", "d", "done", "Say that you are done with this step, or not yet", writes=True),
    Verb("retro.more", "plus", "vote", "Give the topic one of your votes", writes=True),
    Verb("retro.less", "minus", "vote back", "Take a vote of yours back", writes=True),
    Verb("retro.topic", "M", "make topic", "Make one topic of the marked ideas, or of the one here", writes=True),
    Verb("retro.choose", "C", "talk about", "Choose the topic for this retro, or not", writes=True),
    Verb("retro.experiment", "X", "experiment", "Write an experiment that comes out of it: a form", writes=True),
    Verb(
        "retro.decide", "D", "decide", "Keep, adapt, drop or cannot tell, of the experiment here: a form", writes=True
    ),
    Verb("retro.process", "v", "versions", "Versions of the process: what is proposed, and proposing one"),
    Verb("retro.join", "J", "join", "Take part, also late; or leave", writes=True),
    Verb("retro.forward", "N", "next step", "Go on to the next step with everybody", writes=True),
    Verb("retro.backward", "B", "step back", "Go back one step with everybody", writes=True),
    Verb("retro.show", "R", "show", "Show everybody's ideas or votes, although somebody is not done", writes=True),
    Verb("retro.time", "E", "+5 min", "Five minutes more for this step", writes=True),
    Verb("retro.pause", "P", "pause", "Pause, also for days, or go on", writes=True),
    Verb("retro.hand", "H", "hand over", "Hand the driving over to somebody else", writes=True),
    Verb("retro.over", "O", "take over", "Drive it yourself", writes=True),
    Verb("retro.finish", "F", "finish", "End the retro with what was agreed: a form", writes=True),
    Verb("retro.back", "escape,q", "leave", "Out of this screen; you still take part", hint=False),
)
_DRIVING = frozenset({"forward", "backward", "show", "time", "pause", "hand", "finish"})
_OWN = frozenset({"write", "done", "more", "less", "topic", "choose", "experiment"})
_TOPICS_MADE = (Step.IDEAS, Step.VOTE)


class RetroVerbs(WorkshopPart):
    """`RetroScreen` has the frame and the loading."""

    view_type = wire_experiments.RetroView
    retro_id: int
    view: wire_experiments.RetroView | None

    def seen(self) -> rows.Seen | None:
        """What is shown, None before it was loaded."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        return f"retro:{self.retro_id}"

    def key_here(self) -> rows.Key | None:
        """The row under the cursor."""
        return cast("rows.Key | None", self.items.cursor)

    # ------------------------------------------------------------------ doing
    def _drives(
        self, act: Act, *, to: str | None = None, minutes: float = 5, outcome: str = ""
    ) -> Awaitable[wire_experiments.RetroView]:
        body = wire_experiments.DriveRetro(act=act, to=to, minutes=minutes, outcome=outcome)
        return self.tui.acts.client.drive_retro(self.retro_id, body)

    # ------------------------------------------------------------------ reasons
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if not verb.writes or not verb.id.startswith("retro."):
            return ""
        seen, name = self.seen(), verb.id.partition(".")[2]
        reason = "it is not loaded yet" if seen is None else self._refused(seen, name)
        return f"{verb.label}: {reason}" if reason else ""

    def _refused(self, seen: rows.Seen, name: str) -> str:
        if not seen.held:
            return "it is over" if seen.view.retro.state == "finished" else "it has not begun"
        if name in _DRIVING and not seen.view.drives:
            return f"{seen.view.retro.facilitator or 'nobody'} drives; O takes over"
        if name in _OWN and seen.me() is None:
            return "you only look on; J joins"
        return _not_now(seen, name, self.key_here())

    # ------------------------------------------------------------------ everybody
    def do_write(self) -> None:
        seen = self.seen()
        if seen is None:
            return
        topic = seen.topic(self.key_here())
        self.write(_idea_box(self) if topic is None or seen.step == Step.IDEAS else _notes_box(self, topic))

    async def do_done(self) -> None:
        seen = self.seen()
        mine = seen.me() if seen is not None else None
        if seen is None or mine is None:
            return
        done = mine.done_step != seen.view.retro.step
        said = "✓ you are done with this step" if done else "✓ not yet done"
        await self.change(self.tui.acts.client.take_part(self.retro_id, "done" if done else "not_done"), said)

    async def do_join(self) -> None:
        seen = self.seen()
        joins = seen is not None and seen.me() is None
        said = "✓ you take part" if joins else "✓ you left; what you wrote stays"
        await self.change(self.tui.acts.client.take_part(self.retro_id, "join" if joins else "leave"), said)

    async def do_more(self) -> None:
        await self._vote(1)

    async def do_less(self) -> None:
        await self._vote(-1)

    async def _vote(self, by: int) -> None:
        seen = self.seen()
        topic = seen.topic(self.key_here()) if seen is not None else None
        if topic is not None:
            await self.change(self.tui.acts.client.vote(self.retro_id, topic.id, max(topic.mine + by, 0)))

    async def do_topic(self) -> None:
        seen = self.seen()
        here = seen.idea(self.key_here()) if seen is not None else None
        ids = tuple(sorted(number for kind, number in cast("set[rows.Key]", self.items.marks) if kind == "idea"))
        ids = ids or ((here.id,) if here is not None else ())
        call = self.tui.acts.client.write_topic(self.retro_id, wire_experiments.WriteTopic(ideas=ids))
        if await self.change(call, "✓ one topic"):
            self.items.clear_marks()

    async def do_choose(self) -> None:
        seen = self.seen()
        topic = seen.topic(self.key_here()) if seen is not None else None
        if topic is None:
            return
        body = wire_experiments.EditTopic(chosen=not topic.chosen)
        said = "✓ not talked about" if topic.chosen else "✓ it is talked about"
        call = self.tui.acts.client.edit_topic(self.retro_id, topic.id, body, if_version=topic.version)
        await self.change(call, said)

    def do_experiment(self) -> None:
        self.run_worker(experiments.start(self.tui, self.retro_id), exit_on_error=False)

    def do_decide(self) -> None:
        seen = self.seen()
        one = seen.experiment(self.key_here()) if seen is not None else None
        if one is not None:
            self.app.push_screen(experiments.decide_form(self.tui, one, None))

    def do_process(self) -> None:
        self.tui.call_later(self.tui.show_versions)

    # ------------------------------------------------------------------ who drives
    async def do_forward(self) -> None:
        await self._step("next")

    async def do_backward(self) -> None:
        await self._step("back")

    async def _step(self, act: Act) -> None:
        if await self.change(self._drives(act)) and self.view is not None:
            title = next((guide.title for step, guide in GUIDES.items() if step == self.view.retro.step), "")
            self.tui.say(f"✓ everybody is at: {title}", "done")

    def do_show(self) -> None:
        seen = self.seen()
        late = [str(one.person) for one in seen.present if one.done_step != seen.view.retro.step] if seen else []
        effects = [f"not done yet: {', '.join(late)}"] if late else []
        effects += ["shows everybody's to everybody", "it cannot be taken back"]
        self.confirm("Show what is hidden", "show", effects, lambda: self._drives("show"))

    async def do_time(self) -> None:
        await self.change(self._drives("extend"), "✓ five minutes more")

    async def do_pause(self) -> None:
        paused = self.view is not None and self.view.retro.state == "paused"
        done = "✓ it goes on" if paused else "✓ paused: it goes on where it stands, also in days"
        await self.change(self._drives("resume" if paused else "pause"), done)

    async def do_over(self) -> None:
        await self.change(self._drives("hand", to=str(self.model.me)), "✓ you drive now; everybody sees it")

    def do_hand(self) -> None:
        seen = self.seen()
        if seen is None:
            return
        here = [str(one.person) for one in seen.present if one.person != self.model.me]
        items = [Item(one, one, "takes part") for one in here]

        def chosen(person: str | None) -> None:
            if person is not None:
                self.run(self.change(self._drives("hand", to=str(person)), f"✓ {person} drives now"))

        self.app.push_screen(Picker("Who drives from now on?", items, "a name"), chosen)

    def do_finish(self) -> None:
        async def send(values: Values) -> str:
            return await self.sent(self._drives("finish", outcome=values["outcome"]))

        field = Field(name="outcome", label="What was agreed, in words", multiline=True, optional=True,
                      draft=f"retro/PR-{self.retro_id}/outcome")  # fmt: skip
        effects = ["ends it for everybody; experiments go on by themselves",
                   "what was hidden is shown; what is written stays"]  # fmt: skip
        plan = Plan(title=f"Finish PR-{self.retro_id}", verb="finish", fields=(field,), effects=lambda _: effects,
                    send=send)  # fmt: skip
        self.app.push_screen(Form(self.tui, plan))


def _not_now(seen: rows.Seen, name: str, key: rows.Key | None) -> str:
    """Why it cannot be done at this step, or on this row; "" when it can."""
    reason = _REASONS.get(name)
    return reason(seen, key) if reason is not None else ""


def _no_write(seen: rows.Seen, key: rows.Key | None) -> str:
    step = seen.view.retro.step
    if step in (Step.FIGURES, Step.IDEAS) and not seen.view.ideas_shown:
        return ""
    noted = seen.topic(key) is not None and step in (Step.TOPICS, Step.OUTCOME)
    return "" if noted else "go to a topic to note something, once they are talked about"


def _no_vote(seen: rows.Seen, key: rows.Key | None) -> str:
    if seen.view.retro.step != Step.VOTE or seen.view.votes_shown:
        return "only while votes are given"
    return _no_topic(seen, key)


def _no_topic(seen: rows.Seen, key: rows.Key | None) -> str:
    return "" if seen.topic(key) is not None else "go to a topic first"


def _no_new_topic(seen: rows.Seen, key: rows.Key | None) -> str:
    if not seen.view.ideas_shown or seen.view.votes_shown or seen.view.retro.step not in _TOPICS_MADE:
        return "once the ideas are shown, until the votes are counted"
    return "" if seen.marked or seen.idea(key) is not None else "go to an idea, or mark some with space"


def _no_show(seen: rows.Seen, _: rows.Key | None) -> str:
    view, step = seen.view, seen.view.retro.step
    hides = (step == Step.IDEAS and not view.ideas_shown) or (step == Step.VOTE and not view.votes_shown)
    return "" if hides else "nothing is hidden at this step"


def _no_over(seen: rows.Seen, _: rows.Key | None) -> str:
    if seen.view.drives:
        return "you drive already"
    return "" if seen.me() is not None else "you only look on; J joins"


def _no_experiment(seen: rows.Seen, _: rows.Key | None) -> str:
    step = seen.view.retro.step
    return "" if step in (Step.TOPICS, Step.OUTCOME) else "once the topics are talked about"


def _no_decision(seen: rows.Seen, key: rows.Key | None) -> str:
    return "" if seen.experiment(key) is not None else "go to an experiment, at the outcome"


_REASONS: Mapping[str, Callable[[rows.Seen, rows.Key | None], str]] = {
    "write": _no_write,
    "more": _no_vote,
    "less": _no_vote,
    "choose": _no_topic,
    "topic": _no_new_topic,
    "show": _no_show,
    "over": _no_over,
    "experiment": _no_experiment,
    "decide": _no_decision,
}


def _idea_box(screen: RetroVerbs) -> Box:
    """It stays open: one idea after the other. Hidden from the others until all are shown."""

    async def send(values: Values) -> str:
        body = wire_experiments.KeepIdea(text=values["text"])
        return await screen.sent(screen.tui.acts.client.write_retro_idea(screen.retro_id, body))

    key = f"retro/PR-{screen.retro_id}/idea"
    field = Field(name="text", label="", hint="what got in our way, what would we try?", draft=key)
    return Box(about="An idea", seen_by="hidden until everybody is done", doing="an idea", fields=(field,), send=send,
               stays=True)  # fmt: skip


def _notes_box(screen: RetroVerbs, topic: wire_experiments.RetroTopic) -> Box:
    async def send(values: Values) -> str:
        body = wire_experiments.EditTopic(notes=values["text"])
        client = screen.tui.acts.client
        return await screen.sent(client.edit_topic(screen.retro_id, topic.id, body, if_version=topic.version))

    key = f"retro/PR-{screen.retro_id}/topic/{topic.id}"
    field = Field(name="text", label="", hint="what was said", value=str(topic.notes), draft=key, multiline=True)
    return Box(about=f"Notes: {topic.text}", seen_by="everybody reads it", doing="notes", fields=(field,), send=send)
