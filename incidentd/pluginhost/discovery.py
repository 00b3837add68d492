"""Finding plugins: each entry point of the group `incidentd` is loaded and asked alone, within a time limit.

pluggy's own `load_setuptools_entrypoints` stops at the first broken plugin, and calling a hook on all at once loses
every answer when one raises; so each plugin gets a manager of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

import msgspec
import pluggy

from incidentd.plugin import API_VERSION, hooks
from incidentd.plugin.adapters import AdapterType, AlertSource, Notifier
from incidentd.plugin.embedding import Embedder
from incidentd.plugin.support import SupportChannel

T = TypeVar("T")
GROUP = "incidentd"
LOAD_SECONDS = 10.0
Observer = Callable[..., Any]


class PluginTooSlow(Exception):  # noqa: N818
    """Loading or asking a plugin took longer than `LOAD_SECONDS`."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What one plugin offers; `error` says why it cannot be used. Its code is below the top-level `module`."""

    name: str
    module: str = ""
    sources: tuple[AdapterType[AlertSource], ...] = ()
    notifiers: tuple[AdapterType[Notifier], ...] = ()
    channels: tuple[AdapterType[SupportChannel], ...] = ()
    embedders: tuple[AdapterType[Embedder], ...] = ()
    observer: Observer | None = None
    error: str = ""


def within(seconds: float, action: Callable[[], T]) -> T:
    """Run `action` on a thread of its own; a hanging one is left behind. Raises `PluginTooSlow` or what it raised."""
    outcome: list[tuple[bool, Any]] = []

    def run() -> None:
        try:
            outcome.append((True, action()))
        except BaseException as error:  # SystemExit on import is the plugin's failure, not the daemon's end
            outcome.append((False, error))

    thread = threading.Thread(target=run, daemon=True, name="plugin-load")
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise PluginTooSlow(f"took longer than {seconds:g} s")
    good, value = outcome[0]
    if good:
        result: T = value
        return result
    raise value


def _answers(caller: Any) -> list[Any]:
    """One plugin's answers to a hook, flattened; pluggy leaves None out."""
    return [one for answer in caller() for one in answer]


def _checked(kinds: Sequence[Any], base: type) -> tuple[Any, ...]:
    for kind in kinds:
        if not isinstance(kind, AdapterType):
            raise TypeError(f"returned {type(kind).__name__} where an AdapterType was expected for {base.__name__}")
    return tuple(kinds)


class WrongVersion(Exception):  # noqa: N818
    """A plugin was written for another major version of the plugin API."""


def _check_version(plugin: object) -> None:
    """A plugin may say what it was written for, as `INCIDENTD_API = "1.0"`; without it the present one is assumed."""
    wanted = str(getattr(plugin, "INCIDENTD_API", API_VERSION))
    ours = [int(part) for part in API_VERSION.split(".")]
    major, _, minor = wanted.partition(".")
    if not (major.isdecimal() and (minor or "0").isdecimal()):
        raise WrongVersion(f"INCIDENTD_API is {wanted!r}: write a version like {API_VERSION!r}")
    if int(major) != ours[0] or int(minor or 0) > ours[1]:
        raise WrongVersion(
            f"it was written for plugin API {wanted}, this is {API_VERSION}: install the matching version"
        )


def _ask(entry: EntryPoint) -> Found:
    plugin = entry.load()
    _check_version(plugin)
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    manager.register(plugin, name=entry.name)
    manager.check_pending()
    return Found(
        name=entry.name,
        module=_module(entry),
        sources=_checked(_answers(manager.hook.incidentd_sources), AlertSource),
        notifiers=_checked(_answers(manager.hook.incidentd_notifiers), Notifier),
        channels=_checked(_answers(manager.hook.incidentd_channels), SupportChannel),
        embedders=_checked(_answers(manager.hook.incidentd_embedders), Embedder),
        observer=manager.hook.incidentd_on_event if manager.hook.incidentd_on_event.get_hookimpls() else None,
    )


def load_entry(entry: EntryPoint, seconds: float = LOAD_SECONDS) -> Found:
    """Load one plugin; whatever goes wrong ends up in `error`."""
    try:
        return within(seconds, lambda: _ask(entry))
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return Found(name=entry.name, module=_module(entry), error=f"{type(error).__name__}: {error}")


def _module(entry: EntryPoint) -> str:
    return entry.value.partition(":")[0].partition(".")[0].strip()


def discover(disabled: Collection[str] = (), group: str = GROUP) -> list[Found]:
    """Every installed plugin that is not disabled, by name; two of one name are both shown, the second unusable."""
    found: dict[str, Found] = {}
    twice: list[Found] = []
    for entry in sorted(entry_points(group=group), key=lambda one: (one.name, one.value)):
        if entry.name in disabled:
            continue
        if entry.name in found:
            twice.append(Found(name=entry.name, error=f"{entry.value} has the name of another plugin"))
            continue
        found[entry.name] = load_entry(entry)
    return [*found.values(), *twice]
