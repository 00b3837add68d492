"""A synchronous HTTP client over a Unix socket with the standard library only: what a short-lived command needs.

Nothing here retries; the caller sees `OSError` or `http.client.HTTPException` as they are.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import socket
import stat
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from incidentd.sse import Frame, FrameDecoder

ENVIRONMENT_VARIABLE = "INCIDENTD_SOCKET"
SYSTEM_SOCKET = "/run/incidentd/api.sock"


class Response(NamedTuple):
    """Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def default_socket_path() -> str:
    """Where the socket is: $INCIDENTD_SOCKET, else the system's if this user may write to it, else the user's own."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        return named
    if os.access(SYSTEM_SOCKET, os.R_OK | os.W_OK):
        return SYSTEM_SOCKET
    return user_socket_path()


def user_socket_path() -> str:
    """The socket of a private daemon: in $XDG_RUNTIME_DIR/incidentd, else in /tmp/incidentd-<uid>."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    own = f"/tmp/incidentd-{os.getuid()}"  # noqa: S108 - `check_directory` refuses one that somebody else made
    directory = os.path.join(runtime, "incidentd") if runtime.startswith("/") else own
    return os.path.join(directory, "api.sock")


class ForeignDirectory(PermissionError):
    """The socket lies in a directory that another user made in a place like /tmp: it may be a trap."""


def check_directory(path: str) -> None:
    """Anyone may make a directory in /tmp first and listen there. Raises `ForeignDirectory`; other OSErrors wait."""
    directory = os.path.dirname(os.path.abspath(path))
    try:
        made, around = os.lstat(directory), os.stat(os.path.dirname(directory))
    except OSError:
        return  # connecting will say it
    if around.st_mode & stat.S_IWOTH and made.st_uid not in (0, os.geteuid()):
        raise ForeignDirectory(errno.EPERM, f"belongs to uid {made.st_uid}: not trusted", directory)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float | None) -> None:
        super().__init__("incidentd", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        check_directory(self._path)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(self.timeout)
            sock.connect(self._path)
        except BaseException:
            sock.close()
            raise
        self.sock = sock


def request(
    socket_path: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    timeout: float | None = 30.0,
) -> Response:
    """One exchange on a connection of its own; `path` carries its query. Raises OSError and `HTTPException`."""
    connection = _UnixConnection(socket_path, timeout)
    try:
        with contextlib.suppress(BrokenPipeError):  # refused before the body was through: the answer says why
            connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Response(answer.status, _fields(answer), answer.read())
    finally:
        connection.close()


def stream_events(socket_path: str, after: int, *, timeout: float = 45.0) -> Iterator[Frame]:
    """Events after seq `after` as they happen, until the daemon ends the stream (resume with the last frame's id).

    Raises OSError when the daemon is gone or silent for `timeout` seconds, and `StreamRefused` with its answer.
    """
    connection = _UnixConnection(socket_path, timeout)
    try:
        connection.request("GET", f"/v1/events?after={after}", headers={"Accept": "text/event-stream"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise StreamRefused(Response(answer.status, _fields(answer), answer.read()))
        decoder = FrameDecoder()
        while piece := answer.read1(65536):
            yield from decoder.feed(piece)
    finally:
        connection.close()


class StreamRefused(Exception):  # noqa: N818
    """The daemon answered the stream with a problem document; `response` holds it."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"status {response.status}")
        self.response = response


def _fields(answer: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.getheaders()}
