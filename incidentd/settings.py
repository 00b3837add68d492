"""The configuration of a daemon: three files, none of which needs to be there."""

from __future__ import annotations

import hashlib
import pwd
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from incidentd.configuration import last_good
from incidentd.configuration.alike import alike
from incidentd.configuration.audiences import audience_problems
from incidentd.configuration.chat_table import chat_problems
from incidentd.configuration.daemon_settings import MAIN_FILE, AdapterInstance, DaemonSettings, read_main
from incidentd.configuration.directories import default_config_dir, prepare_private
from incidentd.configuration.documents import Document
from incidentd.configuration.learning_tables import learning_problems
from incidentd.configuration.letter_tables import letter_problems
from incidentd.configuration.named_files import OnDisk
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import PROCESS_FILE, read_process, route_problems
from incidentd.configuration.process_sources import source_of
from incidentd.configuration.retro_tables import retro_problems
from incidentd.configuration.review_tables import review_problems
from incidentd.configuration.role_tables import role_problems
from incidentd.configuration.roster_file import LOG_NOTIFIER, ROSTER_FILE, read_roster
from incidentd.configuration.severity_tables import severity_problems
from incidentd.configuration.support_references import support_problems
from incidentd.domain.alarm_kinds import alarms
from incidentd.domain.file_faults import Fault
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.process_versions import Source

