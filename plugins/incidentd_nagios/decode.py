"""Notifications of Nagios and Icinga 2, turned into signals. Pure functions.

Types and macros as in the Nagios Core 4 documentation (Standard Macros in Nagios: NOTIFICATIONTYPE, HOSTSTATE,
SERVICESTATE ...) and Icinga 2's (Notifications: notification.type). Both keep silent about a host or service during a
downtime and while it flaps, so what ends these tells the state that counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.plugin import MAX_TEXT, BadRequest, Signal, SignalKind, decode_json, label_fingerprint, storable
from incidentd_nagios.config import NagiosConfig

MAX_FIELDS = 200
MAX_VALUE = 16_384
MAX_NAME = 200
_MAX_KEY = 512
_HEALTHY = frozenset({"OK", "UP"})
_ALIASES = {"FLAPPINGEND": "FLAPPINGSTOP", "DOWNTIMEREMOVED": "DOWNTIMECANCELLED"}  # as Icinga 2 has it
_TYPES = (
    "PROBLEM", "RECOVERY", "ACKNOWLEDGEMENT", "FLAPPINGSTART", "FLAPPINGSTOP", "FLAPPINGDISABLED", "DOWNTIMESTART",
    "DOWNTIMEEND", "DOWNTIMECANCELLED", "CUSTOM",
)  # fmt: skip
_TOLD = frozenset({
    "HOSTNAME", "SERVICEDESC", "HOSTSTATE", "SERVICESTATE", "HOSTOUTPUT", "SERVICEOUTPUT", "LONGHOSTOUTPUT",
    "LONGSERVICEOUTPUT", "HOSTNOTESURL", "SERVICENOTESURL", "HOSTACTIONURL", "SERVICEACTIONURL", "NOTIFICATIONTYPE",
    "NOTIFICATIONAUTHOR", "NOTIFICATIONCOMMENT", "HOSTGROUPNAMES", "SERVICEGROUPNAMES",
})  # fmt: skip


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What `incidentctl nagios` sends. `fields` are macros by their names, upper case and without dollars."""

    kind: str  # host | service
    type: str
    at: datetime | None = None
    fields: Mapping[str, str] = {}

    def about(self, macro: str) -> str:
        """A field of the host or the service, whichever this is about: about("STATE") is HOSTSTATE or SERVICESTATE."""
        return self.fields.get(f"{self.kind.upper()}{macro}", "")

    @property
    def state(self) -> str:
        """OK, WARNING, CRITICAL, UNKNOWN, UP, DOWN, UNREACHABLE or ""."""
        return self.about("STATE").upper()


def read_notification(body: bytes) -> Notification:
    """A request's body. Raises `BadRequest` naming the field."""
    said = decode_json(body, Notification)
    if said.kind not in ("host", "service"):
        raise BadRequest("is host or service", field="kind")
    kind = said.type.strip().upper()
    kind = _ALIASES.get(kind, kind)
    if kind not in _TYPES:
        raise BadRequest(f"is one of {', '.join(_TYPES)}", field="type")
    if len(said.fields) > MAX_FIELDS:
        raise BadRequest(f"has more than {MAX_FIELDS} members", field="fields")
    fields = {_name(name): storable(value)[:MAX_VALUE] for name, value in said.fields.items() if value}
    for name in ("HOSTNAME", "SERVICEDESC") if said.kind == "service" else ("HOSTNAME",):
        if not fields.get(name, "").strip():
            raise BadRequest("is required: pass the macro of this name with -f", field=f"fields.{name}")
    return msgspec.structs.replace(said, type=kind, fields=fields)


def _name(name: str) -> str:
    name = storable(name.strip().strip("$").upper())
    if not 0 < len(name) <= MAX_NAME:
        raise BadRequest(f"has a name that is not 1 to {MAX_NAME} characters long", field="fields")
    return name


def notification_signals(said: Notification, config: NagiosConfig, service: str, now: datetime) -> Sequence[Signal]:
    """What `said` means; `service` is the one its key stands for ("" for none), `now` the instant it came in.

    | type | signal |
    |---|---|
    | PROBLEM | fires |
    | RECOVERY | resolves |
    | ACKNOWLEDGEMENT | acknowledges |
    | FLAPPINGSTART | fires: nothing more is heard until it stops |
    | FLAPPINGSTOP, FLAPPINGDISABLED, DOWNTIMEEND, DOWNTIMECANCELLED | fires or resolves by the state |
    | DOWNTIMESTART | resolves: it is expected now, and told anew if it outlasts the downtime |
    | CUSTOM | fires by the state; about something healthy, for a while and as an alert of its own |

    Raises `BadRequest` where the state decides and is not told.
    """
    at = min(said.at or now, now)
    healthy = said.state in _HEALTHY
    match said.type:
        case "ACKNOWLEDGEMENT":
            return [_acknowledged(said, service)]
        case "RECOVERY" | "DOWNTIMESTART":
            return [_resolved(said, service, at)]
        case "FLAPPINGSTOP" | "FLAPPINGDISABLED" | "DOWNTIMEEND" | "DOWNTIMECANCELLED":
            if not said.state:
                raise BadRequest("is required: it says what holds now", field=f"fields.{said.kind.upper()}STATE")
            return [_resolved(said, service, at) if healthy else _firing(said, config, service, at)]
        case "CUSTOM" if healthy:
            ends_at = now + timedelta(seconds=config.custom_seconds)
            return [_firing(said, config, service, at, ends_at=ends_at, severity="info")]
        case _:  # what flaps is a problem in whatever state it is just now
            severity = "warning" if healthy else ""
            return [_firing(said, config, service, at, severity=severity)]


