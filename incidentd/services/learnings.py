"""Learnings: what people know now. Who wrote an anonymous one is in no row, no event and no remembered answer."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain.review_masks import told
from incidentd.domain.reviews import Review
from incidentd.services import cursors
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_views import Seen
from incidentd.services.review_masks import masked_from
from incidentd.storage import learnings
from incidentd.storage.learnings import Learning
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_records as wire_records

NOBODY = ""
"""The actor of what an anonymous learning leaves in the log."""
_COPIED = tuple(name for name in wire_records.Learning.__struct_fields__ if name != "mine")


def _view(learning: Learning, actor: str) -> wire_records.Learning:
    return wire_records.Learning(
        **{name: getattr(learning, name) for name in _COPIED}, mine=bool(learning.author) and learning.author == actor
    )


def learnings_of(seen: Seen, row: Review, actor: str) -> tuple[wire_records.Learning, ...]:
    """Those of a review; they are shared as soon as they are written."""
    return tuple(_view(one, actor) for one in learnings.of_incident(seen.conn, row.incident_id))


class Learnings:
    """Implements `record_contracts.LearningCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(
        self, text: str, incident_id: int | None, limit: int, cursor: str, actor: str
    ) -> wire_records.LearningPage:
        """Those of all incidents that nothing hides from `actor`, the newest first. Raises `Invalid`."""
        last = cursors.decode(cursor)

        def read(conn: Connection) -> wire_records.LearningPage:
            where = learnings.conditions(text.split(), incident_id, masked_from(conn, actor))
            rows = learnings.listed(conn, where, last, limit + 1)
            more = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            found = tuple(_view(one, actor) for one in rows[:limit])
            total = learnings.count_where(conn, where)
            return wire_records.LearningPage(learnings=found, next_cursor=more, total=total)

        return await self._store.read(read)

    async def write(self, incident_id: int, body: wire_records.WriteLearning, actor: str) -> wire_records.Learning:
        """Say what one knows now, with one's name or without. Raises `NotFound`, `Refused` while it is masked."""
        author = NOBODY if body.anonymous else actor

        def command(tx: Tx) -> wire_records.Learning:
            row = _review(tx, incident_id, actor)
            learning = learnings.add(tx, incident_id, body.text, author)
            tx.emit("learning.written", row.subject, {"id": learning.id, "anonymous": body.anonymous}, actor=author)
            return _view(learning, author)

        return await self._store.write(command)

    async def edit(
        self, incident_id: int, learning_id: int, body: wire_records.EditLearning, actor: str, if_version: int | None
    ) -> wire_records.Learning:
        """Reword one's own. Raises `NotFound`, `Conflict`, `Refused` for another's and for an anonymous one."""

        def command(tx: Tx) -> wire_records.Learning:
            learning = _one(tx, _review(tx, incident_id, actor), learning_id)
            _refuse_others(learning, actor)
            if if_version not in (None, learning.version):
                raise Conflict(f"L-{learning_id} has changed meanwhile", current=_view(learning, actor))
            if body.text != learning.text:
                said = {"id": learning_id, "before": learning.text, "after": body.text}
                learning = learnings.change(tx, learning, text=body.text)
                tx.emit("learning.edited", learning.subject, said, actor=actor)
            return _view(learning, actor)

        return await self._store.write(command)

    async def withdraw(
        self, incident_id: int, learning_id: int, body: wire_records.Withdraw, actor: str
    ) -> wire_records.Learning:
        """Take one's own back, or with a reason an anonymous one, for nobody else could. Raises as `edit` does."""

        def command(tx: Tx) -> wire_records.Learning:
            learning = _one(tx, _review(tx, incident_id, actor), learning_id)
            if learning.author:
                _refuse_others(learning, actor)
            elif not body.why.strip():
                remedy = (
                    "say what is wrong with it; anybody may take back what is anonymous, and is named with the reason"
                )
                raise Invalid("an anonymous learning is withdrawn with a reason", field="why", remedy=remedy)
            learning = learnings.change(tx, learning, withdrawn_at=tx.now)
            tx.emit("learning.withdrawn", learning.subject, {"id": learning_id, "why": body.why}, actor=actor)
            return _view(learning, actor)

        return await self._store.write(command)


def _review(tx: Tx, incident_id: int, actor: str) -> Review:
    """The review, when its conclusions are not hidden from `actor`."""
    row = existing_review(tx.conn, incident_id, lock=True)
    masked_by = masked_from(tx.conn, actor).get(incident_id)
    if masked_by is not None:
        raise Refused(told(masked_by), remedy=f"incidentctl review done INC-{masked_by} --factors")
    return row


def _one(tx: Tx, row: Review, learning_id: int) -> Learning:
    found = learnings.get(tx.conn, row.incident_id, learning_id)
    if found is None:
        remedy = f"incidentctl review learning list INC-{row.incident_id} shows them"
        raise NotFound(f"INC-{row.incident_id} has no learning L-{learning_id}", remedy=remedy)
    return found


def _refuse_others(learning: Learning, actor: str) -> None:
    if not learning.author:
        remedy = "withdraw it with a reason, and write it anew"
        raise Refused(f"L-{learning.id} is anonymous: nobody can show that it is theirs", remedy=remedy)
    if learning.author != actor:
        raise Refused(f"L-{learning.id} is {learning.author}'s own", remedy="write one of yours beside it")
