"""What `incidentctl unit` says of a unit, turned into a signal. Pure functions.

Unit names and their escapes as in systemd.unit(5), "String Escaping for Inclusion in Unit Names".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from incidentd.plugin import MAX_TEXT, BadRequest, Signal, SignalKind, decode_json, label_fingerprint, storable
from incidentd_systemd.config import SystemdConfig

_UNIT = re.compile(r"[A-Za-z0-9:_.\\@-]{1,255}")  # systemd.unit(5): the characters of a unit's name
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_PATHS = ("mount", "automount", "swap", "device")
_MAX_HOST = 255
_MAX_KEY = 512
_MAX_PROPERTIES = 40


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One statement about one unit. `properties` are those of `systemctl show`, `journal` its last lines."""

    unit: str
    host: str
    state: str  # failed | recovered
    at: datetime | None = None
    properties: Mapping[str, str] = {}
    journal: str = ""
    why: str = ""


def read_statement(body: bytes) -> Said:
    """A request's body. Raises `BadRequest` naming the field."""
    said = decode_json(body, Said)
    if said.state not in ("failed", "recovered"):
        raise BadRequest("is failed or recovered", field="state")
    if not _UNIT.fullmatch(said.unit):
        raise BadRequest("is no unit's name, as systemctl shows it", field="unit")
    if not 0 < len(said.host.strip()) <= _MAX_HOST or "/" in said.host:
        raise BadRequest(f"is no host's name of 1 to {_MAX_HOST} characters", field="host")
    if len(said.properties) > _MAX_PROPERTIES:
        raise BadRequest(f"has more than {_MAX_PROPERTIES} members", field="properties")
    return said


def display_unit(unit: str) -> str:
    """A unit's name for people: escapes are what they stand for, and a mount is the path where it is mounted.

    A dash stays a dash but in units that are paths: only whoever made an instance's name knows whether it is one.
    """
    name, dot, suffix = unit.rpartition(".")
    if dot and suffix in _PATHS and "@" not in name:
        return f"{_unescaped('/' if name == '-' else '/' + name.replace('-', '/'))} ({suffix})"
    return _unescaped(unit)


def _unescaped(text: str) -> str:
    return storable(_ESCAPES.sub(lambda found: _bytes(found.group()).decode("utf-8", "replace"), text))


def _bytes(escapes: str) -> bytes:
    return bytes.fromhex(escapes.replace("\\x", ""))


def unit_signal(said: Said, config: SystemdConfig, service: str, at: datetime) -> Signal:
    """What `said` means; `service` is the one its key stands for ("" for none). A unit is known by its exact name."""
    key = alert_key(said, service)
    if said.state == "recovered":
        texts = {"summary": f"{display_unit(said.unit)} on {said.host} is well: {said.why}".removesuffix(": ")}
        return Signal(
            key=key, kind=SignalKind.RESOLVED, labels={}, annotations=_stored(texts), ends_at=at, in_order=True
        )
    prefix, at_sign, rest = said.unit.partition("@")
    labels = {
        "alertname": "SystemdUnitFailed",
        "severity": config.severity,
        "host": said.host,
        "unit": said.unit,
        "template": f"{prefix}@{rest[rest.rfind('.') :]}" if at_sign else "",
        "service": service,
    }
    return Signal(
        key=key,
        kind=SignalKind.FIRING,
        labels=_stored(labels),
        annotations=_stored(_annotations(said)),
        starts_at=at,
        in_order=True,
    )


def _annotations(said: Said) -> dict[str, str]:
    shown = display_unit(said.unit)
    properties = {_snake(name): value for name, value in said.properties.items()}
    description = said.properties.get("Description", "")
    return {
        **properties,
        "summary": f"{shown} failed on {said.host}{_how(said.properties)}",
        "description": description if description != said.unit else "",
        "unit_name": shown,
        "journal": said.journal,
    }


def alert_key(said: Said, service: str) -> str:
    """The identity of an alert: the host and the exact name of the unit, of one service's key."""
    key = storable("/".join(([service.replace("/", "%2F")] if service else []) + [said.host, said.unit]))
    return key if len(key) <= _MAX_KEY else label_fingerprint({"key": key})


def _how(properties: Mapping[str, str]) -> str:
    """How it ended, in brackets; "" where systemd said nothing."""
    parts = [properties.get("Result", "")]
    if properties.get("ExecMainStatus", "0") not in ("", "0"):
        parts.append(f"status {properties['ExecMainStatus']}")
    told = ", ".join(part for part in parts if part)
    return f" ({told})" if told else ""


def _snake(name: str) -> str:
    """`ExecMainStatus` is the annotation exec_main_status."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _stored(texts: Mapping[str, str]) -> dict[str, str]:
    return {storable(name): storable(text)[:MAX_TEXT] for name, text in texts.items() if text}
