"""Accounts: what each saw, thought and tried at a moment. Others read them from that step of the review on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import Connection

from incidentd.domain.reviews import Review
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused, Unknown
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_status import checked_time
from incidentd.services.incident_views import Seen
from incidentd.services.own_notes import own_notes
from incidentd.services.review_timeline import cited
from incidentd.storage import review_accounts as stored
from incidentd.storage.review_accounts import Account
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_records as wire_records

_TEXTS = ("saw", "thought", "tried", "text")
_COPIED = tuple(name for name in wire_records.Account.__struct_fields__ if name in Account.__struct_fields__)


def accounts_of(seen: Seen, row: Review, actor: str) -> tuple[wire_records.Account, ...]:
    """Those that `actor` may read now, by moment; those of the whole come last."""
    found = [one for one in stored.of_incident(seen.conn, row.incident_id) if _shown(row, one, actor)]
    found.sort(key=lambda one: (one.at is None, one.at or one.written_at, one.id))
    return _views(seen.conn, found, actor)


def _shown(row: Review, account: Account, actor: str) -> bool:
    return row.accounts_shared or account.person == actor


def _views(conn: Connection, rows: Iterable[Account], actor: str) -> tuple[wire_records.Account, ...]:
    rows = list(rows)
    new_to = stored.new_to(conn, [one.id for one in rows])
    return tuple(
        wire_records.Account(
            **{name: getattr(one, name) for name in _COPIED},
            mine=one.person == actor,
            new_to=len(new_to[one.id]),
            new_to_me=actor in new_to[one.id],
        )
        for one in rows
    )


def _view(conn: Connection, account: Account, actor: str) -> wire_records.Account:
    return _views(conn, [account], actor)[0]


class Accounts:
    """Implements `record_contracts.AccountCalls`. Their texts are in no event: who may read them has the view."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(self, incident_id: int, body: wire_records.WriteAccount, actor: str) -> wire_records.Account:
        """Say how it was, at a moment or in all. Raises `NotFound`, `Invalid`."""

        def command(tx: Tx) -> wire_records.Account:
            row = existing_review(tx.conn, incident_id, lock=True)
            texts = {name: getattr(body, name) for name in _TEXTS}
            return _written(tx, row, actor, texts | _moment(tx, row, body.at, body.seq))

        return await self._store.write(command)

    async def from_notes(self, incident_id: int, actor: str) -> wire_records.Account:
        """Make an account of the whole of the caller's own notes; the notes stay theirs. Raises `NotFound`."""

        def command(tx: Tx) -> wire_records.Account:
            row = existing_review(tx.conn, incident_id, lock=True)
            text = own_notes(tx.conn, incident_id, actor)
            if not text.strip():
                remedy = f"incidentctl review account add INC-{incident_id} writes one"
                raise NotFound(f"you have no notes of your own on INC-{incident_id}", remedy=remedy)
            return _written(
                tx, row, actor, {"saw": "", "thought": "", "tried": "", "text": text, "at": None, "seq": None}
            )

        return await self._store.write(command)

    async def edit(
        self, incident_id: int, account_id: int, body: wire_records.EditAccount, actor: str, if_version: int | None
    ) -> wire_records.Account:
        """Change one's own. Raises `NotFound`, `Invalid`, `Refused` for another's, `Conflict`."""

        def command(tx: Tx) -> wire_records.Account:
            row = existing_review(tx.conn, incident_id, lock=True)
            account = _own(tx.conn, row, account_id, actor)
            if if_version not in (None, account.version):
                current = _view(tx.conn, account, actor)
                raise Conflict(f"account {account_id} has changed meanwhile", current=current)
            changed = _changes(tx, row, account, body)
            if changed:
                account = stored.change(tx, account, edited_at=tx.now, **changed)
                tx.emit("review.account_edited", row.subject, {"id": account_id}, actor=actor)
            return _view(tx.conn, account, actor)

        return await self._store.write(command)

    async def withdraw(
        self, incident_id: int, account_id: int, body: wire_records.Withdraw, actor: str
    ) -> wire_records.Account:
        """Take one's own back; nobody sees it any more. Raises `NotFound`, `Refused` for another's."""

        def command(tx: Tx) -> wire_records.Account:
            row = existing_review(tx.conn, incident_id, lock=True)
            account = stored.change(tx, _own(tx.conn, row, account_id, actor), withdrawn_at=tx.now)
            tx.emit("review.account_withdrawn", row.subject, {"id": account_id}, actor=actor)
            return _view(tx.conn, account, actor)

        return await self._store.write(command)

    async def mark(
        self, incident_id: int, account_id: int, body: wire_records.MarkNew, actor: str
    ) -> wire_records.Account:
        """Say that what another wrote is new to the caller. Raises `NotFound`, `Refused` for one's own."""

        def command(tx: Tx) -> wire_records.Account:
            row = existing_review(tx.conn, incident_id, lock=True)
            account = _readable(tx.conn, row, account_id, actor)
            if account.person == actor:
                raise Refused("it is your own account", remedy="mark what others wrote")
            if stored.mark(tx, account_id, actor, new=body.new):
                tx.emit("review.account_marked", row.subject, {"id": account_id, "new": body.new}, actor=actor)
            return _view(tx.conn, account, actor)

        return await self._store.write(command)


