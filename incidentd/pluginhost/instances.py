"""From configuration to adapter instances: which type, which options, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import pydantic

from incidentd.configuration.daemon_file import AdapterInstance
from incidentd.configuration.faults import Fault, did_you_mean, from_pydantic, nearest_line
from incidentd.configuration.secret_references import UnresolvedSecret, resolve_all
from incidentd.plugin.adapters import AdapterConfig, AdapterType
from incidentd.pluginhost.discovery import Found

A = TypeVar("A")


class Wanted(msgspec.Struct, Generic[A], frozen=True, kw_only=True):
    """An instance that the configuration (or a default) asks for. `fault` says why it cannot be made."""

    role: str
    name: str
    type: str
    root: bool
    kind: AdapterType[A] | None = None
    options: AdapterConfig | None = None
    faults: tuple[Fault, ...] = ()


class Offer(msgspec.Struct, Generic[A], frozen=True):
    """An adapter type and the plugin that offers it."""

    plugin: str
    kind: AdapterType[A]


def offers(found: Sequence[Found], kinds_of: Callable[[Found], Sequence[AdapterType[A]]]) -> dict[str, Offer[A]]:
    """Adapter types by id; the first plugin to offer an id keeps it."""
    by_id: dict[str, Offer[A]] = {}
    for plugin in found:
        for kind in kinds_of(plugin):
            by_id.setdefault(kind.id, Offer(plugin.name, kind))
    return by_id


def _unknown_type(one: AdapterInstance, known: Mapping[str, Any]) -> Fault:
    key = f"{one.role}s.{one.name}.type"
    return Fault(
        file=one.file,
        line=nearest_line(dict(one.lines), key),
        key=key,
        message=f"no installed plugin offers the {one.role} type {one.type!r}",
        remedy=did_you_mean(one.type, known) or "install the plugin that offers it",
    )


def _configured(one: AdapterInstance, kind: AdapterType[A], environ: Mapping[str, str], root: bool) -> Wanted[A]:
    made: Wanted[A] = Wanted(role=one.role, name=one.name, type=one.type, root=root, kind=kind)
    prefix = (f"{one.role}s", one.name)
    try:
        options = kind.config.model_validate(resolve_all(dict(one.options), environ))
    except UnresolvedSecret as error:
        key = ".".join(prefix)
        fault = Fault(file=one.file, line=nearest_line(dict(one.lines), key), key=key, message=str(error))
        return msgspec.structs.replace(made, faults=(fault,))
    except pydantic.ValidationError as error:
        faults = from_pydantic(error, kind.config, one.file, dict(one.lines), prefix)
        return msgspec.structs.replace(made, faults=tuple(faults))
    return msgspec.structs.replace(made, options=options)


def wanted(
    role: str, configured: Sequence[AdapterInstance], known: Mapping[str, Offer[A]], environ: Mapping[str, str]
) -> list[Wanted[A]]:
    """Every instance that should exist: the configured ones, and the defaults of types that name none."""
    found: list[Wanted[A]] = []
    rooted: set[str] = set()
    for one in configured:
        root = one.root if one.root is not None else one.type not in rooted
        rooted |= {one.type} if root else set()
        offer = known.get(one.type)
        if offer is None:
            fault = _unknown_type(one, known)
            found.append(Wanted(role=one.role, name=one.name, type=one.type, root=root, faults=(fault,)))
        else:
            found.append(_configured(one, offer.kind, environ, root))
    taken_types, taken_names = {one.type for one in found}, {one.name for one in found}
    for kind_id, offer in known.items():
        default = offer.kind.default_instance
        if default is None or kind_id in taken_types or kind_id in taken_names:
            continue
        options = offer.kind.config.model_validate(dict(default))
        found.append(Wanted(role=role, name=kind_id, type=kind_id, root=True, kind=offer.kind, options=options))
    return found
