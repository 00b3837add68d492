"""The configuration of one daemon: three TOML files, none of which has to exist."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from incidentd.configuration.daemon_file import AdapterInstance, DaemonTable, IngressTable, RolesTable, read_daemon_file
from incidentd.configuration.directories import Directories, directories
from incidentd.configuration.faults import ConfigurationError, Fault
from incidentd.configuration.process_file import read_process_file
from incidentd.configuration.roster_file import LOG_NOTIFIER, read_roster_file
from incidentd.configuration.toml_file import TomlFile, read
from incidentd.domain.people import Roster
from incidentd.domain.process import Process

FILES = ("incidentd.toml", "roster.toml", "process.toml")

__all__ = ["FILES", "AdapterInstance", "Configuration", "ConfigurationError", "Fault", "load_configuration"]


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the files say, with defaults filled in. `files` are those that exist."""

    directories: Directories
    daemon: DaemonTable
    roles: RolesTable
    ingress: IngressTable
    disabled_plugins: tuple[str, ...]
    adapters: tuple[AdapterInstance, ...]
    roster: Roster
    process: Process
    files: tuple[str, ...]

    @property
    def database_url(self) -> str:
        """The database: what `daemon.database` says, else SQLite in the state directory."""
        return self.daemon.database or f"sqlite:///{self.directories.state / 'incidentd.db'}"

    @property
    def socket_path(self) -> Path:
        """The local socket of the API."""
        return self.directories.runtime / "api.sock"


def _read_all(config: Path, faults: list[Fault]) -> dict[str, TomlFile]:
    found: dict[str, TomlFile] = {}
    for name in FILES:
        try:
            found[name] = read(config / name)
        except ConfigurationError as error:
            faults += error.faults
            found[name] = TomlFile(config / name, {}, {})
    return found


def load_configuration(environ: Mapping[str, str], config_dir: Path | None = None) -> Configuration:
    """Read and check all files of `config_dir` (default: by the environment). Raises `ConfigurationError`."""
    found = directories(environ)
    if config_dir is not None:
        found = msgspec.structs.replace(found, config=config_dir)
    faults: list[Fault] = []
    files = _read_all(found.config, faults)
    daemon = read_daemon_file(files["incidentd.toml"], faults)
    notifiers = {one.name for one in daemon.adapters if one.role == "notifier"} | {LOG_NOTIFIER}
    before = len(faults)
    roster = read_roster_file(files["roster.toml"], notifiers, faults)
    # Policies of a roster that could not be read are unknown, which is no fault of the process file.
    policies = set(roster.policies) if len(faults) == before else None
    process = read_process_file(files["process.toml"], policies, faults)
    if faults:
        raise ConfigurationError(faults)
    return Configuration(
        directories=found,
        daemon=daemon.daemon,
        roles=daemon.roles,
        ingress=daemon.ingress,
        disabled_plugins=daemon.disabled,
        adapters=daemon.adapters,
        roster=roster,
        process=process,
        files=tuple(str(file.path) for file in files.values() if file.path.exists()),
    )
