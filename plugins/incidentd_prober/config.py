"""Configuration of a prober."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import pydantic
import re2  # type: ignore[import-untyped]

from incidentd.plugin import AdapterConfig, PositiveDuration

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHORTEST = timedelta(seconds=5)
_KINDS = ("url", "tcp", "tls", "dns")


class Target(AdapterConfig):
    """One thing that is asked: exactly one of `url`, `tcp`, `tls` ("host:port") and `dns` (a name)."""

    url: str | None = None
    tcp: str | None = None
    tls: str | None = None
    dns: str | None = None
    interval: PositiveDuration = timedelta(minutes=1)
    timeout: PositiveDuration = timedelta(seconds=10)
    failures: Annotated[int, pydantic.Field(ge=1, le=100)] = 3  # bad results in a row until it is down
    recoveries: Annotated[int, pydantic.Field(ge=1, le=100)] = 2  # good results in a row until it is up again
    method: Literal["GET", "HEAD", "POST"] = "GET"
    headers: Mapping[str, str] = {}
    status: tuple[Annotated[int, pydantic.Field(ge=100, le=599)], ...] = ()  # of a good answer; none: 200 to 299
    contains: str = ""  # text that a good answer has
    matches: str = ""  # regular expression (RE2) that is found in a good answer
    addresses: tuple[str, ...] = ()  # what the name has to resolve to, nothing else
    certificate_days: Annotated[int, pydantic.Field(ge=0, le=3650)] = 14  # alert when it holds for less; 0: never
    ca_file: Path | None = None  # certificates that are trusted, instead of the system's
    service: str = ""
    severity: str = "critical"
    description: str = ""

    @property
    def kind(self) -> str:
        """http, tcp, tls or dns."""
        return next("http" if kind == "url" else kind for kind in _KINDS if getattr(self, kind) is not None)

    @property
    def place(self) -> str:
        """What is asked, as configured."""
        return str(self.url or self.tcp or self.tls or self.dns)

    @property
    def secured(self) -> tuple[str, int] | None:
        """Host and port of the certificate to look at, None where there is none."""
        if self.tls is not None:
            return host_and_port(self.tls)
        parts = urlsplit(self.url or "")
        return (parts.hostname or "", parts.port or 443) if parts.scheme == "https" else None

    @pydantic.model_validator(mode="after")
    def _usable(self) -> Target:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError('needs exactly one of url, tcp, tls and dns — write for example tcp = "db.example:5432"')
        if self.interval < _SHORTEST:
            raise ValueError("has an interval below five seconds — write 5s or more")
        if self.timeout > self.interval:
            raise ValueError("has a timeout longer than its interval — write a shorter one")
        _only(self, given[0])
        _readable(self, given[0])
        return self


def _only(target: Target, kind: str) -> None:
    """Raises ValueError for a key that says nothing of this kind."""
    of_kind = {
        "url": {"method", "headers", "status", "contains", "matches", "certificate_days", "ca_file"},
        "tcp": set(),
        "tls": {"certificate_days", "ca_file"},
        "dns": {"addresses"},
    }
    special = set().union(*of_kind.values())
    for key in sorted((target.model_fields_set & special) - of_kind[kind]):
        raise ValueError(f"has {key}, which says nothing about {kind} — drop it")


def _readable(target: Target, kind: str) -> None:
    if kind == "url":
        _web_address(target.url or "")
    elif kind in ("tcp", "tls"):
        host_and_port(target.place)
    elif not re.fullmatch(r"[A-Za-z0-9._-]{1,253}", target.dns or ""):
        raise ValueError('has a dns name that cannot be asked for — write for example dns = "www.example.org"')
    if target.matches:
        try:
            re2.compile(target.matches)
        except re2.error as error:
            raise ValueError(f"matches is no regular expression of RE2 ({error}) — correct it") from None
    for address in target.addresses:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise ValueError(f"addresses has {address!r}, which is no IP address — correct it") from None
    if target.ca_file is not None and not target.ca_file.is_file():
        raise ValueError(f"ca_file {str(target.ca_file)!r} is no file — write the path of a PEM file")


def _web_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable or parts.username is not None:
        raise ValueError("url is no web address — write for example https://www.example.org/health")


def host_and_port(text: str) -> tuple[str, int]:
    """Read "host:port" or "[ipv6]:port". Raises ValueError."""
    host, colon, port = text.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} is no address — write host:port")
    return host, int(port)


class ProberConfig(AdapterConfig):
    """`targets` by name."""

    targets: Mapping[str, Target] = {}

    @pydantic.model_validator(mode="after")
    def _usable(self) -> ProberConfig:
        for name in self.targets:
            if not _NAME.fullmatch(name):
                raise ValueError(f"targets has the name {name[:80]!r} — use letters, digits and . _ -, at most 64")
        return self
