"""How a team changes how it works, in memory: ideas, and a process retro with three people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.retro_steps import GUIDES, ORDER
from incidentd.wire import experiments as wire_experiments
from incidentd.wire import figures as wire_figures
from incidentd.wire import presence as wire_presence

NOW = datetime(2026, 3, 12, 14, 22, 6, tzinfo=UTC)


def make_idea(number: int, text: str, **changes: Any) -> wire_experiments.ProcessIdea:
    fields = {
        "id": number, "at": NOW, "by": "lin", "mine": False, "text": text, "about": "", "state": "open",
        "retro_id": None, "why": "", "votes": 0, "version": 1,
    }  # fmt: skip
    return wire_experiments.ProcessIdea(**{**fields, **changes})


def make_topic(number: int, text: str, **changes: Any) -> wire_experiments.RetroTopic:
    fields = {"id": number, "text": text, "ideas": (number,), "votes": None, "mine": 0, "chosen": False, "notes": ""}
    return wire_experiments.RetroTopic(**{**fields, **changes})


def make_retro(**changes: Any) -> wire_experiments.RetroView:
    """PR-2 at its ideas: ada drives, lin and sam are there; what sam wrote is hidden."""
    retro = wire_experiments.Retro(
        id=2, state="running", trigger="calendar", why="90 days since PR-1", team="shop",
        since=NOW - timedelta(days=90), until=NOW, started_at=NOW, started_by="ada", facilitator="ada", step="ideas",
        step_started_at=NOW, step_ends_at=NOW + timedelta(minutes=7), people=3, finished_at=None, experiments=(),
        outcome="", version=4,
    )  # fmt: skip
    people = tuple(
        wire_experiments.RetroParticipant(
            person=name, joined_at=NOW, left_at=None, done_step="ideas" if name == "sam" else "", ideas=1, votes_left=3
        )
        for name in ("ada", "lin", "sam")
    )
    steps = tuple(
        wire_experiments.RetroStep(name=step, title=GUIDES[step].title, text=GUIDES[step].text, minutes=10)
        for step in ORDER
    )
    fields = {
        "retro": retro, "steps": steps, "participants": people, "joined": True, "drives": True,
        "ideas": (make_idea(7, "The pager rings for what can wait", about="incident:298"),
                  make_idea(8, "We forget to hand over the chat", by="", about="screen:oncall")),
        "ideas_hidden": 2,
    }  # fmt: skip
    return wire_experiments.RetroView(**{**fields, **changes})


def make_experiment(number: int, title: str, **changes: Any) -> wire_experiments.Experiment:
    fields = {
        "id": number, "title": title, "hypothesis": "Who is paged less answers sooner.",
        "figure": "update-promises-kept", "expects": "up", "counter_figure": "customers-noticed-first",
        "scope": wire_experiments.ExperimentScope(team="shop"), "retro_id": 1, "process_version": "",
        "begins_on": NOW.date() - timedelta(days=60), "ends_on": NOW.date(), "stop_rule": "two unanswered pages",
        "before_days": 60, "state": "asking", "owner_team": "shop", "by": "lin", "at": NOW, "verdict": "", "why": "",
        "decided_by": "", "decided_at": None, "version": 3,
    }  # fmt: skip
    return wire_experiments.Experiment(**{**fields, **changes})


class FakeExperiments:
    """Mixed into the fake daemon."""

    def __init__(self) -> None:
        super().__init__()
        self.process_ideas_by_id: dict[int, wire_experiments.ProcessIdea] = {}
        self.retro_now = make_retro()
        self.driven: list[wire_experiments.DriveRetro] = []
        self.experiments_now = [
            make_experiment(3, "Quiet nights", state="running", ends_on=NOW.date() + timedelta(days=30)),
            make_experiment(2, "Updates every 20 minutes"),
        ]
        self.begun: list[wire_experiments.StartExperiment] = []
        self.ended: list[tuple[int, str, str]] = []

    async def keep_process_idea(self, body: wire_experiments.KeepIdea) -> wire_experiments.ProcessIdea:
        await self._turn()  # type: ignore[attr-defined]
        number = len(self.process_ideas_by_id) + 1
        kept = wire_experiments.ProcessIdea(
            id=number, at=NOW, by="" if body.anonymous else "lin", mine=not body.anonymous, text=body.text,
            about=body.about, state="open", retro_id=None, why="", votes=0, version=1,
        )  # fmt: skip
        self.process_ideas_by_id[number] = kept
        return kept

    async def drop_process_idea(
        self, idea_id: int, why: str, *, if_version: int | None = None
    ) -> wire_experiments.ProcessIdea:
        await self._turn()  # type: ignore[attr-defined]
        dropped = msgspec.structs.replace(self.process_ideas_by_id[idea_id], state="dropped", why=why)
        self.process_ideas_by_id[idea_id] = dropped
        return dropped

    # ------------------------------------------------------------------ a retro
    async def retro(self, retro_id: int) -> wire_experiments.RetroView:
        await self._turn()  # type: ignore[attr-defined]
        return self.retro_now

    async def start_retro(self, body: wire_experiments.StartRetro) -> wire_experiments.RetroView:
        await self._turn()  # type: ignore[attr-defined]
        return self.put_retro({"team": body.team, "state": "running"})

    def put_retro(self, retro: dict[str, Any] | None = None, **changes: Any) -> wire_experiments.RetroView:
        """Change it, as the daemon would: a new version of it."""
        old = self.retro_now.retro
        head = msgspec.structs.replace(old, **(retro or {}), version=old.version + 1)
        self.retro_now = msgspec.structs.replace(self.retro_now, retro=head, **changes)
        return self.retro_now

    async def drive_retro(
        self, retro_id: int, body: wire_experiments.DriveRetro, *, if_version: int | None = None
    ) -> wire_experiments.RetroView:
        await self._turn()  # type: ignore[attr-defined]
        self.driven.append(body)
        number = ORDER.index(self.retro_now.retro.step)  # type: ignore[arg-type]
        match body.act:
            case "next":
                return self.put_retro({"step": str(ORDER[number + 1])}, ideas_shown=True, ideas_hidden=0)
            case "show":
                return self.put_retro(ideas_shown=True, ideas_hidden=0)
            case "pause":
                return self.put_retro({"state": "paused", "step_ends_at": None, "left": 240.0})
            case "finish":
                return self.put_retro({"state": "finished", "outcome": body.outcome})
        return self.put_retro()

    async def take_part(self, retro_id: int, act: str) -> wire_experiments.RetroView:
        await self._turn()  # type: ignore[attr-defined]
        step = self.retro_now.retro.step if act == "done" else ""
        people = tuple(
            msgspec.structs.replace(one, done_step=step) if one.person == "ada" else one
            for one in self.retro_now.participants
        )
        return self.put_retro(participants=people)

    async def write_retro_idea(self, retro_id: int, body: wire_experiments.KeepIdea) -> wire_experiments.ProcessIdea:
        await self._turn()  # type: ignore[attr-defined]
        idea = make_idea(20 + len(self.retro_now.ideas), body.text, by="ada", mine=True)
        self.put_retro(ideas=(*self.retro_now.ideas, idea))
        return idea

    async def write_topic(self, retro_id: int, body: wire_experiments.WriteTopic) -> wire_experiments.RetroView:
        await self._turn()  # type: ignore[attr-defined]
        first = next(one for one in self.retro_now.ideas if one.id == body.ideas[0])
        topic = make_topic(len(self.retro_now.topics) + 1, first.text, ideas=body.ideas)
        return self.put_retro(topics=(*self.retro_now.topics, topic))

    async def edit_topic(
        self, retro_id: int, topic_id: int, body: wire_experiments.EditTopic, *, if_version: int | None = None
    ) -> wire_experiments.RetroView:
        await self._turn()  # type: ignore[attr-defined]
        changes = {name: value for name in ("chosen", "notes") if (value := getattr(body, name)) is not None}
        return self._put_topic(topic_id, **changes)

    async def vote(self, retro_id: int, topic_id: int, votes: int) -> wire_experiments.RetroView:
        await self._turn()  # type: ignore[attr-defined]
        return self._put_topic(topic_id, mine=votes)

    def _put_topic(self, topic_id: int, **changes: Any) -> wire_experiments.RetroView:
        topics = tuple(
            msgspec.structs.replace(one, **changes) if one.id == topic_id else one for one in self.retro_now.topics
        )
        return self.put_retro(topics=topics)

    # ------------------------------------------------------------------ lists
    async def be_in_retro(self, retro_id: int, body: wire_presence.BePresent) -> wire_presence.Presence:
        return await self.be_present(retro_id, body)  # type: ignore[attr-defined, no-any-return]

    async def retro_presence(self, retro_id: int, *, after: int = 0, wait: int = 0) -> wire_presence.Presence:
        return await self.presence(retro_id, after=after, wait=wait)  # type: ignore[attr-defined, no-any-return]

    async def process_ideas(
        self, *, state: str = "open", mine: bool = False, limit: int = 100, cursor: str = ""
    ) -> wire_experiments.ProcessIdeaPage:
        await self._turn()  # type: ignore[attr-defined]
        found = tuple(self.process_ideas_by_id.values())
        return wire_experiments.ProcessIdeaPage(ideas=found, next_cursor="", total=len(found))

    async def retros(self, *, state: str = "all", limit: int = 100, cursor: str = "") -> wire_experiments.RetroPage:
        await self._turn()  # type: ignore[attr-defined]
        return wire_experiments.RetroPage(retros=(self.retro_now.retro,), next_cursor="", total=1)

    # ------------------------------------------------------------------ experiments
    async def experiments(
        self, *, state: str = "open", limit: int = 100, cursor: str = ""
    ) -> wire_experiments.ExperimentPage:
        await self._turn()  # type: ignore[attr-defined]
        found = tuple(self.experiments_now)
        return wire_experiments.ExperimentPage(experiments=found, next_cursor="", total=len(found))

    async def experiment_evidence(self, experiment_id: int) -> wire_experiments.ExperimentEvidence:
        await self._turn()  # type: ignore[attr-defined]
        figure = (await self.figures()).figures[0]  # type: ignore[attr-defined]
        sides = [
            wire_figures.ComparedSide(label=label, scope=wire_figures.FigureScope(), n=n, value=value)
            for label, n, value in (("before", 12, 0.75), ("since it began", 15, 0.87))
        ]
        said = "with 12 and 15 incidents, a change this large appears by chance in 38 of 100 draws: cannot tell"
        compared = wire_figures.Compared(
            figure=figure, statistic="median", before=sides[0], after=sides[1], change=0.16, by_chance=0.38,
            draws=10_000, sentence=said,
        )  # fmt: skip
        return wire_experiments.ExperimentEvidence(
            experiment=next(one for one in self.experiments_now if one.id == experiment_id), figure=compared,
            counter=None, at=NOW, also=("V-2 came into force",),
        )  # fmt: skip

    async def start_experiment(self, body: wire_experiments.StartExperiment) -> wire_experiments.Experiment:
        await self._turn()  # type: ignore[attr-defined]
        self.begun.append(body)
        return make_experiment(4, body.title)

    async def end_experiment(
        self, experiment_id: int, body: wire_experiments.EndExperiment, *, if_version: int | None = None
    ) -> wire_experiments.Experiment:
        await self._turn()  # type: ignore[attr-defined]
        self.ended.append((experiment_id, body.verdict, body.why))
        return self.experiments_now[-1]
