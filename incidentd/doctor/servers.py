"""The PostgreSQL servers of an address: each is asked by itself, and then what they are together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from incidentd.configuration.store_address import any_server, hosts, passwords, place
from incidentd.doctor.schema import revision
from incidentd.domain.checkup import Finding, ok, problem, warning

_SECONDS = 5.0
_OLDEST = 130000
_SKEW_SECONDS = 1.0
_DOCS = "docs/several-nodes.md, A PostgreSQL that fails over"


class Server(msgspec.Struct, frozen=True):
    """What one host of the address answered. `skew` is in seconds, ahead of this machine's clock."""

    place: str
    version: str
    number: int
    encoding: str
    may_create: bool
    follows: bool
    synchronous: str
    fsync: str
    waits_for: str
    revision: str | None
    skew: float


def look(url: str) -> Iterator[Finding]:
    """The checks of each server, and of all."""
    found = [_asked(one) for one in hosts(url)]
    writable = [one for one in found if isinstance(one, Server) and not one.follows]
    for one in found:
        yield from _of_one(one, writable) if isinstance(one, Server) else _away(one, writable)
    if writable:
        yield revision(writable[0].revision)
    yield from of_all(writable, hosts=len(found))


def _away(said: str, writable: Sequence[Server]) -> Iterator[Finding]:
    if writable:
        means = "there is one place less to go to when the server fails that takes writes now"
        yield warning("postgresql", said, means, "is it to come back? else take it out of [storage] url")
        return
    remedy = "is the server up? the address, the network, pg_hba.conf, the password in the secret's file"
    yield problem("postgresql", said, "nothing can be stored; senders get 503", remedy)


def of_all(writable: Sequence[Server], *, hosts: int) -> Iterator[Finding]:
    """What the servers that take writes are to each other, and to the standbys of an address with so many hosts."""
    if len(writable) > 1:
        said = f"{' and '.join(one.place for one in writable)} take writes, each by itself"
        means = "there are two histories: what is stored on one is missing on the other"
        yield problem("replication", said, means, f"stop the one that was replaced: {_DOCS}")
    elif writable and hosts > 1 and not writable[0].waits_for:
        means = "a failover forgets what the standby did not have yet, although it was acknowledged"
        remedy = f"synchronous_standby_names in postgresql.conf: {_DOCS}"
        yield warning("replication", "no commit waits for a standby", means, remedy)
    elif writable and hosts > 1:
        yield ok("replication", f"commits wait for {writable[0].waits_for}")


def _asked(address: str) -> Server | str:
    """What a server says, or why it cannot be asked."""
    try:
        return asyncio.run(_ask(any_server(address), place(address)))
    except Exception as error:  # the driver raises what the network and the server say
        said = str(error)
        for secret in passwords(address):
            said = said.replace(secret, "***")
        return f"{place(address)} cannot be reached: {type(error).__name__}: {said[:200]}"


async def _ask(address: str, where: str) -> Server:
    import asyncpg  # type: ignore[import-untyped]

    connection = await asyncpg.connect(address, timeout=_SECONDS, command_timeout=_SECONDS)
    try:
        before = datetime.now(UTC)
        row = dict(await connection.fetchrow(_QUESTION))
        after = datetime.now(UTC)
        has = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        schema = await connection.fetchval("SELECT version_num FROM alembic_version") if has else None
    finally:
        await connection.close()
    skew = (row.pop("at") - (before + (after - before) / 2)).total_seconds()
    return Server(**row, place=where, revision=schema, skew=skew)


_QUESTION = """
SELECT clock_timestamp() AS at, current_setting('server_version') AS version,
       current_setting('server_version_num')::int AS number, current_setting('server_encoding') AS encoding,
       has_schema_privilege(current_schema(), 'CREATE') AS may_create, pg_is_in_recovery() AS follows,
       current_setting('synchronous_commit') AS synchronous, current_setting('fsync') AS fsync,
       current_setting('synchronous_standby_names') AS waits_for
"""


def _of_one(found: Server, writable: Sequence[Server]) -> Iterator[Finding]:
    if found.number < _OLDEST:
        said = f"PostgreSQL {found.version} is too old"
        yield problem("postgresql", said, "statements fail", "upgrade it to 13 or newer")
    else:
        as_what = " as a standby" if found.follows and writable else ""
        yield ok("postgresql", f"{found.place} answers{as_what}: PostgreSQL {found.version}")
    if found.encoding != "UTF8":
        means, remedy = "a text in another script cannot be stored", "CREATE DATABASE incidentd ENCODING 'UTF8'"
        yield problem("postgresql", f"the encoding is {found.encoding}", means, remedy)
    if not found.may_create:
        means, remedy = "the schema cannot be made or migrated", "GRANT CREATE ON SCHEMA public TO incidentd"
        yield problem("postgresql", "this user may not make tables", means, remedy)
    if found.follows and not writable:
        means, remedy = "nothing can be stored on it", "let [storage] url lead to the primary"
        yield problem("postgresql", "this server is a standby", means, remedy)
    if found.fsync != "on" or found.synchronous == "off":
        means = "what was acknowledged may be lost by a power cut"
        yield problem("postgresql", "fsync or synchronous_commit is off", means, "set both to on in postgresql.conf")
    said = f"its clock differs by {found.skew:+.2f} s from this machine's"
    means, remedy = "leases of nodes end too early or too late", "timedatectl set-ntp true on both"
    off = abs(found.skew) > _SKEW_SECONDS
    yield warning("postgresql", said, means, remedy) if off else ok("postgresql", said)
