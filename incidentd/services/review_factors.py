"""Contributing factors: written silently, shown together, then reworded, merged and linked by everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Connection, and_

from incidentd.domain import factors as rules
from incidentd.domain.factors import Factor
from incidentd.domain.people import Roster
from incidentd.domain.review_masks import told
from incidentd.domain.reviews import Review
from incidentd.domain.themes import theme_name
from incidentd.services import cursors
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.factor_evidence import checked
from incidentd.services.factor_views import shown, views
from incidentd.services.record_contracts import FactorQuery
from incidentd.services.review_masks import masked_from
from incidentd.storage import factors, incidents, themes
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_records as wire_records

_WORDING = ("text", "category", "role", "evidence", "contexts")


class Factors:
    """Implements `record_contracts.FactorCalls`. While a factor is hidden its text is in no event."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster

    def _view(self, conn: Connection, factor: Factor, actor: str) -> wire_records.Factor:
        return views(conn, [factor], actor, self._roster())[0]

    # ------------------------------------------------------------------ reading
    async def list(self, query: FactorQuery, actor: str) -> wire_records.FactorPage:
        """Those of all incidents that `actor` may read, the newest first. Raises `Invalid`, `NotFound`."""
        last, roster = cursors.decode(query.cursor), self._roster()

        def read(conn: Connection) -> wire_records.FactorPage:
            where = and_(factors.shown_to(actor, masked_from(conn, actor)), *_wanted(conn, query))
            rows = factors.listed(conn, where, last, query.limit + 1)
            more = cursors.encode(rows[query.limit - 1].id if len(rows) > query.limit else None)
            found = views(conn, rows[: query.limit], actor, roster)
            return wire_records.FactorPage(factors=found, next_cursor=more, total=factors.count_where(conn, where))

        return await self._store.read(read)

    async def get(self, factor_id: int, actor: str) -> wire_records.Factor:
        """One factor. Raises `NotFound`, also for one that `actor` may not read now."""
        return await self._store.read(lambda conn: self._view(conn, _readable(conn, factor_id, actor), actor))

    # ------------------------------------------------------------------ writing
    async def write(self, incident_id: int, body: wire_records.WriteFactor, actor: str) -> wire_records.Factor:
        """Say what had a part in it. Raises `NotFound`, `Invalid`."""

        def command(tx: Tx) -> wire_records.Factor:
            row = existing_review(tx.conn, incident_id, lock=True)
            values = _wording(tx, row, body, actor)
            factor = factors.add(tx, incident_id=incident_id, author=actor, **values)
            tx.emit("factor.written", row.subject, {"id": factor.id}, actor=actor)
            return self._view(tx.conn, factor, actor)

        return await self._store.write(command)

    async def edit(
        self, incident_id: int, factor_id: int, body: wire_records.EditFactor, actor: str, if_version: int | None
    ) -> wire_records.Factor:
        """Reword one's own, or once they are shown anybody's; merge it, give it a theme.

        Raises `NotFound`, `Invalid`, `Conflict`, and `Refused` for what waits until factors are shown.
        """

        def command(tx: Tx) -> wire_records.Factor:
            row = existing_review(tx.conn, incident_id, lock=True)
            factor = _of_review(tx.conn, row, factor_id, actor)
            if if_version not in (None, factor.version):
                raise Conflict(f"F-{factor_id} has changed meanwhile", current=self._view(tx.conn, factor, actor))
            changed = _wording(tx, row, body, actor) | _grouping(tx, row, factor, body, actor)
            changed = {name: value for name, value in changed.items() if value != getattr(factor, name)}
            if changed:
                after = factors.change(tx, factor, edited_at=tx.now, **changed)
                tx.emit("factor.edited", row.subject, _edited(row, factor, after, changed), actor=actor)
                factor = after
            return self._view(tx.conn, factor, actor)

        return await self._store.write(command)

    async def withdraw(
        self, incident_id: int, factor_id: int, body: wire_records.Withdraw, actor: str
    ) -> wire_records.Factor:
        """Take one's own back; what was the same stands for itself. Raises `NotFound`, `Refused` for another's."""

        def command(tx: Tx) -> wire_records.Factor:
            row = existing_review(tx.conn, incident_id, lock=True)
            factor = _of_review(tx.conn, row, factor_id, actor)
            if factor.author != actor:
                remedy = "reword it, or say that it is the same as another one"
                raise Refused(f"F-{factor_id} is another's: only who wrote it takes it back", remedy=remedy)
            factors.stand_for(tx, factor_id, None)
            factor = factors.change(tx, factor, withdrawn_at=tx.now)
            tx.emit("factor.withdrawn", row.subject, {"id": factor_id}, actor=actor)
            return self._view(tx.conn, factor, actor)

        return await self._store.write(command)

    # ------------------------------------------------------------------ earlier ones
    async def link(
        self, incident_id: int, factor_id: int, body: wire_records.LinkFactor, actor: str
    ) -> wire_records.Factor:
        """Say that it was so in an earlier incident already, with evidence of this one.

        Raises `NotFound`, `Invalid`, `Conflict` when it is linked, and `Refused` while either is hidden.
        """

        def command(tx: Tx) -> wire_records.Factor:
            row = existing_review(tx.conn, incident_id, lock=True)
            factor = _of_review(tx.conn, row, factor_id, actor)
            _after_reveal(row, "an earlier factor is linked")
            earlier = _earlier(tx.conn, factor, body.earlier_id, actor)
            if any(one.earlier_id == earlier.id for one in factors.links_of(tx.conn, [factor_id])):
                current = self._view(tx.conn, factor, actor)
                raise Conflict(f"F-{factor_id} is linked to F-{earlier.id} already", current=current)
            _check_fresh(tx.conn, earlier, body.evidence)
            factors.link(tx, factor_id, earlier.id, body.evidence, actor)
            data = {"id": factor_id, "earlier": earlier.id, "evidence": body.evidence}
            tx.emit("factor.linked", row.subject, data, actor=actor)
            return self._view(tx.conn, factors.change(tx, factor), actor)

        return await self._store.write(command)

    async def unlink(self, incident_id: int, factor_id: int, earlier_id: int, actor: str) -> wire_records.Factor:
        """It was another one after all. Raises `NotFound`."""

        def command(tx: Tx) -> wire_records.Factor:
            row = existing_review(tx.conn, incident_id, lock=True)
            factor = _of_review(tx.conn, row, factor_id, actor)
            if not factors.unlink(tx, factor_id, earlier_id):
                remedy = f"incidentctl factor show F-{factor_id}"
                raise NotFound(f"F-{factor_id} is not linked to F-{earlier_id}", remedy=remedy)
            tx.emit("factor.unlinked", row.subject, {"id": factor_id, "earlier": earlier_id}, actor=actor)
            return self._view(tx.conn, factors.change(tx, factor), actor)

        return await self._store.write(command)


