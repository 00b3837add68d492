"""From configuration to adapter instances: which type, which options, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
import pydantic

from incidentd.configuration.daemon_settings import AdapterInstance
from incidentd.configuration.problems import explain, suggestion
from incidentd.configuration.secrets import resolve_secrets
from incidentd.domain.file_faults import Fault
from incidentd.plugin.adapters import AdapterConfig, AdapterType
from incidentd.pluginhost.discovery import Found

A = TypeVar("A")


class Wanted(msgspec.Struct, Generic[A], frozen=True, kw_only=True):
    """An instance that the configuration (or a default) asks for. `faults` say why it cannot be made."""

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


def _configured(one: AdapterInstance, kind: AdapterType[A], environ: Mapping[str, str], root: bool) -> Wanted[A]:
    """The instance with its options checked by the type's own configuration class."""
    prefix = (f"{one.role}s", one.name)
    faults: list[Fault] = []
    options: AdapterConfig | None = None
    resolved: dict[str, Any] = {}
    try:
        resolved, unresolved = resolve_secrets(kind.config, one.options, environ)
        faults = one.document.explained(unresolved, prefix)
        options = kind.config.model_validate(resolved)
    except pydantic.ValidationError as error:
        faults += one.document.explained(explain(error, kind.config, resolved), prefix)
    except Exception as error:  # the type's own validators are the plugin's code
        faults.append(
            one.fault((), f"its plugin failed to check it: {type(error).__name__}", "tell the plugin's author")
        )
    return Wanted(name=one.name, type=one.type, root=root, kind=kind, options=options, faults=tuple(faults))


def wanted(
    configured: Sequence[AdapterInstance], known: Mapping[str, Offer[A]], environ: Mapping[str, str]
) -> list[Wanted[A]]:
    """Every instance that should exist: the configured ones, and the defaults of types that name none."""
    found: list[Wanted[A]] = []
    rooted: set[str] = set()
    for one in configured:
        root = one.root if one.root is not None else one.type not in rooted
        rooted |= {one.type} if root else set()
        offer = known.get(one.type)
        if offer is None:
            remedy = suggestion(one.type, known)
            fault = one.fault(("type",), f'no installed plugin offers the {one.role} type "{one.type}"', remedy)
            found.append(Wanted(name=one.name, type=one.type, root=root, faults=(fault,)))
        else:
            found.append(_configured(one, offer.kind, environ, root))
    return [*found, *_defaults(found, known)]


def _defaults(found: Sequence[Wanted[A]], known: Mapping[str, Offer[A]]) -> list[Wanted[A]]:
    taken = {one.type for one in found} | {one.name for one in found}
    made: list[Wanted[A]] = []
    for kind_id, offer in known.items():
        default = offer.kind.default_instance
        if default is not None and kind_id not in taken:
            made.append(_default(offer))
    return made


def _default(offer: Offer[A]) -> Wanted[A]:
    kind = offer.kind
    one: Wanted[A] = Wanted(name=kind.id, type=kind.id, root=True, kind=kind)
    try:
        return msgspec.structs.replace(one, options=kind.config.model_validate(dict(kind.default_instance or {})))
    except Exception as error:  # the default is the plugin's own: its fault must stay with it
        what = f"the default instance of {kind.id} is wrong: {type(error).__name__}"
        fault = Fault(file=f"plugin {offer.plugin}", line=0, key="", what=what, remedy="tell the plugin's author")
        return msgspec.structs.replace(one, faults=(fault,))
