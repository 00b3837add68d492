"""incidentd.toml: the daemon itself, and the plugin instances it runs."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
import pydantic

from incidentd.configuration.directories import default_runtime_dir, default_state_dir
from incidentd.configuration.documents import Document, is_table
from incidentd.configuration.problems import ConfigurationError, Fault
from incidentd.configuration.secrets import BadSecret, resolve_secret
from incidentd.configuration.values import Duration, Name, PositiveDuration, Table
from incidentd.plugin.values import Secret

MAIN_FILE = "incidentd.toml"
DEFAULT_LISTEN = "127.0.0.1:9095"
_ENGINES = ("sqlite", "postgresql")


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


class IngressTable(Table):
    listen: tuple[AddressText, ...] = (DEFAULT_LISTEN,)
    public_url: BaseUrl | None = None
    head_deadline: PositiveDuration = msgspec.UNSET  # type: ignore[assignment]
    max_requests: Count = 512
    rate: Annotated[int, pydantic.Field(ge=0, le=1_000_000)] = 0
    burst: Count = 1000


class OutboundTable(Table):
    allow_private: bool = True


class PluginsTable(Table):
    disabled: tuple[str, ...] = ()
    load_deadline: PositiveDuration = msgspec.UNSET  # type: ignore[assignment]


class InstanceTable(pydantic.BaseModel):
    """The keys that every instance has; the others belong to its type, which the plugin host checks."""

    model_config = pydantic.ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    type: Annotated[str, pydantic.Field(min_length=1)]
    root: bool | None = None


class MainFile(Table):
    daemon: DaemonTable = DaemonTable()
    storage: StorageTable = StorageTable()
    api: ApiTable = ApiTable()
    outbound: OutboundTable = OutboundTable()
