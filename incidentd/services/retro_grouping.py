"""How ideas become the topics of a process retro, inside a command. An idea is in one topic at most."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.retro_flow import proposed
from incidentd.domain.retros import Idea, Retro, Topic
from incidentd.services.errors import Unknown
from incidentd.storage import process_ideas, retro_topics
from incidentd.storage.tx import Tx


def topics_of(tx: Tx, row: Retro) -> list[Topic]:
    """Its topics, in the order in which they were written."""
    return retro_topics.of_retros(tx.conn, [row.id])[row.id]


def usable(tx: Tx, row: Retro, idea_ids: Sequence[int]) -> list[Idea]:
    """The ideas of some numbers, in that order, each once. Raises `Invalid` for one that it does not have before it."""
    known = {one.id: one for one in process_ideas.before(tx.conn, row.id) if not one.hidden}
    for number in idea_ids:
        if number not in known:
            remedy = f"{row.command('show')} lists those that it has"
            raise Unknown(f"{row.name} has no idea PI-{number}", field="ideas", remedy=remedy)
    return [known[number] for number in dict.fromkeys(idea_ids)]


def put(tx: Tx, row: Retro, ideas: Sequence[Idea], *, into: Topic | None = None, text: str = "") -> Topic:
    """Make a topic of `ideas`, or let one be of these; other topics lose them, and one that is left empty goes."""
    numbers = [one.id for one in ideas]
    for other in topics_of(tx, row):
        left = [number for number in other.ideas if number not in numbers]
        if (into is not None and other.id == into.id) or len(left) == len(other.ideas):
            continue
        if left:
            retro_topics.change(tx, other, ideas=left)
        else:
            retro_topics.remove(tx, other)
    if into is not None:
        process_ideas.release(tx, [number for number in into.ideas if number not in numbers])
    process_ideas.take(tx, row.id, numbers)
    if into is not None:
        return retro_topics.change(tx, into, ideas=numbers, **({"text": text} if text else {}))
    return retro_topics.add(tx, row.id, text or ideas[0].text, numbers)


def each_its_topic(tx: Tx, row: Retro) -> None:
    """The vote begins: what nobody put together with others is a topic of its own."""
    for idea in process_ideas.before(tx.conn, row.id):
        if idea.state == "open" and not idea.hidden:
            put(tx, row, [idea])


def choose(tx: Tx, row: Retro, actor: str) -> None:
    """The votes are counted: the topics with most of them are talked about, unless the facilitator says otherwise."""
    votes = retro_topics.votes(tx.conn, [row.id])
    chosen = proposed(topics_of(tx, row), votes)
    for topic in chosen:
        retro_topics.change(tx, topic, chosen=True)
    if chosen:
        tx.emit("retro.topics_chosen", row.subject, {"topics": [one.id for one in chosen]}, actor=actor)


def leave_the_rest(tx: Tx, row: Retro) -> None:
    """It is over: ideas of topics that were not talked about wait for the next one."""
    rest = [number for topic in topics_of(tx, row) if not topic.chosen for number in topic.ideas]
    process_ideas.release(tx, rest)
