"""Who is at the other end of the socket, by what the kernel says, and what that peer may do.

SO_PEERCRED gives the uid and gid, SO_PEERGROUPS the supplementary groups (socket(7), unix(7)); nothing the peer sends
takes part in it.
"""

from __future__ import annotations

import asyncio
import enum
import grp
import os
import pwd
import socket
import struct
from collections.abc import Callable, Iterable

import msgspec

_UCRED = struct.Struct("3i")  # struct ucred: pid, uid, gid
_SO_PEERGROUPS = getattr(socket, "SO_PEERGROUPS", 59)  # Linux 4.13, include/uapi/asm-generic/socket.h
_GROUPS_BUFFER = 1024  # 256 groups of 4 bytes; CPython allows no more


class Role(enum.IntEnum):
    """What a caller may do; each role holds the ones below it."""

    NONE = 0
    VIEWER = 1
    RESPONDER = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """The name on the wire."""
        return self.name.lower()


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """The operating system's user behind one connection."""

    uid: int
    os_user: str  # "" when the uid has no name here
    gids: frozenset[int]


class RolePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Roles by group name; root and the daemon's owner are admin, everybody else who can connect has `default_role`."""

    owner_uid: int
    viewer_groups: tuple[str, ...] = ()
    responder_groups: tuple[str, ...] = ()
    admin_groups: tuple[str, ...] = ()
    default_role: Role = Role.NONE

    def role(self, peer: Peer, gid_of: Callable[[str], int | None]) -> Role:
        """The highest role that `peer` has; `gid_of` resolves a group's name (None: no such group)."""
        if peer.uid in (0, self.owner_uid):
            return Role.ADMIN
        named = (
            (Role.ADMIN, self.admin_groups),
            (Role.RESPONDER, self.responder_groups),
            (Role.VIEWER, self.viewer_groups),
        )
        held = (role for role, groups in named if any(gid_of(group) in peer.gids for group in groups))
        return max(next(held, Role.NONE), self.default_role)


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """`person` is the handle in the roster ("" for a stranger), `actor` what the event log calls the caller."""

    person: str
    actor: str
    role: Role


def caller(uid: int, person: str, role: Role) -> Caller:
    """The caller behind `uid`; a stranger acts as "uid:1000"."""
    return Caller(person=person, actor=person or f"uid:{uid}", role=role)


async def peer_of(sock: socket.socket) -> Peer:
    """The peer of a connected Unix socket. Name service look-ups run in a thread: they may block. Raises OSError."""
    fileno = os.dup(sock.fileno())  # the loop's own wrapper offers no getsockopt everywhere
    with socket.socket(fileno=fileno) as own:
        credentials = own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        groups = _supplementary(own)
    _, uid, gid = _UCRED.unpack(credentials)
    return await asyncio.to_thread(_resolved, uid, gid, groups)


def _supplementary(sock: socket.socket) -> tuple[int, ...] | None:
    """None when the kernel does not tell (too old, or more groups than the buffer holds)."""
    try:
        raw = sock.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _GROUPS_BUFFER)
    except OSError:
        return None
    return struct.unpack(f"{len(raw) // 4}I", raw)


def _resolved(uid: int, gid: int, groups: Iterable[int] | None) -> Peer:
    try:
        os_user = pwd.getpwuid(uid).pw_name
    except KeyError:
        os_user = ""
    if groups is None:
        groups = os.getgrouplist(os_user, gid) if os_user else ()
    return Peer(uid=uid, os_user=os_user, gids=frozenset({gid, *groups}))


def gid_of_group(name: str) -> int | None:
    """The id of the group called `name`, None when there is none."""
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None