def alert_key(said: Notification, service: str, *more: str) -> str:
    """The identity of an alert: the host, or host and check, of one service's key."""
    check = [said.fields["SERVICEDESC"]] if said.kind == "service" else []
    parts = [service, said.fields["HOSTNAME"], *check, *more]
    if not service:
        del parts[0]
    key = "!".join(part.replace("%", "%25").replace("!", "%21") for part in parts)
    return key if len(key) <= _MAX_KEY else label_fingerprint({"key": key})


def _firing(
    said: Notification,
    config: NagiosConfig,
    service: str,
    at: datetime,
    *,
    ends_at: datetime | None = None,
    severity: str = "",
) -> Signal:
    labels = {
        **{label: said.fields.get(field.upper(), "") for label, field in config.labels.items()},
        "alertname": said.fields["SERVICEDESC"] if said.kind == "service" else "HostCheck",
        "host": said.fields["HOSTNAME"],
        "check": said.fields["SERVICEDESC"] if said.kind == "service" else "",
        "hostgroups": said.fields.get("HOSTGROUPNAMES", ""),
        "servicegroups": said.fields.get("SERVICEGROUPNAMES", ""),
        "severity": severity or config.severity(said.state),
    }
    if service:
        labels["service"] = service  # the key's: a sender cannot speak for another service
    return Signal(
        key=alert_key(said, service, *(("custom",) if ends_at else ())),
        kind=SignalKind.FIRING,
        labels={storable(name): value[:MAX_NAME] for name, value in labels.items() if value},
        annotations=_texts(said),
        starts_at=at,
        ends_at=ends_at,
        generator_url=_link(said),
        in_order=True,
    )


def _resolved(said: Notification, service: str, at: datetime) -> Signal:
    return Signal(
        key=alert_key(said, service),
        kind=SignalKind.RESOLVED,
        labels={},
        annotations=_texts(said),
        ends_at=at,
        in_order=True,
    )


def _acknowledged(said: Notification, service: str) -> Signal:
    return Signal(
        key=alert_key(said, service),
        kind=SignalKind.ACKNOWLEDGED,
        labels={},
        annotations={"acknowledged_by": _author(said) or "nagios", **_texts(said)},
    )


def _texts(said: Notification) -> dict[str, str]:
    """The texts people read: a sentence, the plugin's long output, who said what, and every other field."""
    long_output = said.fields.get(f"LONG{said.kind.upper()}OUTPUT", "").replace("\\n", "\n")
    texts = {name.lower(): value for name, value in said.fields.items() if name not in _TOLD}
    texts |= {
        "summary": _sentence(said),
        "description": long_output,
        "state": said.state,
        "output": said.about("OUTPUT"),
        "notification": said.type,
        "author": _author(said),
        "comment": _comment(said),
    }
    return {name: value[:MAX_TEXT] for name, value in texts.items() if value}


def _sentence(said: Notification) -> str:
    host = said.fields["HOSTNAME"]
    what = f"{said.fields['SERVICEDESC']} on {host}" if said.kind == "service" else host
    about = {
        "FLAPPINGSTART": "flaps",
        "DOWNTIMESTART": "is in a scheduled downtime",
        "CUSTOM": f"({_author(said) or 'somebody'} writes) is {said.state or 'in an unknown state'}",
    }.get(said.type, f"is {said.state or ('OK' if said.type == 'RECOVERY' else 'in trouble')}")
    output = _comment(said) if said.type == "CUSTOM" else ""
    return f"{what} {about}: {output or said.about('OUTPUT')}".removesuffix(": ")[:1000]


def _author(said: Notification) -> str:
    return said.fields.get("NOTIFICATIONAUTHOR") or said.about("ACKAUTHOR")


def _comment(said: Notification) -> str:
    return said.fields.get("NOTIFICATIONCOMMENT") or said.about("ACKCOMMENT")


def _link(said: Notification) -> str:
    """The notes' or the action's address; those of the host serve for its services."""
    for macro in ("NOTESURL", "ACTIONURL"):
        for url in (said.about(macro), said.fields.get(f"HOST{macro}", "")):
            if url.startswith(("https://", "http://")):
                return url
    return ""
