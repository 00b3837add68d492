"""Configuration of a heartbeat source."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import pydantic

from incidentd.plugin import AdapterConfig, PositiveDuration, Secret, SecretRef
from incidentd_heartbeat.schedule import Every, Schedule, parse_calendar

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SLUG = re.compile(r"[a-z0-9_-]{1,64}")
_NO_SLUG = re.compile(r"[^a-z0-9_-]")
_LEAST_KEY = 16  # characters


class NewCheck(AdapterConfig):
    """What is expected of a check that a ping with `create=1` makes."""

    period: PositiveDuration = timedelta(days=1)
    grace: PositiveDuration = timedelta(hours=1)
    service: str = ""
    severity: str = "warning"
    description: str = ""

    @property
    def rule(self) -> Schedule:
        """When pings are expected."""
        return Every(self.period)


class CheckConfig(AdapterConfig):
    """One job that pings. Either `period` or `schedule` (with `zone`); `grace` is how late it may be, and how long a
    run may take from its start ping on."""

    period: PositiveDuration | None = None
    schedule: str | None = None
    zone: str = "UTC"
    grace: PositiveDuration = timedelta(hours=1)
    uuid: UUID | None = None  # the check's own address; default: made from ping_key and the name
    slug: str | None = None  # its name in /ping/<ping-key>/<slug>; default: made from the name
    service: str = ""
    severity: str = "critical"
    description: str = ""

    @pydantic.model_validator(mode="after")
    def _usable(self) -> CheckConfig:
        if (self.period is None) == (self.schedule is None):
            raise ValueError('needs a period or a schedule, not both — write period = "1d" or schedule = "30 3 * * *"')
        if self.schedule is not None:
            parse_calendar(self.schedule, self.zone)
        elif "zone" in self.model_fields_set:
            raise ValueError("has a zone, and a period needs none — write a schedule, or drop the zone")
        if self.slug is not None and not _SLUG.fullmatch(self.slug):
            raise ValueError("has a slug that cannot stand in an address — use a to z, 0 to 9, - and _, at most 64")
        return self

    @property
    def rule(self) -> Schedule:
        """When pings are expected."""
        return Every(self.period) if self.period is not None else parse_calendar(self.schedule or "", self.zone)


class HeartbeatConfig(AdapterConfig):
    """`ping_key` lets in pings by slug, and makes the address of every check that has no `uuid` of its own; what
    `old_ping_key` let in and made holds, too, while the key is changed. After a
    start nothing is found late for `settle`: pings that are being tried again come first."""

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)  # a key written in plain must not be logged

    ping_key: SecretRef | None = None
    old_ping_key: SecretRef | None = None
    checks: Mapping[str, CheckConfig] = {}
    create: NewCheck = NewCheck()
    max_created: Annotated[int, pydantic.Field(ge=0, le=1000)] = 100
    settle: PositiveDuration = timedelta(minutes=1)

    @pydantic.model_validator(mode="after")
    def _usable(self) -> HeartbeatConfig:
        for field, key in (("ping_key", self.ping_key), ("old_ping_key", self.old_ping_key)):
            if key is not None and not _stands_in_an_address(key.reveal()):
                remedy = f"store at least {_LEAST_KEY} letters and digits where the reference leads"
                raise ValueError(f"{field} cannot stand in an address — {remedy}")
        seen: set[UUID] = set()
        for name, check in self.checks.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"checks has the name {name[:80]!r} — use letters, digits and . _ -, at most 64")
            if check.uuid is None and self.ping_key is None:
                remedy = 'add uuid = "..." to it (uuidgen makes one), or a ping_key'
                raise ValueError(f"checks.{name} has no address that it could be pinged at — {remedy}")
            address = self.address(name)
            if address in seen:
                raise ValueError(f"checks.{name} has the uuid of another check — give each its own")
            seen.add(address)
        return self

    def address(self, name: str) -> UUID:
        """The UUID of a check's ping URL. Raises `KeyError` where there is no such check."""
        own = self.checks[name].uuid if name in self.checks else None
        if own is not None:
            return own
        if self.ping_key is None:
            raise KeyError(name)
        return _made_address(self.ping_key, name)

    @property
    def live_keys(self) -> tuple[Secret, ...]:
        """The keys that let in pings."""
        return tuple(key for key in (self.ping_key, self.old_ping_key) if key is not None)

    def addresses(self, name: str) -> tuple[UUID, ...]:
        """Every UUID under which a check is pinged: its own, or one for each live key."""
        own = self.checks[name].uuid if name in self.checks else None
        return (own,) if own is not None else tuple(_made_address(key, name) for key in self.live_keys)

    def slug(self, name: str) -> str:
        """The name of a check in addresses with the ping key."""
        check = self.checks.get(name)
        return (check.slug if check else None) or _NO_SLUG.sub("-", name.lower())


def _stands_in_an_address(key: str) -> bool:
    return len(key) >= _LEAST_KEY and re.fullmatch(r"[A-Za-z0-9_-]+", key) is not None and as_uuid(key) is None


def _made_address(key: Secret, name: str) -> UUID:
    """Nobody can tell one check's address, or the key, from another's."""
    return UUID(bytes=hmac.digest(key.reveal().encode(), name.encode(), hashlib.sha256)[:16], version=4)


def is_slug(text: str) -> bool:
    """Whether a check of this name may be made by a ping."""
    return _SLUG.fullmatch(text) is not None


def as_uuid(text: str) -> UUID | None:
    """`text` as a UUID in its usual form with hyphens, None when it is none."""
    if len(text) != 36:
        return None
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None
