"""Who has the state directory, the socket and the ports, and what the caller may do on the socket."""

from __future__ import annotations

import errno
import fcntl
import grp
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from incidentd.configuration.daemon_settings import Address, ApiSettings, DaemonSettings
from incidentd.domain.checkup import Finding, ok, problem, skipped, warning
from incidentd.settings import user_name

_SECONDS = 2.0
_LISTEN = "0A"  # TCP_LISTEN in /proc/net/tcp


def instance(settings: DaemonSettings) -> Iterator[Finding]:
    """Whether a daemon runs on this state directory, by its lock."""
    lock = settings.state_dir / "lock"
    try:
        with lock.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = file.read(20).decode("ascii", "replace").strip()
                yield ok("daemon", f"it runs as process {holder}{_named(holder)}")
                return
    except FileNotFoundError:
        yield warning("daemon", "it has never run on this state directory", "nobody is paged", "incidentd serve")
        return
    except OSError as error:
        yield skipped("daemon", f"{lock}: {error.strerror}")
        return
    yield warning(
        "daemon", "it does not run", "nobody is paged", "systemctl start incidentd.service, or incidentd serve"
    )


def api_socket(place: Path) -> Iterator[Finding]:
    """Whether something answers at the socket."""
    try:
        found = place.stat()
    except FileNotFoundError:
        yield warning(
            "socket", f"there is none at {place}", "no terminal and no command reaches the daemon", "start it"
        )
        return
    except OSError as error:
        yield skipped("socket", f"{place}: {error.strerror}")
        return
    if not stat.S_ISSOCK(found.st_mode):
        yield problem("socket", f"{place} is no socket", "the daemon does not start", f"mv {place} {place}.away")
        return
    owner = f"{user_name(found.st_uid) or found.st_uid}'s, mode {stat.S_IMODE(found.st_mode):o}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_SECONDS)
        try:
            probe.connect(str(place))
        except ConnectionRefusedError:
            means = "a daemon that ended left it; the next start removes it"
            yield warning("socket", f"nobody listens at {place}", means, "start the daemon")
        except PermissionError:
            means = "you may not speak to the daemon"
            yield problem("socket", f"{place} is not open to you ({owner})", means, "usermod -aG incidentd-users NAME")
        except TimeoutError:
            means = "whoever has it does not accept: it hangs, or too many wait"
            yield problem("socket", f"{place} does not answer in {_SECONDS:g} s", means, f"ss -xlp | grep {place.name}")
        else:
            yield ok("socket", f"somebody listens at {place} ({owner})")


def ports(settings: DaemonSettings) -> Iterator[Finding]:
    """Whether each address can be had, or by whom it is taken."""
    for address in (*settings.ingress.listen, *settings.ingress.tls_listen):
        if address.port:
            yield _port(address, _lock_holder(settings.state_dir))


def _port(address: Address, ours: str) -> Finding:
    taken = _taken(address)
    if taken == "":
        return ok("ports", f"{address} is free")
    if taken != "taken":
        means, remedy = "the daemon does not start", "[ingress] listen in incidentd.toml: an address of this machine"
        return problem("ports", f"{address} cannot be listened on: {taken}", means, remedy)
    holder = _holder(address.port)
    if holder and holder == ours:
        return ok("ports", f"{address} is the daemon's")
    if not holder:
        seen = f"root can see, or a daemon itself (incidentctl doctor): ss -ltnp 'sport = :{address.port}'"
        return skipped("ports", f"{address} is taken; by whom, {seen}")
    means = "the daemon does not start" if not ours else "another process takes what senders mean for the daemon"
    if holder == "1":
        return ok("ports", f"{address} is held by the service manager for the socket unit")
    return problem(
        "ports",
        f"{address} is taken by process {holder}{_named(holder)}",
        means,
        f"stop it, or choose another port: kill {holder}",
    )


def _taken(address: Address) -> str:
    """ "" when it is free, "taken" when somebody has it, else why it cannot be had."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            return "taken" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
    return ""


def _holder(port: int) -> str:
    """The process that listens on a TCP port, "" when this process may not see it (proc_net(5), proc_pid_fd(5))."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(port)}
    for directory in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(os.readlink(directory / name) in wanted for name in os.listdir(directory)):
                return directory.parent.name
        except OSError:  # it ended meanwhile, or is not ours to look at
            continue
    return ""


def _inodes(port: int) -> Iterator[str]:
    for name in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _lock_holder(state_dir: Path) -> str:
    try:
        return (state_dir / "lock").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _named(pid: str) -> str:
    try:
        return f" ({Path(f'/proc/{pid}/comm').read_text(encoding='utf-8', errors='replace').strip()})"
    except OSError:
        return ""


def roles(api: ApiSettings) -> Iterator[Finding]:
    """Whether the groups that give roles exist, and which of them the caller is in."""
    named = {
        "viewer": api.viewer_groups, "responder": api.responder_groups, "admin": api.admin_groups
    }  # fmt: skip
    known = {one.gr_name: one.gr_gid for one in grp.getgrall()}
    missing = sorted({name for names in named.values() for name in names} - known.keys())
    mine = set(os.getgroups()) | {os.getegid()}
    roles = [role for role, names in named.items() if any(known.get(name) in mine for name in names)]
    said = f"your groups give you: {', '.join(roles) or 'no role'}"
    if os.geteuid() == 0:
        said = "root is an admin"
    if missing and api.socket_mode != 0o600:
        means = "nobody gets the role that such a group gives"
        yield warning("roles", f"there is no group {', '.join(missing)}; {said}", means, "systemd-sysusers")
    elif missing:
        yield ok("roles", f"a private daemon: only its user and root use the socket; {said}")
    else:
        yield ok("roles", said)