# ------------------------------------------------------------------ who may read which
def _missing(factor_id: int) -> NotFound:
    return NotFound(
        f"there is no F-{factor_id} that you may read", remedy="incidentctl factor list shows those you may"
    )


def _readable(conn: Connection, factor_id: int, actor: str) -> Factor:
    """A factor that `actor` may read. One that is hidden is as one that is not there."""
    found = factors.get(conn, factor_id)
    if found is None or not shown(conn, existing_review(conn, found.incident_id), [found], actor):
        raise _missing(factor_id)
    masked_by = masked_from(conn, actor).get(found.incident_id)
    if masked_by is not None:
        raise Refused(told(masked_by), remedy=f"incidentctl review done INC-{masked_by} --factors")
    return found


def _of_review(conn: Connection, row: Review, factor_id: int, actor: str) -> Factor:
    found = _readable(conn, factor_id, actor)
    if found.incident_id != row.incident_id:
        raise _missing(factor_id)
    return found


def _after_reveal(row: Review, what: str) -> None:
    if not row.factors_revealed:
        raise Refused(f"factors are hidden still: {what} when everybody sees them", remedy="write your own until then")


# ------------------------------------------------------------------ what is said
def _wording(
    tx: Tx, row: Review, body: wire_records.WriteFactor | wire_records.EditFactor, actor: str
) -> dict[str, Any]:
    """What was given of it, checked."""
    given: dict[str, Any] = {name: value for name in _WORDING if (value := getattr(body, name)) is not None}
    if "evidence" in given:
        given["evidence"] = checked(tx, row, given["evidence"], actor)
    if "contexts" in given:
        given["contexts"] = tuple(dict.fromkeys(" ".join(one.casefold().split()) for one in given["contexts"]))
    return given


