"""What people write in a process retro: ideas in silence, topics of them, votes, and notes on what was said."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.domain import retro_flow as flow
from incidentd.domain.process import Process
from incidentd.domain.retros import Topic
from incidentd.domain.workshop_driving import must_drive, must_take_part
from incidentd.domain.workshops import Move, must_be_held
from incidentd.services import retro_grouping as grouping
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.process_ideas import NOBODY, checked_about, keep_in, views
from incidentd.services.retro_acts import Scene, scene_of, store_move
from incidentd.services.workshop_refusals import refusals
from incidentd.storage import retro_topics
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import experiments as wire_experiments


class RetroTopics:
    """Implements `retro_contracts.RetroTopicCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process]) -> None:
        self._store = store
        self._process = process

    async def keep(self, retro_id: int, body: wire_experiments.KeepIdea, actor: str) -> wire_experiments.ProcessIdea:
        """Write an idea in silence; others read it when all are shown. Raises `NotFound`, `Invalid` and `Refused`."""

        def command(tx: Tx) -> wire_experiments.ProcessIdea:
            scene = self._taking_part(tx, retro_id, actor)
            with refusals():
                flow.must_be_written(scene.row)
            checked_about(tx.conn, body.about)
            idea = keep_in(tx, body, actor, written_in=retro_id, hidden=not scene.row.ideas_shown)
            return views(tx.conn, [idea], NOBODY if body.anonymous else actor)[0]

        return await self._store.write(command)

    async def write(self, retro_id: int, body: wire_experiments.WriteTopic, actor: str) -> wire_experiments.RetroView:
        """Put together what says the same. Raises `NotFound`, `Invalid` and `Refused`."""

        def command(tx: Tx) -> wire_experiments.RetroView:
            scene = self._taking_part(tx, retro_id, actor)
            with refusals():
                flow.must_be_grouped(scene.row)
            ideas = grouping.usable(tx, scene.row, body.ideas)
            topic = grouping.put(tx, scene.row, ideas, text=body.text.strip())
            tx.emit("retro.topic_written", scene.row.subject, _told(topic), actor=actor)
            return scene.view()

        return await self._store.write(command)

    async def edit(
        self, retro_id: int, topic_id: int, body: wire_experiments.EditTopic, actor: str, if_version: int | None
    ) -> wire_experiments.RetroView:
        """Change a topic, choose it, or note what was said. Raises `NotFound`, `Invalid`, `Refused`, `Conflict`."""
        if body == wire_experiments.EditTopic():
            raise Invalid("say what to change", field="text", remedy="one of text, ideas, chosen and notes")

        def command(tx: Tx) -> wire_experiments.RetroView:
            scene = scene_of(tx, retro_id, actor, self._process())
            topic = _topic(scene, topic_id)
            with refusals():
                self._check(scene, topic, body)
            if if_version not in (None, topic.version):
                raise Conflict(f"topic {topic_id} has changed meanwhile", current=scene.view())
            if body.ideas is not None:
                topic = grouping.put(tx, scene.row, grouping.usable(tx, scene.row, body.ideas), into=topic)
            wanted = {"text": body.text, "chosen": body.chosen, "notes": body.notes}
            changes = {name: one for name, one in wanted.items() if one is not None and one != getattr(topic, name)}
            if changes:
                topic = retro_topics.change(tx, topic, **changes)
            tx.emit("retro.topic_changed", scene.row.subject, _told(topic), actor=actor)
            return scene.view()

        return await self._store.write(command)

    def _check(self, scene: Scene, topic: Topic, body: wire_experiments.EditTopic) -> None:
        if scene.row.held:
            must_take_part(scene.row, scene.members, scene.actor)
        if body.text is not None or body.ideas is not None:
            flow.must_be_grouped(scene.row)
        if body.notes is not None:
            flow.must_be_noted(scene.row)
        if body.chosen is not None:
            must_be_held(scene.row)
            must_drive(scene.row, scene.members, scene.actor)
            topics = grouping.topics_of(scene.tx, scene.row)
            flow.must_be_chosen(scene.row, topics if body.chosen else (), topic)

    async def vote(
        self, retro_id: int, topic_id: int, body: wire_experiments.Vote, actor: str
    ) -> wire_experiments.RetroView:
        """Give votes to a topic, in place of those before. Raises `NotFound` and `Refused`.

        The event does not say for which: that is shown when all have voted.
        """

        def command(tx: Tx) -> wire_experiments.RetroView:
            scene = self._taking_part(tx, retro_id, actor)
            _topic(scene, topic_id)
            votes = retro_topics.votes(tx.conn, [retro_id])
            with refusals():
                flow.must_vote(scene.row, votes, topic_id, actor, body.votes)
            retro_topics.vote(tx, topic_id, actor, body.votes)
            tx.emit("retro.voted", scene.row.subject, actor=actor)
            return scene.view(store_move(scene, Move()))

        return await self._store.write(command)

    def _taking_part(self, tx: Tx, retro_id: int, actor: str) -> Scene:
        scene = scene_of(tx, retro_id, actor, self._process())
        with refusals():
            must_be_held(scene.row)
            must_take_part(scene.row, scene.members, actor)
        return scene


def _topic(scene: Scene, topic_id: int) -> Topic:
    for one in grouping.topics_of(scene.tx, scene.row):
        if one.id == topic_id:
            return one
    remedy = f"{scene.row.command('show')} lists its topics"
    raise NotFound(f"{scene.row.name} has no topic {topic_id}", remedy=remedy)


def _told(topic: Topic) -> dict[str, object]:
    return {"topic": topic.id, "ideas": topic.ideas, "chosen": topic.chosen}
