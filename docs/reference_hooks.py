"""The page about plugin hooks and kinds, from `incidentd.plugin`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import FunctionType

import incidentd.plugin
from incidentd.plugin import hooks

_INTRO = f"""# Hooks

What a plugin implements, for plugin API {incidentd.plugin.API_VERSION}. [Writing a plugin](../plugins.md) explains it.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([_INTRO, *_hooks(), "## Names in `incidentd.plugin`", "", *_names()])


def _hooks() -> Iterator[str]:
    for name, hook in vars(hooks).items():
        if isinstance(hook, FunctionType) and hasattr(hook, "incidentd_spec"):
            yield f"## `{name}{_signature(hook)}`"
            yield ""
            yield inspect.getdoc(hook) or ""
            yield ""


def _signature(function: FunctionType) -> str:
    return str(inspect.signature(function)).replace("'", "")


def _names() -> Iterator[str]:
    yield "| name | |"
    yield "|---|---|"
    for name in sorted(incidentd.plugin.__all__):
        value = getattr(incidentd.plugin, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            first = (inspect.getdoc(value) or "").partition("\n\n")[0]
            yield f"| `{name}` | {' '.join(first.split()).replace('|', chr(92) + '|')} |"
        else:
            yield f"| `{name}` | |"
