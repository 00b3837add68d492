"""incidentd.toml: the daemon itself, and the plugin instances it runs."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
import pydantic

from incidentd.configuration.backup_table import BackupSettings, BackupTable, backup_settings
from incidentd.configuration.directories import default_runtime_dir, default_spool_dir, default_state_dir
from incidentd.configuration.documents import Document
from incidentd.configuration.own_alarms_table import OwnAlarmsTable, own_paging
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.retention_table import RetentionTable, retention
from incidentd.configuration.secrets import BadSecret, resolve_file, resolve_secret
from incidentd.configuration.store_address import BadAddress, passwords
from incidentd.configuration.store_address import check as check_address
from incidentd.configuration.store_down_table import StoreDownTable, store_down
from incidentd.configuration.tls_files import BadTls, TlsFiles, load_tls
from incidentd.configuration.values import Name, PositiveDuration, Table
from incidentd.domain.file_faults import Fault
from incidentd.domain.own_paging import OwnPaging
from incidentd.domain.retention import Retention
from incidentd.domain.store_down import StoreDown
from incidentd.plugin.values import Secret

MAIN_FILE = "incidentd.toml"
DEFAULT_LISTEN = "127.0.0.1:9095"
DEFAULT_TLS_LISTEN = "127.0.0.1:9443"


class Address(msgspec.Struct, frozen=True):
    """A TCP address to listen on; port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """Read `host:port` or `[ipv6]:port`. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError("is no address — write an IPv6 address in brackets: [::1]:9095")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ValueError(f"is no address — write host:port, for example {DEFAULT_LISTEN}")
    return Address(host, int(port))


def pairs(listen: Sequence[Address]) -> list[tuple[str, int]]:
    """As sockets take them."""
    return [(address.host, address.port) for address in listen]


def addressed(scheme: str, addresses: Sequence[tuple[str, int]]) -> list[str]:
    """The base addresses of what listens there."""
    return [f"{scheme}://{Address(host, port)}" for host, port in addresses]


def _absolute(value: FilePath) -> FilePath:
    if not value.is_absolute() or "\0" in str(value):
        raise ValueError("is no absolute path — write the whole path")
    return value


def _address_text(value: str) -> str:
    parse_address(value)
    return value


def _base_url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("is no base address — write for example https://incidents.example.org")
    return value.rstrip("/")


AbsolutePath = Annotated[FilePath, pydantic.AfterValidator(_absolute)]
AddressText = Annotated[str, pydantic.AfterValidator(_address_text)]
BaseUrl = Annotated[str, pydantic.AfterValidator(_base_url)]
Count = Annotated[int, pydantic.Field(ge=1, le=1_000_000)]


class DaemonTable(Table):
    state_dir: AbsolutePath | None = None
    runtime_dir: AbsolutePath | None = None
    spool_dir: AbsolutePath | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    node: Name | None = None


class StorageTable(Table):
    url: Any = None  # a URL without a password, or a secret reference


class ApiTable(Table):
    socket: AbsolutePath | None = None
    socket_mode: Literal["600", "660", "666"] = "600"
    viewer_groups: tuple[str, ...] = ("incidentd-users",)
    responder_groups: tuple[str, ...] = ("incidentd-responders",)
    admin_groups: tuple[str, ...] = ("incidentd-admins",)
    default_role: Literal["none", "viewer", "responder", "admin"] = "none"
    max_attachment_mib: Annotated[int, pydantic.Field(ge=1, le=16)] = 5


class TlsTable(Table):
    """The files are paths, `{ file = "PATH" }` or `{ credential = "NAME" }`."""

    listen: tuple[AddressText, ...] = (DEFAULT_TLS_LISTEN,)
    certificate: Any
    key: Any
    client_ca: Any = None


class IngressTable(Table):
    listen: tuple[AddressText, ...] = (DEFAULT_LISTEN,)
    tls: TlsTable | None = None
    public_url: BaseUrl | None = None
    max_requests: Count = 512
    max_connections: Count = 4096
    rate: Annotated[int, pydantic.Field(ge=0, le=1_000_000)] = 0
    burst: Count = 1000
    refusals: Annotated[int, pydantic.Field(ge=0, le=1_000_000)] = 60


class OutboundTable(Table):
    allow_private: bool = True


class PluginsTable(Table):
    disabled: tuple[str, ...] = ()


class InstanceTable(pydantic.BaseModel):
    """The keys that every instance has; the others belong to its type, which the plugin host checks."""

    model_config = pydantic.ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    type: Annotated[str, pydantic.Field(min_length=1)]
    root: bool | None = None


class SourceTable(InstanceTable):
    expect_every: PositiveDuration | None = None  # an alert when it sends nothing for so long


class HeartbeatTable(Table):
    url: Any = None  # a URL, or a secret reference
    every: PositiveDuration = timedelta(minutes=1)


class MainFile(Table):
    daemon: DaemonTable = DaemonTable()
    storage: StorageTable = StorageTable()
    api: ApiTable = ApiTable()
    ingress: IngressTable = IngressTable()
    backup: BackupTable = BackupTable()
    outbound: OutboundTable = OutboundTable()
    heartbeat: HeartbeatTable = HeartbeatTable()
    store_down: StoreDownTable = StoreDownTable()
    retention: RetentionTable = RetentionTable()
    own_alarms: OwnAlarmsTable = OwnAlarmsTable()
    plugins: PluginsTable = PluginsTable()
    sources: dict[Name, SourceTable] = pydantic.Field(default={})
    notifiers: dict[Name, InstanceTable] = pydantic.Field(default={})
    channels: dict[Name, InstanceTable] = pydantic.Field(default={})
    embedders: dict[Name, InstanceTable] = pydantic.Field(default={})


class IngressSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The TCP listener. `rate` is requests a second and source instance, 0 for no limit; `burst` may come at once.

    `max_connections` are open at once, TLS included; of whoever has the most the one that waits longest gives way.
    `refusals` are a minute, of one network at one source: who has used them up waits. 0 for no limit.
    """

    listen: tuple[Address, ...]
    tls_listen: tuple[Address, ...] = ()
    public_url: str
    max_requests: int = 512
    max_connections: int = 4096
    rate: int = 0
    burst: int = 1000
    refusals: int = 60


class ApiSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The local socket and the groups of the operating system that give roles on it."""

    socket_path: FilePath
    socket_mode: int = 0o600
    viewer_groups: tuple[str, ...] = ()
    responder_groups: tuple[str, ...] = ()
    admin_groups: tuple[str, ...] = ()
    default_role: str = "none"
    attachment_bytes: int = 5 * 2**20


class HeartbeatSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The heartbeat to outside: where it goes, and how often. The URL is a secret: who knows it may ping."""

    url: Secret
    every: timedelta


class DaemonSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of incidentd.toml but the instances, with every default filled in.

    `database_url` is a secret because it may hold a password.
    """

    state_dir: FilePath
    runtime_dir: FilePath
    spool_dir: FilePath
    database_url: Secret
    log_level: str
    node: str
    backup: BackupSettings
    api: ApiSettings
    ingress: IngressSettings
    tls: TlsFiles | None = None
    allow_private: bool
    disabled_plugins: frozenset[str]
    heartbeat: HeartbeatSettings | None = None
    store_down: StoreDown = StoreDown()
    retention: Retention = Retention()
    own_paging: OwnPaging = OwnPaging()


class AdapterInstance(msgspec.Struct, frozen=True, kw_only=True):
    """One `[sources.NAME]`, `[notifiers.NAME]`, `[channels.NAME]` or `[embedders.NAME]`.

    `root` None means: the first instance of its type is at the root.
    """

    role: str  # source | notifier | channel | embedder
    name: str
    type: str
    options: Mapping[str, Any]
    root: bool | None
    document: Document
    expect_every: timedelta | None = None  # a source that sends nothing for so long raises an alert

    def fault(self, path: tuple[str | int, ...], what: str, remedy: str) -> Fault:
        """A fault of one of the instance's own keys."""
        return self.document.fault((f"{self.role}s", self.name, *path), what, remedy)


def read_main(document: Document, environ: Mapping[str, str]) -> tuple[DaemonSettings, tuple[AdapterInstance, ...]]:
    """The daemon's settings and the instances. Raises `ConfigurationError` with every fault."""
    main = document.validate(MainFile)
    if faults := _taken_names(document, main):
        raise ConfigurationError(faults)
    state_dir = main.daemon.state_dir or default_state_dir(environ)
    runtime_dir = main.daemon.runtime_dir or default_runtime_dir(environ)
    settings = DaemonSettings(
        state_dir=state_dir,
        runtime_dir=runtime_dir,
        spool_dir=main.daemon.spool_dir or default_spool_dir(environ, state_dir),
        database_url=_database_url(document, main.storage.url, state_dir, environ),
        log_level=main.daemon.log_level,
        node=main.daemon.node or socket.gethostname() or "node",
        backup=backup_settings(document, main.backup, state_dir),
        api=_api(main.api, runtime_dir),
        ingress=_ingress(main.ingress),
        tls=_tls(document, main.ingress.tls, environ),
        allow_private=main.outbound.allow_private,
        disabled_plugins=frozenset(main.plugins.disabled),
        heartbeat=_heartbeat(document, main.heartbeat, environ),
        store_down=store_down(main.store_down),
        retention=retention(main.retention),
        own_paging=own_paging(main.own_alarms),
    )
    instances = (
        *_instances(document, "source", main.sources),
        *_instances(document, "notifier", main.notifiers),
        *_instances(document, "channel", main.channels),
        *_instances(document, "embedder", main.embedders),
    )
    return settings, instances


