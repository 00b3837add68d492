"""The clock of the machine, and how old its rules of time zones are."""

from __future__ import annotations

import ctypes
import re
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from incidentd.domain.checkup import Finding, ok, skipped, warning

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_YEARS_OLD = 2
_STAMP = Path("/run/systemd/timesync/synchronized")
"""Touched at each answer of a time server: systemd-timesyncd.service(8)."""
_SILENT = timedelta(days=1)
_MEANS = "escalations and shifts go by this clock; one that is wrong pages too late, or the wrong person"
_REMEDY = "timedatectl set-ntp true"


class _Timex(ctypes.Structure):
    """struct timex of adjtimex(2), with its padding."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_byte * 256),
    ]


def synchronised(stamp: Path = _STAMP) -> Iterator[Finding]:
    """Whether something keeps the clock right. Only looks: no mode is set.

    Locked in by ProtectClock= a process may not even look: there `stamp` tells whether systemd-timesyncd is at work.
    """
    try:
        timex = _Timex()
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError) as error:
        yield skipped("clock", f"the kernel does not say: {type(error).__name__}")
        return
    if state < 0:
        yield _by_stamp(stamp)
    elif state == _TIME_ERROR:
        yield warning("clock", "the clock is not synchronised", _MEANS, _REMEDY)
    else:
        yield ok("clock", f"the clock is synchronised, to {timex.maxerror / 1000:.0f} ms at most")


def _by_stamp(stamp: Path) -> Finding:
    try:
        at = datetime.fromtimestamp(stamp.stat().st_mtime, UTC)
    except OSError:
        return skipped("clock", "this process may not ask the kernel (a sandbox, or a container): incidentd doctor may")
    if datetime.now(UTC) - at > _SILENT:
        return warning("clock", f"systemd-timesyncd had its last answer {at:%Y-%m-%d %H:%M} UTC", _MEANS, _REMEDY)
    return ok("clock", f"the clock is synchronised by systemd-timesyncd, last {at:%Y-%m-%d %H:%M} UTC")


def zones() -> Iterator[Finding]:
    """Governments move clocks: old rules put a shift an hour away."""
    release = _system_release() or _package_release()
    year = int(release[:4]) if release[:4].isdigit() else 0
    if not year:
        yield skipped("time-zones", "the release of tzdata cannot be told")
    elif datetime.now(UTC).year - year >= _YEARS_OLD:
        means = "a government may have moved its clocks since: shifts of its zones begin an hour off"
        yield warning("time-zones", f"tzdata is of {release}", means, "apt install tzdata, or pip install -U tzdata")
    else:
        yield ok("time-zones", f"tzdata is of {release}")


def _system_release() -> str:
    for directory in zoneinfo.TZPATH:
        for name, pattern in (("tzdata.zi", r"# version (\S+)"), ("+VERSION", r"(\S+)")):
            try:
                with (Path(directory) / name).open(encoding="ascii", errors="replace") as file:
                    found = re.match(pattern, file.readline())
            except OSError:
                continue
            if found:
                return found[1]
    return ""


def _package_release() -> str:
    try:
        import tzdata  # type: ignore[import-untyped]
    except ImportError:
        return ""
    return str(tzdata.IANA_VERSION)
