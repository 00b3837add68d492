"""incidentd.toml: the daemon itself, and the instances of its plugins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import pydantic

from incidentd.configuration.faults import Fault, from_pydantic, nearest_line
from incidentd.configuration.toml_file import TomlFile
from incidentd.configuration.values import Listen, Table

DEFAULT_LISTEN = "127.0.0.1:9095"


class DaemonTable(Table):
    """`[daemon]`. `public_url` is how phones reach the ingress for signed links; "" derives it from `listen`."""

    database: str = ""  # "" means SQLite in the state directory
    listen: tuple[Listen, ...] = (DEFAULT_LISTEN,)
    public_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    outbound_private: bool = True  # may notifiers reach private addresses


class RolesTable(Table):
    """`[roles]`: groups of the operating system by what their members may do on the socket."""

    viewers: tuple[str, ...] = ()
    responders: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    default: Literal["none", "viewer", "responder"] = "none"
    socket_mode: Literal["0600", "0660"] = "0600"


class IngressTable(Table):
    """`[ingress]`: limits of the TCP listener; a rate of 0 sets no limit."""

    requests_per_second: float = pydantic.Field(default=0, ge=0)
    burst: int = pydantic.Field(default=600, ge=1)
    max_concurrent: int = pydantic.Field(default=1024, ge=1, le=65536)


class PluginsTable(Table):
    """`[plugins]`: entry points that are not to be loaded."""

    disabled: tuple[str, ...] = ()


class _File(Table):
    daemon: DaemonTable = DaemonTable()
    roles: RolesTable = RolesTable()
    ingress: IngressTable = IngressTable()
    plugins: PluginsTable = PluginsTable()
    sources: dict[str, dict[str, Any]] = pydantic.Field(default={})
    notifiers: dict[str, dict[str, Any]] = pydantic.Field(default={})


class AdapterInstance(msgspec.Struct, frozen=True, kw_only=True):
    """One `[sources.NAME]` or `[notifiers.NAME]`. `options` go to the plugin's own configuration type."""

    role: str  # source | notifier
    name: str
    type: str
    options: Mapping[str, Any]
    root: bool | None  # None: the first instance of its type is
    file: str
    lines: Mapping[str, int]  # of the whole file, to place the plugin's own faults


class DaemonFile(msgspec.Struct, frozen=True, kw_only=True):
    """What incidentd.toml says."""

    daemon: DaemonTable
    roles: RolesTable
    ingress: IngressTable
    disabled: tuple[str, ...]
    adapters: tuple[AdapterInstance, ...]


_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"


def _instance(role: str, name: str, table: dict[str, Any], file: TomlFile, faults: list[Fault]) -> AdapterInstance:
    options = dict(table)
    key = f"{role}s.{name}"

    def fault(part: str, message: str, remedy: str = "") -> None:
        line = nearest_line(file.lines, f"{key}.{part}" if part else key)
        where = f"{key}.{part}" if part else key
        faults.append(Fault(file=str(file.path), line=line, key=where, message=message, remedy=remedy))

    if not is_instance_name(name):
        fault("", "is no instance name", "use letters, digits, - and _, at most 63")
    kind = options.pop("type", None)
    if not isinstance(kind, str) or not kind:
        fault("type", "is missing", 'write type = "NAME" with the name of a plugin\'s adapter')
        kind = ""
    root = options.pop("root", None)
    if root is not None and not isinstance(root, bool):
        fault("root", "is true or false")
        root = None
    return AdapterInstance(
        role=role, name=name, type=kind, options=options, root=root, file=str(file.path), lines=file.lines
    )


def is_instance_name(name: str) -> bool:
    """Whether `name` can stand in a URL and a table header."""
    return re.fullmatch(_NAME, name) is not None


def read_daemon_file(file: TomlFile, faults: list[Fault]) -> DaemonFile:
    """Validate incidentd.toml; faults are added to `faults`."""
    try:
        parsed = _File.model_validate(file.data)
    except pydantic.ValidationError as error:
        faults += from_pydantic(error, _File, file.path, file.lines)
        parsed = _File()
    adapters = [
        _instance(role, name, table, file, faults)
        for role, tables in (("source", parsed.sources), ("notifier", parsed.notifiers))
        for name, table in tables.items()
    ]
    return DaemonFile(
        daemon=parsed.daemon,
        roles=parsed.roles,
        ingress=parsed.ingress,
        disabled=parsed.plugins.disabled,
        adapters=tuple(adapters),
    )
