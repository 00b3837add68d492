"""The spool: requests to the TCP listener that wait on disk, so that nothing is lost while the daemon is away.

A directory of files with one entry each. Whoever writes one makes it whole before it gets its name (a temporary file in
the same directory, fsync, rename, fsync of the directory). Names begin with the time, so that they sort in order. An
entry's name is its idempotency key too: it may be handed in again after a crash, and counts once. Nothing here needs
more than the standard library and msgspec: short-lived commands write and empty spools, and so does the daemon.

Who may write to the directory may speak as a local sender. It must not be writable for everybody; a directory of mode
2770 with a group of its own lets several users write and the daemon read and remove.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

ENVIRONMENT_VARIABLE = "INCIDENTD_SPOOL"
SYSTEM_SPOOL = "/var/spool/incidentd"
MAX_ENTRIES = 10_000
MAX_BYTES = 64 * 1024 * 1024
MAX_ENTRY = 256 * 1024
"""Bytes of one entry's file."""
MAX_SET_ASIDE = 1000
"""So many entries that were refused are kept; then the oldest goes."""
SET_ASIDE = "rejected"
_REASON = ".reason"
_MAX_REASON = 1000
_STALE_SECONDS = 3600.0
_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{16}\.json")
_UNREADABLE = {errno.ELOOP, errno.EACCES, errno.ENXIO}
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A POST of JSON that waits. `path` is that of a source's route; `authorization` the header's value, if any."""

    at: datetime
    path: str
    body: msgspec.Raw
    authorization: str = ""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that was set aside, and why."""

    name: str
    reason: str


class SpoolUnusable(OSError):
    """The directory cannot be used; the message says why, with a remedy."""


class SpoolFull(OSError):
    """There is no room for another entry."""


class BadEntry(ValueError):
    """A file in the spool that is no entry; the message says why."""


