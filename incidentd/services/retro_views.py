"""A process retro as its participants see it: what is hidden from the caller never leaves the daemon."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from incidentd.domain.process import Process
from incidentd.domain.retro_steps import GUIDES
from incidentd.domain.retros import Idea, Member, Retro, State, Topic, Votes, given, ranked, total
from incidentd.services import process_ideas as idea_views
from incidentd.services.errors import NotFound
from incidentd.services.experiment_views import of_retros
from incidentd.storage import experiments, process_ideas, retro_topics, retros
from incidentd.wire import experiments as wire_experiments

_COPIED = tuple(name for name in wire_experiments.Retro.__struct_fields__ if name in Retro.__struct_fields__)


def existing_retro(conn: Connection, retro_id: int, *, lock: bool = False) -> Retro:
    """A retro. Raises `NotFound`."""
    found = retros.get(conn, retro_id, lock=lock)
    if found is None:
        remedy = "incidentctl process retro list shows them"
        raise NotFound(f"there is no process retro PR-{retro_id}", remedy=remedy)
    return found


def lines(conn: Connection, rows: Sequence[Retro]) -> tuple[wire_experiments.Retro, ...]:
    """Retros as a list shows them; a fixed number of queries for any number of rows."""
    ids = [row.id for row in rows]
    people, tried = retros.members(conn, ids), experiments.of_retros(conn, ids)
    return tuple(
        wire_experiments.Retro(
            **{name: getattr(row, name) for name in _COPIED},
            people=len(people[row.id]),
            experiments=tuple(one.id for one in tried[row.id]),
        )
        for row in rows
    )


def view(conn: Connection, row: Retro, actor: str, process: Process) -> wire_experiments.RetroView:
    """Everything that `actor` may see now."""
    members = retros.members(conn, [row.id])[row.id]
    written = process_ideas.written_in(conn, [row.id])[row.id]
    topics, votes = retro_topics.of_retros(conn, [row.id])[row.id], retro_topics.votes(conn, [row.id])
    ideas = _ideas(conn, row, topics)
    return wire_experiments.RetroView(
        retro=lines(conn, [row])[0],
        steps=tuple(
            wire_experiments.RetroStep(
                name=step, title=one.title, text=one.text, minutes=process.retro.usual(step).total_seconds() / 60
            )
            for step, one in GUIDES.items()
        ),
        participants=tuple(_participant(row, one, written, votes) for one in members),
        joined=any(one.person == actor and one.present for one in members),
        drives=row.facilitator == actor,
        ideas=idea_views.views(conn, [one for one in ideas if one.open_to(actor)], actor),
        ideas_hidden=sum(1 for one in ideas if not one.open_to(actor)),
        ideas_shown=row.ideas_shown,
        votes_shown=row.votes_shown,
        topics=_topics(row, topics, votes, actor),
        votes_each=row.votes_each,
        experiments=of_retros(conn, [row.id])[row.id],
    )


def _ideas(conn: Connection, row: Retro, topics: Sequence[Topic]) -> list[Idea]:
    """What a retro has before it, whoever may read it; of one that is over, what its topics were made of.

    What is written in silence in the retro of another team is no business of this one.
    """
    if row.state is State.FINISHED:
        return process_ideas.some(conn, [idea for topic in topics for idea in topic.ideas])
    return [one for one in process_ideas.before(conn, row.id) if not one.hidden or one.written_in == row.id]


def _participant(row: Retro, one: Member, written: dict[str, int], votes: Votes) -> wire_experiments.RetroParticipant:
    return wire_experiments.RetroParticipant(
        person=one.person,
        joined_at=one.joined_at,
        left_at=one.left_at,
        done_step=one.done_step,
        ideas=written.get(one.person, 0),
        votes_left=row.votes_each - given(votes, one.person),
    )


def _topics(row: Retro, topics: Sequence[Topic], votes: Votes, actor: str) -> tuple[wire_experiments.RetroTopic, ...]:
    """In the order of their votes once these are shown; before, it would tell them."""
    return tuple(
        wire_experiments.RetroTopic(
            id=one.id,
            text=one.text,
            ideas=one.ideas,
            votes=total(votes, one.id) if row.votes_shown else None,
            mine=votes.get(one.id, {}).get(actor, 0),
            chosen=one.chosen,
            notes=one.notes,
            version=one.version,
        )
        for one in (ranked(topics, votes) if row.votes_shown else topics)
    )