def _api(table: ApiTable, runtime_dir: FilePath) -> ApiSettings:
    return ApiSettings(
        socket_path=table.socket or runtime_dir / "api.sock",
        socket_mode=int(table.socket_mode, 8),
        viewer_groups=table.viewer_groups,
        responder_groups=table.responder_groups,
        admin_groups=table.admin_groups,
        default_role=table.default_role,
        attachment_bytes=table.max_attachment_mib * 2**20,
    )


def _ingress(table: IngressTable) -> IngressSettings:
    listen = tuple(parse_address(text) for text in table.listen)
    tls_listen = tuple(parse_address(text) for text in table.tls.listen) if table.tls else ()
    return IngressSettings(
        listen=listen,
        tls_listen=tls_listen,
        public_url=table.public_url or (_reachable("http", listen) if listen else _reachable("https", tls_listen)),
        max_requests=table.max_requests,
        max_connections=table.max_connections,
        rate=table.rate,
        burst=table.burst,
        refusals=table.refusals,
    )


def _heartbeat(document: Document, table: HeartbeatTable, environ: Mapping[str, str]) -> HeartbeatSettings | None:
    if table.url is None:
        return None
    path = ("heartbeat", "url")
    try:
        url = Secret(table.url) if isinstance(table.url, str) else resolve_secret(table.url, environ)
    except BadSecret as error:
        raise ConfigurationError([document.fault(path, str(error), error.remedy)]) from None
    try:
        parts = urlsplit(url.reveal())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        remedy = "write for example https://hc-ping.com/UUID, or refer to a secret that holds it"
        raise ConfigurationError([document.fault(path, "is no web address", remedy)])
    return HeartbeatSettings(url=url, every=table.every)


def _reachable(scheme: str, listen: tuple[Address, ...]) -> str:
    """A base URL for signed links when none is configured; "" when the port is not known before it is bound."""
    if not listen or listen[0].port == 0:
        return ""
    first = listen[0]
    anywhere = first.host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    return f"{scheme}://{Address(socket.gethostname(), first.port) if anywhere else first}"


def _tls(document: Document, table: TlsTable | None, environ: Mapping[str, str]) -> TlsFiles | None:
    """The files of the TLS listener, which were read and fit together. Raises `ConfigurationError`."""
    if table is None:
        return None
    faults: list[Fault] = []
    files: dict[str, FilePath] = {}
    for member in ("certificate", "key", "client_ca"):
        given = getattr(table, member)
        if given is None:
            continue
        try:
            files[member] = resolve_file(given, environ)
        except BadSecret as error:
            faults.append(document.fault(("ingress", "tls", member), str(error), error.remedy))
    if faults:
        raise ConfigurationError(faults)
    found = TlsFiles(**files)
    try:
        load_tls(found)
    except BadTls as error:
        fault = document.fault(("ingress", "tls", error.member), str(error), error.remedy)
        raise ConfigurationError([fault]) from None
    return found


def _database_url(document: Document, given: object, state_dir: FilePath, environ: Mapping[str, str]) -> Secret:
    if given is None:
        return Secret(f"sqlite:///{state_dir / 'incidentd.db'}")
    path = ("storage", "url")
    try:
        secret = Secret(given) if isinstance(given, str) else resolve_secret(given, environ)
        check_address(secret.reveal())
    except (BadSecret, BadAddress) as error:
        raise ConfigurationError([document.fault(path, str(error), error.remedy)]) from None
    except ValueError:
        raise ConfigurationError([document.fault(path, "is no URL", _URL_REMEDY)]) from None
    if isinstance(given, str) and passwords(given):
        remedy = 'move the whole URL into a file: url = { file = "PATH" } or { credential = "NAME" }'
        raise ConfigurationError([document.fault(path, "holds a password", remedy)])
    return secret


_URL_REMEDY = 'write "postgresql://user@host/database" or "sqlite:////path/incidentd.db"'


def _taken_names(document: Document, main: MainFile) -> list[Fault]:
    """A channel is mounted beside the sources, and what it sends is known by its name as what notifiers send is."""
    taken = dict.fromkeys(main.sources, "source") | dict.fromkeys(main.notifiers, "notifier")
    return [
        document.fault(("channels", name), f"is the name of a {taken[name]}, too", "give the channel another name")
        for name in main.channels
        if name in taken
    ]


def _instances(document: Document, role: str, tables: Mapping[str, InstanceTable]) -> list[AdapterInstance]:
    return [
        AdapterInstance(
            role=role,
            name=name,
            type=table.type,
            options=dict(table.model_extra or {}),
            root=table.root,
            document=document,
            expect_every=table.expect_every if isinstance(table, SourceTable) else None,
        )
        for name, table in tables.items()
    ]