def default_directory() -> Path:
    """Where commands spool: $INCIDENTD_SPOOL, else the system's if this user may write to it, else the user's own."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        return Path(named)
    if os.access(SYSTEM_SPOOL, os.W_OK | os.X_OK):
        return Path(SYSTEM_SPOOL)
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state.startswith("/") else Path.home() / ".local" / "state") / "incidentd" / "spool"


class Spool:
    """One spool directory. Every method may raise `OSError`, and `SpoolUnusable` where the directory is to blame."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    # ------------------------------------------------------------------ writing
    def put(self, entry: Entry) -> str:
        """Store an entry durably; returns its name. Makes a private directory where none is. Raises `SpoolFull`."""
        content = msgspec.json.encode(entry)
        if len(content) > MAX_ENTRY:
            raise SpoolFull(f"the entry has {len(content)} bytes, of which {MAX_ENTRY} are allowed")
        self._make()
        with self._opened() as fd:
            waiting = _names(fd)
            if waiting:
                self._check_room(fd, waiting, len(content))
            name = f"{time.time_ns():020d}-{os.urandom(8).hex()}.json"
            _write(fd, name, content)
        return name

    def _check_room(self, fd: int, waiting: list[str], more: int) -> None:
        held = sum(_size(fd, name) for name in waiting)
        if len(waiting) >= MAX_ENTRIES or held + more > MAX_BYTES:
            raise SpoolFull(f"{self.directory} is full: {len(waiting)} entries, {held} bytes")

    def _make(self) -> None:
        if not self.directory.exists():
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    # ------------------------------------------------------------------ emptying
    def names(self) -> list[str]:
        """The entries that wait, oldest first; none when there is no directory."""
        try:
            with self._opened() as fd:
                return _names(fd)
        except FileNotFoundError:
            return []

    def read(self, name: str) -> Entry:
        """One entry. Raises `BadEntry`, and FileNotFoundError when another took it meanwhile."""
        with self._opened() as fd:
            content = _read(fd, name)
        try:
            return msgspec.json.decode(content, type=Entry)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadEntry(f"is no entry: {error}") from error

    def remove(self, name: str) -> None:
        """Forget an entry that was handed in; it may be gone already."""
        with self._opened() as fd:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=fd)
            os.fsync(fd)

    def set_aside(self, name: str, reason: str) -> None:
        """Take an entry that will never be accepted out of the way, with the reason beside it."""
        with self._opened() as fd:
            _make_subdirectory(fd)
            with _subdirectory(fd) as aside:
                _write(aside, name + _REASON, reason[:_MAX_REASON].encode("utf-8", "replace"))
                with contextlib.suppress(FileNotFoundError):  # another did it
                    os.rename(name, name, src_dir_fd=fd, dst_dir_fd=aside)
                os.fsync(fd)
                for old in _names(aside)[:-MAX_SET_ASIDE]:
                    _forget(aside, old)

    def clear_temporary(self) -> None:
        """Remove what writers left half-made more than an hour ago."""
        with self._opened() as fd:
            for name in os.listdir(fd):
                if name.startswith(".new-") and time.time() - _changed(fd, name) > _STALE_SECONDS:
                    with contextlib.suppress(OSError):
                        os.unlink(name, dir_fd=fd)

    # ------------------------------------------------------------------ what was set aside
    def refused(self) -> list[Refused]:
        """The entries that were set aside, oldest first."""
        try:
            with self._opened() as fd, _subdirectory(fd) as aside:
                return [Refused(name=name, reason=_reason(aside, name)) for name in _names(aside)]
        except FileNotFoundError:
            return []

    def last_refused(self) -> tuple[int, str]:
        """How many entries were set aside, and why the last one was."""
        try:
            with self._opened() as fd, _subdirectory(fd) as aside:
                names = _names(aside)
                return len(names), _reason(aside, names[-1]) if names else ""
        except FileNotFoundError:
            return 0, ""

    def put_back(self, name: str) -> None:
        """Let an entry that was set aside wait again. Raises FileNotFoundError."""
        if not _NAME.fullmatch(name):
            raise FileNotFoundError(f"{name} is no entry's name")
        with self._opened() as fd, _subdirectory(fd) as aside:
            os.rename(name, name, src_dir_fd=aside, dst_dir_fd=fd)
            os.fsync(fd)
            _forget(aside, name)

    # ------------------------------------------------------------------ one at a time
    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this is the only command that empties the spool now. The daemon does not ask: entries count once."""
        with self._opened() as fd:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)  # closing gives it back
            except BlockingIOError:
                yield False
            else:
                yield True

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        fd = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            if os.fstat(fd).st_mode & stat.S_IWOTH:
                raise SpoolUnusable(f"everybody may write to {self.directory}: run chmod o-w {self.directory}")
            yield fd
        finally:
            os.close(fd)


def new_entry(path: str, body: object, authorization: str = "") -> Entry:
    """An entry of this instant."""
    return Entry(
        at=datetime.now(UTC), path=path, body=msgspec.Raw(msgspec.json.encode(body)), authorization=authorization
    )


def idempotency_key(name: str) -> str:
    """The key under which an entry is handed in, however often."""
    return name.removesuffix(".json")


@contextlib.contextmanager
def _subdirectory(fd: int) -> Iterator[int]:
    """The directory of what was set aside; a link in its place is refused."""
    aside = os.open(SET_ASIDE, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=fd)
    try:
        yield aside
    finally:
        os.close(aside)


def _make_subdirectory(fd: int) -> None:
    """Whoever refuses the first entry makes it, for all who may use the spool."""
    try:
        os.mkdir(SET_ASIDE, 0o700, dir_fd=fd)
    except FileExistsError:
        return
    with _subdirectory(fd) as made:
        _give_to_owner(made, fd, stat.S_IMODE(os.fstat(fd).st_mode))


def is_at_fault(status: int) -> bool:
    """Whether an answer's status says that the entry itself is bad, so that it will never be accepted.

    A path that is not served (404, 405) may be after a change of the configuration; being too early, too late or too
    many (408, 425, 429) passes.
    """
    return 400 <= status < 500 and status not in (404, 405, 408, 425, 429)


def refusal(status: int, body: bytes) -> str:
    """What an answer that is no 2xx says, on one line: status, field and message. For screens it is not yet safe."""
    try:
        found = msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = {"message": body.decode("utf-8", "replace")}
    said = [str(found.get(name, "")) for name in ("field", "message")]
    return " ".join([str(status), *said]).replace("\n", " ").replace("  ", " ").strip()[:_MAX_REASON]


def _names(fd: int) -> list[str]:
    return sorted(name for name in os.listdir(fd) if _NAME.fullmatch(name))


def _write(fd: int, name: str, content: bytes) -> None:
    temporary = f".new-{os.getpid()}-{os.urandom(8).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(temporary, flags, 0o600, dir_fd=fd)
    try:
        with open(file, "wb") as out:
            _give_to_owner(file, fd, 0o640)
            out.write(content)
            out.flush()
            os.fsync(file)
        os.rename(temporary, name, src_dir_fd=fd, dst_dir_fd=fd)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=fd)
        raise
    os.fsync(fd)


def _give_to_owner(file: int, directory: int, mode: int) -> None:
    """Let the directory's owner and group use what this process made, root for the daemon's user among them."""
    made, around = os.fstat(file), os.fstat(directory)
    if made.st_uid != os.geteuid():
        return
    if os.geteuid() == 0 and (made.st_uid, made.st_gid) != (around.st_uid, around.st_gid):
        os.fchown(file, around.st_uid, around.st_gid)
    os.fchmod(file, mode)


def _read(fd: int, name: str) -> bytes:
    """A file's bytes; links, pipes and what is too large are refused unread."""
    try:
        file = os.open(name, _READ_FLAGS, dir_fd=fd)
    except OSError as error:
        if error.errno in _UNREADABLE:
            raise BadEntry(f"cannot be opened: {error.strerror}") from error
        raise
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise BadEntry("is no plain file")
        if found.st_size > MAX_ENTRY:
            raise BadEntry(f"has more than {MAX_ENTRY} bytes")
        with open(file, "rb", closefd=False) as source:
            return source.read(MAX_ENTRY)
    finally:
        os.close(file)


def _size(fd: int, name: str) -> int:
    try:
        return os.stat(name, dir_fd=fd, follow_symlinks=False).st_size
    except FileNotFoundError:
        return 0


def _changed(fd: int, name: str) -> float:
    try:
        return os.stat(name, dir_fd=fd, follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return time.time()


def _reason(fd: int, name: str) -> str:
    try:
        return _read(fd, name + _REASON).decode("utf-8", "replace")
    except (OSError, BadEntry):
        return "unknown"


def _forget(fd: int, name: str) -> None:
    for one in (name, name + _REASON):
        with contextlib.suppress(OSError):
            os.unlink(one, dir_fd=fd)
