"""The key that signs links, calendars and letters to subscribers: made once, and exchanged without a gap.

After an exchange everything new is signed with the new key. What an older key signed holds on for a while, unless the
key is known to have got out. The key never leaves the store and the memory of the nodes.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, insert, select, update

from incidentd.services.workers import Loop
from incidentd.storage.schema import meta
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import keys as wire_keys

LINKS = timedelta(days=7)
"""How long a link of a message holds, and so an older key for it."""
ADDRESSES = timedelta(days=90)
"""How long an older key holds for addresses without an end: calendars, and the way out in letters to subscribers."""
_KEY, _SINCE, _OLD = "link_key", "link_key_since", "link_keys_old"
_INSTALLATION = "installation"
_LOOK_EVERY = timedelta(seconds=10)


class OldKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that signs nothing more."""

    key: str  # hexadecimal
    replaced_at: datetime


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """The key in use and those before it, the youngest first; `since` is None for the first key of a store.

    `installation` names this store to others for good.
    """

    key: bytes = b""
    since: datetime | None = None
    old: tuple[OldKey, ...] = ()
    installation: str = ""

    def live(self, now: datetime, within: timedelta) -> tuple[bytes, ...]:
        """The keys whose signatures hold: the one in use, then those that were replaced at most `within` ago."""
        return (self.key, *(bytes.fromhex(one.key) for one in self.old if now - one.replaced_at < within))


class SigningKeys:
    """Implements `operation_contracts.KeyCalls`. Each node looks for an exchange on another one every few seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ring = Ring()
        self._looked_at: datetime | None = None
        self.loop = Loop("signing keys", self._look)

    async def start(self) -> None:
        """Load the keys as they are now, or make the first one."""
        known: Ring | None = await self._store.read(_ring)
        self._ring = known if known is not None else await self._store.write(_first)

    async def _look(self) -> None:
        now = self._store.clock.now()
        if self._looked_at is None or now - self._looked_at >= _LOOK_EVERY:
            await self.start()
            self._looked_at = now

    @property
    def key(self) -> bytes:
        """What signs now."""
        return self._ring.key

    @property
    def installation(self) -> str:
        """A name of this store that no other has, and that stays when keys change."""
        return self._ring.installation

    def live(self, within: timedelta) -> tuple[bytes, ...]:
        """The keys whose signatures hold: the one in use, then those that were replaced at most `within` ago."""
        return self._ring.live(self._store.clock.now(), within)

    async def state(self) -> wire_keys.SigningKeys:
        """What is in use, without any key."""
        await self.start()
        return _shown(self._ring, self._store.clock.now())

    async def rotate(self, at_once: bool, actor: str) -> wire_keys.SigningKeys:
        """A new key. `at_once`: what the older ones signed is void now, not when it has run out."""

        def command(tx: Tx) -> Ring:
            made = _exchanged(_first(tx), tx.now, at_once)
            _write(tx, made)
            tx.emit("keys.rotated", "daemon:0", {"at_once": at_once}, actor=actor)
            return made

        self._ring = await self._store.write(command)
        return _shown(self._ring, self._store.clock.now())


def _exchanged(before: Ring, now: datetime, at_once: bool) -> Ring:
    kept = [one for one in before.old if now - one.replaced_at < ADDRESSES]
    old = () if at_once else (OldKey(key=before.key.hex(), replaced_at=now), *kept)
    return msgspec.structs.replace(before, key=secrets.token_bytes(32), since=now, old=old)


def _shown(ring: Ring, now: datetime) -> wire_keys.SigningKeys:
    return wire_keys.SigningKeys(
        before=tuple(
            wire_keys.OldSigningKey(
                replaced_at=one.replaced_at,
                links_until=one.replaced_at + LINKS,
                addresses_until=one.replaced_at + ADDRESSES,
            )
            for one in ring.old
            if now - one.replaced_at < ADDRESSES
        ),
        since=ring.since,
    )


# ------------------------------------------------------------------ rows
def _value(conn: Connection, name: str) -> str | None:
    return conn.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()


def _ring(conn: Connection) -> Ring | None:
    key = _value(conn, _KEY)
    if key is None:
        return None
    old = msgspec.json.decode(_value(conn, _OLD) or "[]", type=tuple[OldKey, ...])
    since = _value(conn, _SINCE)
    return Ring(
        key=bytes.fromhex(key),
        since=datetime.fromisoformat(since) if since else None,
        old=old,
        installation=_value(conn, _INSTALLATION) or _name_of(key),
    )


def _name_of(key: str) -> str:
    """As long as no key was exchanged the first one gives the name."""
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()[:12]


def _first(tx: Tx) -> Ring:
    """The ring of the store, made where there is none: another node may have been faster."""
    known = _ring(tx.conn)
    if known is not None:
        return known
    key = secrets.token_hex(32)
    tx.conn.execute(insert(meta).values(name=_KEY, value=key))
    return Ring(key=bytes.fromhex(key), installation=_name_of(key))


def _write(tx: Tx, ring: Ring) -> None:
    rows = {
        _KEY: ring.key.hex(),
        _SINCE: tx.now.isoformat(),
        _OLD: msgspec.json.encode(ring.old).decode(),
        _INSTALLATION: ring.installation,
    }
    for name, value in rows.items():
        if _value(tx.conn, name) is None:
            tx.conn.execute(insert(meta).values(name=name, value=value))
        else:
            tx.conn.execute(update(meta).where(meta.c.name == name).values(value=value))