__all__ = [
    "AdapterInstance",
    "Configuration",
    "ConfigurationError",
    "DaemonSettings",
    "Fault",
    "load_configuration",
    "prepare_directories",
]
T = TypeVar("T")
log = structlog.get_logger("incidentd")


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the files say. `problems` are faults that do not stop the daemon; `files` are those that were read."""

    daemon: DaemonSettings
    adapters: tuple[AdapterInstance, ...]
    notifiers: frozenset[str]  # the instances that a contact may name
    roster: Roster
    process: Process
    problems: tuple[str, ...]
    files: tuple[str, ...]
    environ: Mapping[str, str]  # where secret references of the adapters look
    source: Source = Source(text="")  # process.toml as it is written
    roster_text: str = ""  # roster.toml as it is written
    alike: Mapping[str, str] = {}  # what all nodes must have in common
    stood_in: tuple[OwnAlarm, ...] = ()  # faults of files for which the last good ones stand in

    def problems_of(self, process: Process) -> tuple[str, ...]:
        """What is odd about `process` among everything else that is configured."""
        roster, channels = self.roster, {one.name for one in self.adapters if one.role == "channel"}
        return (
            *route_problems(process, roster),
            *role_problems(process, roster),
            *review_problems(process, roster),
            *severity_problems(process.matrix),
            *support_problems(process.support, roster, channels),
            *audience_problems(process.audiences, roster, self.notifiers),
            *chat_problems(process.chat, roster, channels),
            *learning_problems(process.digest, roster),
            *retro_problems(process.retro, roster),
            *letter_problems(process.letter, roster),
        )

    def keep(self) -> None:
        """Let the roster stand in for one that is faulty at a later start. Without it that start is refused."""
        try:
            last_good.keep_roster(self.daemon.state_dir, self.roster_text)
        except OSError as error:
            log.warning("roster_not_kept", why=str(error))


def load_configuration(config: Path | None, environ: Mapping[str, str], *, at_start: bool = False) -> Configuration:
    """Read the configuration in directory `config`, or beside the main file `config`; by default in the usual place.

    `at_start`: a pager has to come up again, so for a faulty roster.toml or process.toml the last one that was in force
    stands in, where the state directory has it, and `stood_in` says so. Raises `ConfigurationError` with the faults of
    all files at once.
    """
    directory, main_file = _places(config, environ)
    attempt = _Attempt()
    main = attempt.run(lambda: Document.read(main_file)) or Document(directory, None)
    read = attempt.run(lambda: read_main(main, environ))
    kept = read[0].state_dir if read and at_start else None
    notifiers = contact_notifiers(main.data)
    of_roster = attempt.file(
        directory / ROSTER_FILE,
        lambda document: read_roster(document, notifiers, environ),
        "roster-file-faulty",
        last_good.roster_file(kept) if kept else None,
    )
    # a broken roster must not make every policy that the process names look unknown
    policies = None if of_roster is None else of_roster[1].policies
    of_process = attempt.file(
        directory / PROCESS_FILE,
        lambda document: read_process(
            document, policies if document.file.parent == directory else None, OnDisk(document.file.parent)
        ),
        "process-file-faulty",
        last_good.process_file(kept) if kept else None,
    )
    if read is None or of_roster is None or of_process is None or attempt.faults:
        raise ConfigurationError(attempt.faults)
    (roster_file, roster), (process_file, process) = of_roster, of_process
    source = source_of(process_file, process)
    found = Configuration(
        daemon=read[0],
        adapters=read[1],
        notifiers=frozenset(notifiers),
        roster=roster,
        process=process,
        problems=(),
        files=_files((main, roster_file, process_file), process.wording.file),
        environ=dict(environ),
        source=source,
        roster_text=roster_file.text,
        alike=alike(main.data, roster_file.data, process_file.data, source.files),
        stood_in=tuple(attempt.stood_in),
    )
    return msgspec.structs.replace(found, problems=(*roster.problems, *found.problems_of(process)))


def _files(documents: Iterable[Document], lexicon: str) -> tuple[str, ...]:
    read = [document.file for document in documents if document.exists]
    return tuple(str(file) for file in (*read, *([read[-1].parent / lexicon] if lexicon else [])))


def prepare_directories(settings: DaemonSettings) -> None:
    """Make the state and the runtime directory. Raises `ConfigurationError` when one is not ours alone."""
    prepare_private(settings.state_dir, "daemon.state_dir")
    prepare_private(settings.runtime_dir, "daemon.runtime_dir")


def contact_notifiers(main: Mapping[str, object]) -> set[str]:
    """The notifier instances a contact may name: the configured ones, and `log` as long as none has that type."""
    tables = main.get("notifiers")
    configured = tables if isinstance(tables, Mapping) else {}
    types = {table.get("type") for table in configured.values() if isinstance(table, Mapping)}
    return set(configured) | (set() if LOG_NOTIFIER in types else {LOG_NOTIFIER})


def _places(config: Path | None, environ: Mapping[str, str]) -> tuple[Path, Path]:
    """(directory, main file)."""
    if config is None:
        directory = default_config_dir(environ)
        return directory, directory / MAIN_FILE
    if config.is_dir():
        return config, config / MAIN_FILE
    if config.is_file():
        return config.parent, config
    remedy = "name a directory, or an incidentd.toml in it"
    raise ConfigurationError([Fault(file=str(config), line=0, key="", what="does not exist", remedy=remedy)])


class _Attempt:
    """Collects the faults of several steps."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.stood_in: list[OwnAlarm] = []

    def run(self, step: Callable[[], T]) -> T | None:
        try:
            return step()
        except ConfigurationError as error:
            self.faults.extend(error.faults)
            return None

    def file(
        self, file: Path, read: Callable[[Document], T], code: str, stands_in: Path | None
    ) -> tuple[Document, T] | None:
        """What `file` says; when it is faulty what `stands_in` says, with the faults as alarms of `code`."""
        try:
            document = Document.read(file)
            return document, read(document)
        except ConfigurationError as error:
            faults = error.faults
        try:
            if stands_in is not None and (document := Document.read(stands_in)).exists:
                found = document, read(document)
                self.stood_in += alarms(code, (f"the last good {file.name} stands in: {one}" for one in faults))
                return found
        except ConfigurationError:  # it is no longer understood: what people wrote last is what they have to mend
            pass
        self.faults.extend(faults)
        return None


def lease_owner(configuration: Configuration) -> str:
    """Two daemons of one name on one database differ by their state directories, which a lock keeps apart."""
    state = hashlib.sha256(str(configuration.daemon.state_dir.resolve()).encode()).hexdigest()[:12]
    return f"{configuration.daemon.node}:{state}"


def needs_restart(old: Configuration, new: Configuration) -> list[OwnAlarm]:
    """Changed settings that a reload cannot apply."""
    names = ("state_dir", "runtime_dir", "spool_dir", "node", "api", "ingress", "allow_private", "heartbeat")
    changed = [name for name in names if getattr(old.daemon, name) != getattr(new.daemon, name)]
    if _asks_clients(old) != _asks_clients(new):
        changed.append("client_ca")
    if old.daemon.database_url != new.daemon.database_url:
        changed.append("database")
    return alarms("restart-needed", (f"{name} has changed and takes effect at the next start" for name in changed))


def _asks_clients(configuration: Configuration) -> bool:
    tls = configuration.daemon.tls
    return tls is not None and tls.client_ca is not None


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""
