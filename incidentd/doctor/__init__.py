"""What is wrong with an installation, and what mends it: `incidentd doctor`, and `/v1/doctor` of a daemon that runs.

A check never raises and changes nothing. What this process may not see is skipped, with the reason.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from incidentd.doctor import clocks, databases, disks, files, listening, outside, people, resources
from incidentd.domain.checkup import Finding, ok, problem, skipped, warning
from incidentd.settings import Configuration, ConfigurationError, load_configuration

Check = Callable[[], Iterable[Finding]]


def examine(config: Path | None, environ: Mapping[str, str], *, deep: bool = False) -> list[Finding]:
    """Everything that can be seen without a daemon; `deep` reads the whole SQLite database for damage."""
    try:
        configuration = load_configuration(config, environ)
    except ConfigurationError as error:
        why = "the configuration cannot be read"
        return [*_faults(error), *run(of_host(os.getpid())), skipped("files", why), skipped("database", why)]
    return [
        *_configuration(configuration),
        *run([*of_files(configuration), *of_installation(configuration, deep=deep), *of_host(os.getpid())]),
    ]


def _faults(error: ConfigurationError) -> Iterator[Finding]:
    for fault in error.faults:
        said = str(fault)
        yield problem("configuration", said, "the daemon does not start with it", "correct it, then: incidentd check")


def _configuration(configuration: Configuration) -> Iterator[Finding]:
    read = ", ".join(configuration.files) or "no files, defaults only"
    yield ok("configuration", f"can be used: {read}")
    for text in configuration.problems:
        yield warning(
            "configuration", text, "a page may go to fewer people than you think", "incidentctl reload, after"
        )


def of_files(configuration: Configuration) -> list[Check]:
    """What a daemon that runs knows better."""
    return [lambda: people.plugins(configuration), lambda: people.duty(configuration)]


def of_installation(configuration: Configuration, *, deep: bool = False) -> list[Check]:
    """The checks of files, database, listeners and what is outside."""
    settings = configuration.daemon
    return [
        lambda: files.directories(settings),
        lambda: files.configuration(configuration.files),
        lambda: files.secrets(configuration),
        lambda: files.told_from_memory(settings),
        lambda: listening.instance(settings),
        lambda: listening.api_socket(settings.api.socket_path),
        lambda: listening.ports(settings),
        lambda: listening.roles(settings.api),
        lambda: disks.room(settings.state_dir),
        lambda: disks.kind(settings),
        lambda: databases.look(settings.database_url, deep=deep),
        lambda: outside.certificate(settings),
        lambda: outside.heartbeat(settings),
        lambda: outside.names(configuration.adapters),
    ]


def of_host(pid: int) -> list[Check]:
    """The checks of the machine, and of the limits of the process `pid`."""
    return [
        clocks.synchronised,
        clocks.zones,
        lambda: resources.descriptors(pid),
        resources.memory,
    ]


def of_daemon(configuration: Configuration, *, deep: bool = False) -> list[Finding]:
    """The same seen by the daemon itself: its rights, its limits, its way out. Blocks for seconds."""
    checks = [*of_installation(configuration, deep=deep), *of_host(os.getpid())]
    return run([*checks, lambda: resources.watchdog(os.environ)])


def run(checks: Sequence[Check]) -> list[Finding]:
    """What all of them found. One that fails itself is skipped and says so."""
    found: list[Finding] = []
    for check in checks:
        try:
            found += check()
        except Exception as error:  # a look at what is broken may break in ways that nobody has seen
            found.append(skipped("doctor", f"a check failed itself: {type(error).__name__}"))
    return found