def _grouping(tx: Tx, row: Review, factor: Factor, body: wire_records.EditFactor, actor: str) -> dict[str, Any]:
    """What it is put together with. Raises `Refused` before factors are shown: a theme would tell of hidden ones."""
    changed: dict[str, Any] = {}
    if body.same_as is not None:
        _after_reveal(row, "they are merged")
        changed["same_as"] = _merged(tx, row, factor, body.same_as, actor) if body.same_as else None
    if body.theme is not None:
        _after_reveal(row, "they get themes")
        changed["theme_id"] = _theme(tx, row, body.theme, actor) if body.theme.strip() else None
    return changed


def _merged(tx: Tx, row: Review, factor: Factor, other_id: int, actor: str) -> int:
    other = _readable(tx.conn, other_id, actor)
    target, fault = rules.merged_into(factor, other)
    if fault:
        remedy = f"incidentctl review factor list INC-{row.incident_id} shows the others"
        raise Invalid(f"F-{factor.id} cannot be the same as F-{other_id}: {fault}", field="same_as", remedy=remedy)
    factors.stand_for(tx, factor.id, target)
    return target


def _theme(tx: Tx, row: Review, name: str, actor: str) -> int:
    """The theme of this name; a new one is made."""
    found = themes.called(tx.conn, name)
    if found is None:
        found = themes.add(tx, theme_name(name), actor)
        tx.emit("factor.theme_made", row.subject, {"id": found.id, "name": found.name}, actor=actor)
    return found.id


def _edited(row: Review, before: Factor, after: Factor, changed: dict[str, Any]) -> dict[str, Any]:
    """What the event says: before and after, as far as everybody may read it."""
    if not row.factors_revealed:
        return {"id": before.id}
    said = {
        side: {name: msgspec.to_builtins(getattr(one, name)) for name in changed}
        for side, one in (("before", before), ("after", after))
    }
    return {"id": before.id, **said}


# ------------------------------------------------------------------ links
def _earlier(conn: Connection, factor: Factor, earlier_id: int, actor: str) -> Factor:
    """The factor of an earlier incident. Raises `NotFound`, `Refused`, `Invalid`."""
    earlier = _readable(conn, earlier_id, actor)
    began = {one.id: one.started_at for one in incidents.among(conn, [factor.incident_id, earlier.incident_id])}
    if earlier.incident_id == factor.incident_id:
        remedy = "say that the two are the same: same_as, or incidentctl review factor edit --same-as"
        raise Invalid(f"F-{earlier_id} is of the same incident", field="earlier_id", remedy=remedy)
    if began[earlier.incident_id] > began[factor.incident_id]:
        remedy = f"link F-{earlier_id} to F-{factor.id} instead"
        raise Invalid(f"INC-{earlier.incident_id} began later", field="earlier_id", remedy=remedy)
    return earlier


def _check_fresh(conn: Connection, earlier: Factor, evidence: str) -> None:
    """Old words prove nothing of this incident."""
    cited = [one.evidence for one in factors.links_to(conn, earlier.id)]
    known = [earlier.text, *cited, *(text for one in earlier.evidence for text in (one.ref, one.text) if text)]
    if any(rules.same_words(evidence, one) for one in known):
        remedy = "say what shows it in this incident: an entry of its timeline, a graph, what somebody saw"
        raise Invalid(f"that was said of F-{earlier.id} before", field="evidence", remedy=remedy)


# ------------------------------------------------------------------ lists
def _wanted(conn: Connection, query: FactorQuery) -> list[Any]:
    theme_id = None
    if query.theme:
        theme = themes.called(conn, query.theme)
        if theme is None:
            raise NotFound(f"there is no theme {query.theme!r}", remedy="incidentctl factor themes lists them")
        theme_id = theme.id
    return factors.conditions(
        words=query.text.split(),
        category=query.category,
        role=query.role,
        theme_id=theme_id,
        incident_id=query.incident_id,
    )
