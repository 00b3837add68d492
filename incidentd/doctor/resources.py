"""What the machine gives a process: descriptors and memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from incidentd.domain.checkup import Finding, ok, problem, skipped, warning

_DESCRIPTORS = 4096
"""Ten thousand senders may connect at once; each takes one."""
_LITTLE_MEMORY = 0.05


def descriptors(pid: int) -> Iterator[Finding]:
    """The limit of open files of the process, and how many are in use."""
    try:
        lines = Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()
    except OSError as error:
        yield skipped("descriptors", f"those of process {pid} cannot be seen: {error.strerror}")
        return
    soft = next(line.split()[3] for line in lines if line.startswith("Max open files"))
    limit = int(soft) if soft.isdigit() else 2**20
    try:
        used = len(os.listdir(f"/proc/{pid}/fd"))
        said = f"{used} of {limit} descriptors are open"
    except OSError:  # a daemon keeps others of its user out of its memory, and of this list
        used, said = 0, f"{limit} descriptors may be open; how many are, it says itself: incidentctl doctor"
    remedy = "LimitNOFILE=65536 in a drop-in of incidentd.service, or ulimit -n 65536"
    if used > limit * 0.8:
        yield problem("descriptors", said, "soon no connection is taken any more", remedy)
    elif limit < _DESCRIPTORS:
        yield warning("descriptors", said, "a storm of senders may need more", remedy)
    else:
        yield ok("descriptors", said)


def memory() -> Iterator[Finding]:
    """What the machine has left (proc_meminfo(5))."""
    with open("/proc/meminfo", encoding="ascii") as file:
        figures = {line.split(":")[0]: int(line.split()[1]) for line in file if len(line.split()) > 1}
    total, left = figures["MemTotal"], figures.get("MemAvailable", figures["MemFree"])
    said = f"{left // 1024} of {total // 1024} MiB of memory are available"
    if left < total * _LITTLE_MEMORY:
        means = "the kernel may kill the daemon, which then starts again"
        yield warning("memory", said, means, "ps aux --sort=-rss | head; or give the machine more")
    else:
        yield ok("memory", said)


def watchdog(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the service manager starts a daemon again that hangs (sd_watchdog_enabled(3))."""
    usec = environ.get("WATCHDOG_USEC", "")
    if usec.isdigit() and int(usec):
        yield ok("watchdog", f"the service manager restarts the daemon when it hangs for {int(usec) / 1e6:g} s")
    else:
        means = "a daemon that hangs stays so until somebody sees it"
        yield warning("watchdog", "no watchdog looks after the daemon", means, "run it by systemd/incidentd.service")
