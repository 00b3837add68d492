"""Ideas about the process, kept all year. Who wrote one without a name is in no row and no event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_

from incidentd.domain.retros import Idea, total
from incidentd.services import cursors
from incidentd.services.errors import Conflict, NotFound, Unknown
from incidentd.storage import incidents, process_ideas, retro_topics, retros
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import experiments as wire_experiments

NOBODY = ""
"""The author of what is written without a name, and the actor of what it leaves in the log."""
_COPIED = tuple(
    name for name in wire_experiments.ProcessIdea.__struct_fields__ if name in Idea.__struct_fields__
)  # fmt: skip


def views(conn: Connection, ideas: Sequence[Idea], actor: str) -> tuple[wire_experiments.ProcessIdea, ...]:
    """Ideas that `actor` may read, as the wire shows them; a fixed number of queries for any number."""
    voted = _votes(conn, sorted({one.retro_id for one in ideas if one.retro_id is not None}))
    return tuple(
        wire_experiments.ProcessIdea(
            **{name: getattr(one, name) for name in _COPIED},
            mine=one.written_by(actor),
            votes=voted.get((one.retro_id, one.id), 0),
        )
        for one in ideas
    )


def _votes(conn: Connection, retro_ids: Sequence[int]) -> Mapping[tuple[int | None, int], int]:
    """The votes of the topic that each idea is in, by (retro, idea), where they are shown."""
    shown = [one for one in retro_ids if (row := retros.get(conn, one)) is not None and row.votes_shown]
    votes = retro_topics.votes(conn, shown)
    topics = retro_topics.of_retros(conn, shown)
    return {
        (retro_id, idea): total(votes, topic.id)
        for retro_id in shown
        for topic in topics[retro_id]
        for idea in topic.ideas
    }


def keep_in(
    tx: Tx, body: wire_experiments.KeepIdea, actor: str, *, written_in: int | None = None, hidden: bool = False
) -> Idea:
    """Keep an idea as part of a transaction. Its text is in no event: while it is hidden, others read those too."""
    author = NOBODY if body.anonymous else actor
    idea = process_ideas.add(
        tx, by=author, text=body.text.strip(), about=body.about, written_in=written_in, hidden=hidden
    )
    tx.emit("idea.kept", idea.subject, {"retro_id": written_in, "anonymous": body.anonymous}, actor=author)
    return idea


def checked_about(conn: Connection, about: str) -> None:
    """Raises `Invalid` for an incident that there is not."""
    kind, _, number = about.partition(":")
    if kind == "incident" and (not number.isdecimal() or incidents.get(conn, int(number[:15])) is None):
        raise Unknown(f"there is no incident INC-{number}", field="about", remedy="leave it out, or name one that is")


class ProcessIdeas:
    """Implements `retro_contracts.ProcessIdeaCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(
        self, state: str, limit: int, cursor: str, actor: str, *, mine: bool = False
    ) -> wire_experiments.ProcessIdeaPage:
        """Ideas that `actor` may read, the newest first. Raises `Invalid`."""
        last = cursors.decode(cursor)
        where = and_(process_ideas.in_state(state), process_ideas.open_to(actor))
        if mine:
            where = and_(where, process_ideas.written_by(actor))

        def read(conn: Connection) -> wire_experiments.ProcessIdeaPage:
            rows = process_ideas.listed(conn, where, last, limit + 1)
            more = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            return wire_experiments.ProcessIdeaPage(
                ideas=views(conn, rows[:limit], actor),
                next_cursor=more,
                total=process_ideas.count_where(conn, where),
            )

        return await self._store.read(read)

    async def keep(self, body: wire_experiments.KeepIdea, actor: str) -> wire_experiments.ProcessIdea:
        """Write down what got in one's way, with one's name or without. Raises `Invalid`."""

        def command(tx: Tx) -> wire_experiments.ProcessIdea:
            checked_about(tx.conn, body.about)
            return views(tx.conn, [keep_in(tx, body, actor)], NOBODY if body.anonymous else actor)[0]

        return await self._store.write(command)

    async def drop(
        self, idea_id: int, body: wire_experiments.DropProcessIdea, actor: str, if_version: int | None
    ) -> wire_experiments.ProcessIdea:
        """Nothing comes of it, and why. Raises `NotFound`, and `Conflict` when it stands otherwise already."""

        def command(tx: Tx) -> wire_experiments.ProcessIdea:
            idea = process_ideas.get(tx.conn, idea_id, lock=True)
            if idea is None or not idea.open_to(actor):
                raise NotFound(f"there is no idea PI-{idea_id}", remedy="incidentctl process idea list shows them")
            current = views(tx.conn, [idea], actor)[0]
            if if_version not in (None, idea.version):
                raise Conflict(f"{idea.name} has changed meanwhile", current=current)
            if idea.state == "dropped":
                raise Conflict(f"{idea.name} was dropped: {idea.why}", current=current)
            if idea.state == "taken":
                remedy = f"see what becomes of it: incidentctl process retro show PR-{idea.retro_id}"
                raise Conflict(f"{idea.name} is a topic of PR-{idea.retro_id}", current=current, remedy=remedy)
            told = {} if idea.hidden else {"why": body.why}
            tx.emit("idea.dropped", idea.subject, told, actor=actor)
            return views(tx.conn, [process_ideas.change(tx, idea, state="dropped", why=body.why)], actor)[0]

        return await self._store.write(command)
