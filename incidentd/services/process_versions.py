"""The process as a versioned thing: proposed, adopted by people with a reason, declined, and kept for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_sources import document_of, read_source, read_text
from incidentd.domain.adoption import strictest
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.process_keys import resolved, still_there
from incidentd.domain.process_versions import (
    How,
    Objection,
    Source,
    State,
    not_adoptable,
    not_declinable,
    not_proposable,
    not_withdrawable,
)
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused, Unknown
from incidentd.services.process_following import ProcessFollowing, place, put_in_force
from incidentd.services.process_views import shown, whole
from incidentd.storage import process_versions
from incidentd.storage.process_versions import VersionRow
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import process_versions as wire_process

_MOST_PROPOSED = 50
T = TypeVar("T")


class ProcessVersions:
    """Implements `process_contracts.ProcessCalls`."""

    def __init__(self, store: Store, following: ProcessFollowing, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._following = following
        self._roster = roster

    # ------------------------------------------------------------------ reading
    async def now(self) -> wire_process.ProcessNow:
        """What is in force, what process.toml says, and what waits for a decision."""
        settings, current = self._following.process.adoption, self._following.current

        def read(conn: Connection) -> wire_process.ProcessNow:
            proposed = process_versions.listed(conn, [State.PROPOSED], _MOST_PROPOSED)
            row = None if current is None else process_versions.get(conn, current.id)
            return wire_process.ProcessNow(
                current=None if row is None else shown(conn, [row])[0],
                follows_file=self._following.adopted is None,
                file=self._file(conn, row),
                needs_second_person=settings.second_person,
                needs_role=settings.role,
                proposed=shown(conn, proposed),
                problems=tuple(one.text for one in self._following.problems()),
            )

        return await self._store.read(read)

    def _file(self, conn: Connection, current: VersionRow | None) -> wire_process.ProcessFile:
        source, version = self._following.source(), self._following.of_file().version
        known = None if source is None else process_versions.same(conn, version, source)
        return wire_process.ProcessFile(
            exists=source is not None and bool(source.text),
            process_version=version if known is None else known.process_version,
            name="" if known is None else known.name,
            document="" if source is None else source.text,
            same=current is not None and self._following.file_means(current),
        )

    async def list(self, state: str, limit: int) -> wire_process.ProcessVersions:
        """The newest first; "all" for every state."""
        states = [] if state == "all" else [State(state)]

        def read(conn: Connection) -> wire_process.ProcessVersions:
            return wire_process.ProcessVersions(versions=shown(conn, process_versions.listed(conn, states, limit)))

        return await self._store.read(read)

    async def get(self, number: int) -> wire_process.WholeProcessVersion:
        """One with its texts. Raises `NotFound`."""
        return await self._store.read(lambda conn: whole(conn, existing(conn, number)))

    async def _view(self, number: int) -> wire_process.ProcessVersion:
        return await self._store.read(lambda conn: shown(conn, [existing(conn, number)])[0])

    # ------------------------------------------------------------------ proposing
    async def propose(
        self, body: wire_process.ProposeProcess, actor: str, *, admin: bool
    ) -> wire_process.ProcessVersion:
        """Propose a version, and put it in force at once with `adopt`. Raises `Invalid`, `NotFound`, and `Conflict` or
        `Refused` where `domain.process_versions` objects.
        """
        await self._following.look()
        process, source = await self._sent(body)
        source = msgspec.structs.replace(source, reason=body.reason, because=self._because(source, body.because))

        def command(tx: Tx) -> VersionRow:
            now = self._present(tx)
            row, fresh = self._proposed(tx, process, source, actor, anew=not body.adopt)
            if not body.adopt:
                return row
            how = self._how(row, follow_file=body.follow_file)
            return self._adopted(tx, row, process, how, now, actor, admin=admin, reason=body.reason, fresh=fresh)

        row = await self._store.write(command)
        if body.adopt:
            await self._following.take(row, process)
        return await self._view(row.id)

    async def _sent(self, body: wire_process.ProposeProcess) -> tuple[Process, Source]:
        """What is proposed, checked against the roster. Raises `Invalid` and `NotFound`."""
        given = [body.file is not None, body.from_file, body.number is not None]
        if sum(given) != 1:
            raise Invalid("say which process: one of file, from_file and number", field="file")
        policies = self._roster().policies
        if body.file is not None:
            return await _checked(read_text, body.file.text, body.files, policies, body.file.name)
        source, name = self._following.source(), "process.toml"
        if body.number is not None:
            row = await self._store.read(lambda conn: existing(conn, body.number or 0))
            source, name = row.source, place(row)
        if source is None:
            raise Invalid("this daemon has no process file", field="from_file", remedy="send one: file")
        return await _checked(read_source, source, policies, name=name), source

    def _because(self, source: Source, given: Mapping[str, str]) -> dict[str, str]:
        """Why, by key: what was said before of keys that are still there, what the file says, and what is given now."""
        data = document_of(source).data
        current = self._following.current
        before = still_there(data, current.explanations) if current is not None else {}
        return {**before, **source.because, **_named(data, given)}

    def _proposed(self, tx: Tx, process: Process, source: Source, actor: str, *, anew: bool) -> tuple[VersionRow, bool]:
        """The row of what is proposed, a new one or that which means the same, and whether it was not open before.

        `anew`: it must not have been.
        """
        known = process_versions.same(tx.conn, process.version, source)
        if known is None:
            row = process_versions.add(
                tx, process.version, source, state=State.PROPOSED, how=How.ADOPTED, proposed_by=actor
            )
        elif (objection := not_proposable(known.standing)) is not None:
            if anew:
                raise _conflict(tx.conn, objection, known)
            explanations = {**known.explanations, **source.because}
            return process_versions.change(tx, known, explanations=explanations), False
        else:
            row = process_versions.change(
                tx, known, state=State.PROPOSED, proposed_by=actor, proposed_at=tx.now, reason=source.reason,
                explanations=dict(source.because), decided_by="", decided_at=None, note="",
            )  # fmt: skip
        data = {"name": row.name, "process_version": row.process_version, "reason": row.reason}
        tx.emit("process.proposed", row.subject, data, actor=actor)
        return row, True

    # ------------------------------------------------------------------ deciding
    async def adopt(
        self, number: int, body: wire_process.AdoptProcess, actor: str, if_version: int | None, *, admin: bool
    ) -> wire_process.ProcessVersion:
        """Put a version in force. Raises `NotFound`, `Conflict`, `Refused`, `Invalid` when the roster forbids it."""
        await self._following.look()
        found = await self._store.read(lambda conn: existing(conn, number))
        process = await _checked(read_source, found.source, self._roster().policies, name=place(found))
        because = _named(document_of(found.source).data, body.because)

        def command(tx: Tx) -> VersionRow:
            now, row = self._present(tx), _unchanged(tx, number, if_version)
            how = self._how(row, follow_file=body.follow_file)
            explanations = {**row.explanations, **because}
            row = msgspec.structs.replace(row, explanations=explanations)
            return self._adopted(tx, row, process, how, now, actor, admin=admin, reason=body.reason)

        row = await self._store.write(command)
        await self._following.take(row, process)
        return await self._view(row.id)

    def _present(self, tx: Tx) -> VersionRow | None:
        """What is in force, which nobody changes before the commit. Raises `Conflict`."""
        process_versions.one_at_a_time(tx)
        now, current = process_versions.in_force(tx.conn), self._following.current
        if now is not None and now.how is How.ADOPTED and (current is None or current.id != now.id):
            raise _conflict(tx.conn, Objection(f"{now.name} was put in force meanwhile", "look at it first"), now)
        return now

    def _how(self, row: VersionRow, *, follow_file: bool) -> How:
        if not follow_file:
            return How.ADOPTED
        if not self._following.file_means(row):
            remedy = f"write it there first: incidentctl process export {row.name} --into DIR, then incidentctl reload"
            raise Refused(f"process.toml says something else than {row.name}", field="follow_file", remedy=remedy)
        return How.FILE

    def _adopted(
        self, tx: Tx, row: VersionRow, process: Process, how: How, now: VersionRow | None, actor: str, *,
        admin: bool, reason: str, fresh: bool = False,
    ) -> VersionRow:  # fmt: skip
        settings = strictest(self._following.process.adoption, process.adoption)
        objection = not_adoptable(row.standing, actor, settings, how=how, admin=admin, fresh=fresh)
        if objection is not None:
            raise Refused(objection.what, remedy=objection.remedy)
        if not (reason.strip() or row.reason.strip()):
            raise Invalid(f"{row.name} needs a reason: nobody has said why", field="reason")
        return put_in_force(
            tx, row, how, by=actor, note=reason or row.reason, was=now, explanations=dict(row.explanations)
        )

    async def decline(
        self, number: int, body: wire_process.DecideProcess, actor: str, if_version: int | None
    ) -> wire_process.ProcessVersion:
        """Say that a proposal will not be adopted. Raises `NotFound`, `Conflict` or `Refused`."""
        return await self._ended(number, body.reason, actor, if_version, State.DECLINED)

    async def withdraw(
        self, number: int, body: wire_process.DecideProcess, actor: str, if_version: int | None
    ) -> wire_process.ProcessVersion:
        """Take one's own proposal back. Raises `NotFound`, `Conflict` or `Refused`."""
        return await self._ended(number, body.reason, actor, if_version, State.WITHDRAWN)

    async def _ended(
        self, number: int, reason: str, actor: str, if_version: int | None, state: State
    ) -> wire_process.ProcessVersion:
        def command(tx: Tx) -> None:
            row = _unchanged(tx, number, if_version)
            standing = row.standing
            objection = not_declinable(standing) if state is State.DECLINED else not_withdrawable(standing, actor)
            if objection is not None:
                raise Refused(objection.what, remedy=objection.remedy)
            process_versions.change(tx, row, state=state, decided_by=actor, decided_at=tx.now, note=reason)
            data = {"name": row.name, "process_version": row.process_version, "reason": reason}
            tx.emit(f"process.{state}", row.subject, data, actor=actor)

        await self._store.write(command)
        return await self._view(number)