def _written(tx: Tx, row: Review, actor: str, values: dict[str, Any]) -> wire_records.Account:
    _refuse_empty(values)
    account = stored.add(tx, incident_id=row.incident_id, person=actor, **values)
    tx.emit("review.account_written", row.subject, {"id": account.id}, actor=actor)
    return _view(tx.conn, account, actor)


def _refuse_empty(values: dict[str, Any]) -> None:
    if not any(values[name].strip() for name in _TEXTS):
        remedy = "fill in one of saw, thought, tried and text"
        raise Invalid("an account says something", field="text", remedy=remedy)


def _changes(tx: Tx, row: Review, account: Account, body: wire_records.EditAccount) -> dict[str, Any]:
    """What becomes different."""
    given: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(body, name)) is not None}
    if body.whole:
        if body.at is not None or body.seq is not None:
            raise Invalid("of the whole, or of a moment", field="whole", remedy="leave one of them out")
        given |= {"at": None, "seq": None}
    elif body.at is not None or body.seq is not None:
        given |= _moment(tx, row, body.at, body.seq)
    _refuse_empty({name: given.get(name, getattr(account, name)) for name in _TEXTS})
    return {name: value for name, value in given.items() if value != getattr(account, name)}


def _moment(tx: Tx, row: Review, at: datetime | None, seq: int | None) -> dict[str, Any]:
    """The moment that was named: a time, or an entry of the timeline, whose time it is."""
    if at is not None:
        checked_time(at, tx.now, "at")
    if seq is not None:
        entry = cited(tx.conn, row).get(seq)
        if entry is None:
            remedy = f"incidentctl review timeline INC-{row.incident_id} --numbers shows them"
            raise Unknown(f"the timeline of INC-{row.incident_id} has no entry {seq}", field="seq", remedy=remedy)
        at = at or entry.observed_at
    return {"at": at, "seq": seq}


def _readable(conn: Connection, row: Review, account_id: int, actor: str) -> Account:
    """An account that `actor` may read. One that is hidden is as one that is not there."""
    found = stored.get(conn, row.incident_id, account_id)
    if found is None or not _shown(row, found, actor):
        remedy = f"incidentctl review account list INC-{row.incident_id} shows those that you may read"
        raise NotFound(f"INC-{row.incident_id} has no account {account_id}", remedy=remedy)
    return found


def _own(conn: Connection, row: Review, account_id: int, actor: str) -> Account:
    found = _readable(conn, row, account_id, actor)
    if found.person != actor:
        _refuse(found)
    return found


def _refuse(account: Account) -> NoReturn:
    raise Refused(f"account {account.id} is {account.person}'s own", remedy="write one of yours beside it")
