"""Directories and files: whether they are there, whose they are, and who else may read or write them."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from incidentd.configuration.daemon_settings import MAIN_FILE, DaemonSettings
from incidentd.domain.checkup import Finding, ok, problem, skipped, warning
from incidentd.services.memory_journal import FILE, waiting
from incidentd.settings import Configuration, user_name

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def directories(settings: DaemonSettings) -> Iterator[Finding]:
    """The private ones are the daemon's alone; the spool is for a group."""
    yield from _private(
        "state-directory", settings.state_dir, "pages, incidents and the keys of signed links lie in it"
    )
    yield from _private("runtime-directory", settings.runtime_dir, "the socket lies in it")
    yield from _spool(settings.spool_dir)


def _private(check: str, place: Path, holds: str) -> Iterator[Finding]:
    try:
        found = place.stat()
    except FileNotFoundError:
        yield (
            ok(check, f"{place} is made at the first start")
            if _may_make(place)
            else problem(
                check, f"{place} does not exist and cannot be made by you", holds, f"install -d -m 700 {place}"
            )
        )
        return
    except OSError as error:
        yield skipped(check, f"{place}: {error.strerror}; look as root or as the daemon's user")
        return
    faults = list(_faults(check, place, found, holds))
    yield from faults or [ok(check, f"{place} is {_owner(found)}'s alone")]


def _faults(check: str, place: Path, found: os.stat_result, holds: str) -> Iterator[Finding]:
    if not stat.S_ISDIR(found.st_mode):
        yield problem(check, f"{place} is no directory", "the daemon does not start", f"mv {place} {place}.away")
        return
    if found.st_mode & _OTHERS_WRITE:
        means = f"others can change it: {holds}; the daemon does not start"
        yield problem(check, f"{place} can be written to by others ({_mode(found)})", means, f"chmod 700 {place}")
    elif found.st_mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IXOTH) and check == "state-directory":
        yield warning(check, f"{place} can be read by others ({_mode(found)})", holds, f"chmod 700 {place}")
    if os.geteuid() not in (0, found.st_uid):
        yield skipped(
            check, f"{place} belongs to {_owner(found)}: what is in it was not looked at as {user_name(os.geteuid())}"
        )
    elif not os.access(place, os.W_OK | os.X_OK):
        yield problem(
            check, f"{place} cannot be written", "nothing can be stored", f"chmod u+rwx {place}, or remount it rw"
        )


def _spool(place: Path) -> Iterator[Finding]:
    try:
        found = place.stat()
    except FileNotFoundError:
        yield ok("spool", f"{place} is not there: nobody has spooled yet")
        return
    except OSError as error:
        yield skipped("spool", f"{place}: {error.strerror}")
        return
    if found.st_mode & stat.S_IWOTH:
        means = "anybody on this machine can put alerts into it"
        yield problem("spool", f"{place} can be written to by everybody ({_mode(found)})", means, f"chmod o-w {place}")
    else:
        yield ok("spool", f"{place} is {_owner(found)}'s and its group's ({_mode(found)})")


def configuration(read: Iterable[str]) -> Iterator[Finding]:
    """Whoever may write the files decides who is paged."""
    means = "whoever may write it decides who is paged, and what the daemon runs"
    for name in read:
        try:
            found = os.stat(name)
        except OSError as error:
            yield skipped("configuration-files", f"{name}: {error.strerror}")
            continue
        if found.st_mode & stat.S_IWOTH:
            yield problem("configuration-files", f"{name} can be written to by everybody", means, f"chmod o-w {name}")
        else:
            yield ok("configuration-files", f"{name} is {_owner(found)}'s ({_mode(found)})")


def secrets(configuration: Configuration) -> Iterator[Finding]:
    """Files that hold a secret are read by the daemon's user and nobody else."""
    main = next((Path(name) for name in configuration.files if Path(name).name == MAIN_FILE), None)
    if main is None:
        return
    table = tomllib.loads(main.read_text(encoding="utf-8"))
    seen = sorted({str(place) for place in _referred(table, configuration.environ)})
    faults = [fault for name in seen for fault in _secret(name)]
    yield from faults or ([ok("secrets", f"{len(seen)} files of secrets are read by their owner only")] if seen else [])


def _secret(name: str) -> Iterator[Finding]:
    try:
        found = os.stat(name)
    except OSError as error:
        yield problem("secrets", f"{name}: {error.strerror}", "what needs it does not work", f"ls -l {name}")
        return
    if found.st_mode & (stat.S_IROTH | stat.S_IWOTH):
        means = "everybody on this machine can read the secret: renew it, too"
        yield problem("secrets", f"{name} is open to everybody ({_mode(found)})", means, f"chmod 600 {name}")
    elif found.st_mode & stat.S_IWGRP:
        means = "its group can exchange the secret"
        yield warning("secrets", f"{name} can be written by its group ({_mode(found)})", means, f"chmod g-w {name}")


def _referred(value: object, environ: Mapping[str, str]) -> Iterator[Path]:
    """The files that secret references anywhere in a table lead to."""
    if isinstance(value, list):
        for one in value:
            yield from _referred(one, environ)
    elif isinstance(value, Mapping):
        name = value.get("file") or value.get("credential")
        if len(value) == 1 and isinstance(name, str):
            place = Path(environ.get("CREDENTIALS_DIRECTORY", "")) / name if "credential" in value else Path(name)
            if place.is_absolute():
                yield place
            return
        for one in value.values():
            yield from _referred(one, environ)


def _may_make(place: Path) -> bool:
    above = next((one for one in place.parents if one.exists()), Path("/"))
    return os.access(above, os.W_OK | os.X_OK)


def _mode(found: os.stat_result) -> str:
    return f"mode {stat.S_IMODE(found.st_mode):o}"


def _owner(found: os.stat_result) -> str:
    return user_name(found.st_uid) or f"uid {found.st_uid}"


def told_from_memory(settings: DaemonSettings) -> Iterator[Finding]:
    """What a process that ended while nothing could be stored left for the next one."""
    for directory in (settings.runtime_dir, settings.state_dir):
        left = len(waiting(directory))
        if left:
            said = f"{left} messages or acknowledgements of a time without a store wait in {directory / FILE}"
            means = "people were told, and the log has nothing of it yet; removed, it would be told again"
            yield warning("told-from-memory", said, means, "start the daemon once the store is well: it records them")
            return
    yield ok("told-from-memory", "nothing waits to be recorded")
