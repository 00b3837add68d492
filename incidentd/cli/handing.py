"""Handing something in that must not be lost: first into the spool, then, in order, what waits there to the daemon.

The monitoring system that calls must never wait long: after the deadline the command ends well, for the entry is on
disk and the daemon, or the next call, takes it from there.
"""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click

from incidentd.cli.jsontext import compact
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.spool import BadEntry, Entry, Spool, default_directory, idempotency_key, is_at_fault, new_entry, refusal

DEFAULT_URL = "http://127.0.0.1:9095"
ACCEPTED = 202
"""What incidentd's own routes answer. Any other 2xx is not incidentd, and the entry waits."""
_MAX_ANSWER = 65_536
_PORTS = {"http": 80, "https": 443}


class Way(NamedTuple):
    """How to reach the daemon: its address, the spool before it, seconds in all, the key to show ("" for none)."""

    url: str
    spool: Spool
    deadline: float
    key: str


class Refusal(NamedTuple):
    """What the daemon said of an entry that it will never take."""

    entry: str
    reason: str


class Drained(NamedTuple):
    """What one round did; `stopped` says why entries are left, "" when none is."""

    taken: int
    refused: list[Refusal]
    stopped: str


class Waits(Exception):  # noqa: N818
    """The entry cannot be handed in now; the message says why."""


def way_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--url, --spool, --deadline and the key of a command that hands something in, as one argument `way`."""

    def wrapped(*args: Any, url: str, spool: str, deadline: float, key: str, key_file: str, **rest: Any) -> Any:
        way = Way(_checked(url), Spool(Path(spool) if spool else default_directory()), deadline, _key(key, key_file))
        return function(*args, way=way, **rest)

    wrapped.__doc__, wrapped.__name__ = function.__doc__, function.__name__
    wrapped.__dict__.update(function.__dict__)
    for option in (
        click.option("--key-file", default="", metavar="PATH", help="A file that holds the key."),
        click.option("-k", "--key", default="", metavar="KEY", help="The key that stands for a service."),
        click.option(
            "--deadline",
            type=click.FloatRange(0.1, 300),
            default=3.0,
            show_default=True,
            metavar="SECONDS",
            help="How long to try in all; then it waits in the spool.",
        ),
        click.option("--spool", default="", metavar="DIR", help="Where it waits (default: $INCIDENTD_SPOOL)."),
        click.option(
            "--url",
            default=lambda: os.environ.get("INCIDENTD_URL", DEFAULT_URL),
            show_default=f"$INCIDENTD_URL or {DEFAULT_URL}",
            metavar="URL",
            help="The daemon's listener.",
        ),
    ):
        wrapped = option(wrapped)
    return wrapped


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise click.UsageError(f"--url {safe_line(url)!r} is no address like {DEFAULT_URL}")
    return url.rstrip("/")


def _key(key: str, key_file: str) -> str:
    if key_file:
        try:
            key = Path(key_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"--key-file cannot be read: {error}") from error
    if not key.isprintable() or not key.isascii():
        raise click.UsageError("the key holds characters that no key has")
    return key


def hand_in(session: Session, path: str, body: object, way: Way) -> None:
    """Spool `body` for the route `path`, try to hand in what waits, and say what became of it. Raises `Failure`."""
    entry = keep(path, body, way)
    report(session, entry, way)


def keep(path: str, body: object, way: Way) -> str:
    """Put it into the spool; its name there. Where the spool takes nothing it is sent at once, and the name is "".

    Raises `Failure` when neither is possible.
    """
    entry = new_entry(path, body, f"Bearer {way.key}" if way.key else "")
    try:
        return way.spool.put(entry)
    except OSError as error:
        unspooled = str(error)
    try:
        with _Line(way.url, time.monotonic() + way.deadline) as line:
            line.send(entry, f"unspooled-{os.urandom(12).hex()}")
    except (Waits, BadEntry) as error:
        remedy = "mend the spool, or name another with --spool; start the daemon, or name it with --url"
        message = f"it is lost: the spool takes nothing ({unspooled}), and the daemon cannot be asked ({error})"
        raise Failure(message, Exit.UNREACHABLE, remedy=remedy) from error
    click.echo(f"incidentctl: sent, but the spool takes nothing: {safe_line(unspooled)}", err=True)
    return ""


def report(session: Session, entry: str, way: Way) -> None:
    """Hand in what waits, and say whether `entry` was taken ("" for one that was sent at once). Raises `Failure`."""
    drained = drain(way) if entry else Drained(1, [], "")
    for one in drained.refused:
        if one.entry == entry:
            remedy = f"it was set aside: mend the cause, then incidentctl spool retry {entry}"
            raise Failure(f"the daemon refused it: {one.reason}", Exit.BAD_INPUT, remedy=remedy)
    waits = bool(entry) and entry in way.spool.names()
    if session.as_json:
        outcome = "spooled" if waits else "delivered"
        print(compact({"outcome": outcome, "entry": entry, "detail": drained.stopped if waits else ""}))
    elif not session.quiet:
        print(f"spooled: {safe_line(drained.stopped or 'another command empties the spool')}" if waits else "delivered")


def drain(way: Way) -> Drained:
    """Hand in what waits, oldest first, until nothing is left, the daemon does not take it, or the deadline passes."""
    end = time.monotonic() + way.deadline
    taken, refused, stopped = 0, list[Refusal](), ""
    while not stopped and (names := way.spool.names()):
        # Whoever finds another at work leaves: its entry was there before that one looks a last time.
        with way.spool.alone() as alone:
            if not alone:
                return Drained(taken, refused, "another command empties the spool")
            try:
                with _Line(way.url, end) as line:
                    for name in names:
                        reason = _take(way.spool, line, name)
                        refused += [Refusal(name, reason)] if reason else []
                        taken += not reason
            except (Waits, OSError) as error:
                stopped = str(error)
    return Drained(taken, refused, stopped)


def _take(spool: Spool, line: _Line, name: str) -> str:
    """Hand in one entry; why it was set aside, "" when it was taken. Raises `Waits`."""
    try:
        line.send(spool.read(name), idempotency_key(name))
    except FileNotFoundError:
        return ""  # the daemon itself took it
    except BadEntry as error:
        spool.set_aside(name, str(error))
        return str(error)
    spool.remove(name)
    return ""


class _Line:
    """One connection to the listener, for many entries."""

    def __init__(self, url: str, end: float) -> None:
        parts = urlsplit(url)
        self._prefix = parts.path
        self._end = end
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port or _PORTS[parts.scheme], timeout=self._left())

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise Waits("the deadline passed")
        return left

    def send(self, entry: Entry, key: str) -> None:
        """Hand in one entry. Raises `Waits`, and `BadEntry` for one that the daemon will never take."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if entry.authorization:
            headers["Authorization"] = entry.authorization
        self._connection.timeout = self._left()
        if self._connection.sock is not None:
            self._connection.sock.settimeout(self._connection.timeout)
        try:
            self._connection.request("POST", self._prefix + entry.path, bytes(entry.body), headers)
            answer = self._connection.getresponse()
            content = answer.read(_MAX_ANSWER)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Waits(f"the daemon cannot be reached: {str(error) or type(error).__name__}") from error
        if answer.status == ACCEPTED:
            return
        said = refusal(answer.status, content)
        raise BadEntry(said) if is_at_fault(answer.status) else Waits(f"the daemon does not take it: {said}")
