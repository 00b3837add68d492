"""What systemd and the daemon tell each other: state over NOTIFY_SOCKET, listening sockets by LISTEN_FDS.

The protocols are those of sd_notify(3), sd_watchdog_enabled(3) and sd_listen_fds(3). Without systemd the variables are
absent and everything here does nothing.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Mapping, MutableMapping

LISTEN_FDS_START = 3
_UNNAMED = "unknown"  # sd_listen_fds_with_names(3): the name of a descriptor that was given none
_SEND_SECONDS = 0.2  # a manager that does not read must not hold the event loop


class BadActivation(RuntimeError):
    """The variables of socket activation contradict each other or name descriptors that are no sockets."""


class Notifier:
    """Sends the daemon's state to the service manager.

    `address` is the value of NOTIFY_SOCKET: a path, or an abstract name that begins with "@"; "" turns it off. A
    manager that went away is never a reason to stop: what cannot be sent is dropped.
    """

    def __init__(self, address: str = "", watchdog_seconds: float | None = None) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = watchdog_seconds
        """The time-out between two `watchdog()` calls, None when the manager watches nothing; call at half of it."""

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] | None = None) -> Notifier:
        """The notifier that the environment asks for.

        The variables are taken out of it, so that a child process does not speak for the daemon. WATCHDOG_USEC
        counts when WATCHDOG_PID is this process or absent.
        """
        env = os.environ if environment is None else environment
        address = env.pop("NOTIFY_SOCKET", "")
        return cls(address, _watchdog_seconds(env.pop("WATCHDOG_USEC", ""), env.pop("WATCHDOG_PID", "")))

    @property
    def enabled(self) -> bool:
        """Whether a service manager listens."""
        return bool(self._address)

    def ready(self, status: str = "") -> bool:
        """Start-up, or the reload that `reloading` announced, is complete."""
        return self._send({"READY": "1", "STATUS": status})

    def reloading(self) -> bool:
        """A reload begins; `ready` ends it. Type=notify-reload compares the time with that of its signal."""
        return self._send({"RELOADING": "1", "MONOTONIC_USEC": str(time.monotonic_ns() // 1000)})

    def stopping(self, status: str = "") -> bool:
        """The daemon drains."""
        return self._send({"STOPPING": "1", "STATUS": status})

    def status(self, text: str) -> bool:
        """One line for `systemctl status`."""
        return self._send({"STATUS": text})

    def watchdog(self) -> bool:
        """The event loop is alive."""
        return self._send({"WATCHDOG": "1"})

    def extend_timeout(self, seconds: float) -> bool:
        """Ask for at least `seconds` more for the start, reload or stop under way (a long migration)."""
        return self._send({"EXTEND_TIMEOUT_USEC": str(int(seconds * 1_000_000))})

    def _send(self, fields: Mapping[str, str]) -> bool:
        """Send the fields that are not empty as one datagram; whether it went out."""
        if not self._address:
            return False
        lines = [f"{name}={_one_line(value)}" for name, value in fields.items() if value]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
                sock.settimeout(_SEND_SECONDS)
                sock.connect(self._address)
                sock.sendall("\n".join(lines).encode("utf-8", "replace"))
        except OSError:
            return False
        return True


def _one_line(text: str) -> str:
    """A line break would begin another field."""
    return " ".join(text.splitlines())


def _watchdog_seconds(usec: str, pid: str) -> float | None:
    if not (usec.isascii() and usec.isdigit()) or int(usec) == 0:
        return None
    if pid and pid != str(os.getpid()):
        return None
    return int(usec) / 1_000_000


def listen_sockets(environment: MutableMapping[str, str] | None = None) -> dict[str, list[socket.socket]]:
    """The sockets that systemd passed, by the FileDescriptorName= of their unit, in the order it passed them.

    Empty when there are none or when they are meant for another process (LISTEN_PID). The variables are taken out of
    the environment and the descriptors are closed on exec, so that no child takes them for its own. The caller owns
    the sockets. Raises `BadActivation`.
    """
    env = os.environ if environment is None else environment
    pid, count, names = (env.pop(name, "") for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"))
    if not count or pid != str(os.getpid()):
        return {}
    if not (count.isascii() and count.isdigit()):
        raise BadActivation(f"LISTEN_FDS={count!r} is no number")
    fds = range(LISTEN_FDS_START, LISTEN_FDS_START + int(count))
    return _by_name(zip(fds, _names(names, len(fds)), strict=True))


def _names(text: str, count: int) -> list[str]:
    names = text.split(":") if text else [_UNNAMED] * count
    if len(names) != count:
        raise BadActivation(f"LISTEN_FDNAMES names {len(names)} descriptors, LISTEN_FDS says {count}")
    return names


def _by_name(passed: Iterable[tuple[int, str]]) -> dict[str, list[socket.socket]]:
    found: dict[str, list[socket.socket]] = {}
    for fd, name in passed:
        try:
            os.set_inheritable(fd, False)
            sock = socket.socket(fileno=fd)
        except OSError as error:
            raise BadActivation(f"descriptor {fd} ({name}) is no socket: {error.strerror}") from error
        sock.setblocking(False)
        found.setdefault(name, []).append(sock)
    return found