def existing(conn: Connection, number: int, *, lock: bool = False) -> VersionRow:
    """One version. Raises `NotFound`."""
    found = process_versions.get(conn, number, lock=lock)
    if found is None:
        raise NotFound(f"there is no version V-{number} of the process", remedy="see incidentctl process history")
    return found


def _unchanged(tx: Tx, number: int, if_version: int | None) -> VersionRow:
    row = existing(tx.conn, number, lock=True)
    if if_version is not None and if_version != row.version:
        raise _conflict(tx.conn, Objection(f"{row.name} has changed since you looked", "look again"), row)
    return row


def _conflict(conn: Connection, objection: Objection, row: VersionRow) -> Conflict:
    return Conflict(objection.what, current=shown(conn, [row])[0], remedy=objection.remedy)


def _named(data: Mapping[str, object], given: Mapping[str, str]) -> dict[str, str]:
    """`given` by the names of its keys. Raises `Invalid` for one that the process does not have."""
    found = {}
    for key, why in given.items():
        name = resolved(data, key)
        if name is None:
            remedy = "name one as the file has it, such as updates.SEV2.identified or severity.rules.NAME"
            raise Unknown(f"the process file has no key {key}", field="because", remedy=remedy)
        found[name] = why
    return found


async def _checked(read: Callable[..., T], *given: object, **named: object) -> T:
    """What `read` reads, off the event loop: templates are tried. Raises `Invalid` with every fault."""
    try:
        return await asyncio.to_thread(read, *given, **named)
    except ConfigurationError as error:
        raise Invalid("\n".join(map(str, error.faults)), field="file") from None
