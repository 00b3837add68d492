"""Secrets in configuration are references: `{ credential = "x" }`, `{ file = "/path" }`, `{ env = "X" }`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from incidentd.plugin.values import Secret

_KINDS = ("credential", "file", "env")
_MAX_BYTES = 64 * 1024


class UnresolvedSecret(ValueError):
    """A reference leads nowhere; the message says which and what to do."""


def is_reference(value: object) -> bool:
    """Whether a table is a secret reference and nothing else."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _KINDS


def _read(path: Path, what: str) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES).decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise UnresolvedSecret(f"{what} {str(path)!r} cannot be read: {reason}") from error


def resolve(reference: Mapping[str, Any], environ: Mapping[str, str]) -> Secret:
    """The secret behind a reference. Raises `UnresolvedSecret`."""
    ((kind, name),) = reference.items()
    if not isinstance(name, str) or not name:
        raise UnresolvedSecret(f"{kind} takes a name in quotes")
    if kind == "env":
        if name not in environ:
            raise UnresolvedSecret(f"the environment variable {name!r} is not set")
        return Secret(environ[name])
    if kind == "credential":
        directory = environ.get("CREDENTIALS_DIRECTORY")
        if directory is None or "/" in name:
            raise UnresolvedSecret(f"there is no credential {name!r}: add LoadCredential={name}:/path to the unit")
        return Secret(_read(Path(directory) / name, "credential"))
    return Secret(_read(Path(name), "the file"))


def resolve_all(value: Any, environ: Mapping[str, str]) -> Any:
    """`value` with every reference inside it resolved. Raises `UnresolvedSecret`."""
    if is_reference(value):
        return resolve(value, environ)
    if isinstance(value, dict):
        return {key: resolve_all(inner, environ) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolve_all(inner, environ) for inner in value]
    return value
