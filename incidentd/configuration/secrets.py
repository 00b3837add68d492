"""Secret references in configuration, `{ credential | file | env = ... }`, and what they stand for.

A configuration file never holds a secret itself: it is copied, shown and put under version control.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

import pydantic

from incidentd.configuration.problems import Explained, members_of
from incidentd.domain.toml_lines import Path
from incidentd.plugin.values import Secret

_KINDS = ("credential", "file", "env")
_REFERENCE = 'write a reference: { credential = "NAME" }, { file = "PATH" } or { env = "NAME" }'
_MAX_BYTES = 64 * 1024


class BadSecret(ValueError):
    """The reference is malformed or leads nowhere; `remedy` says what to do. Never holds the secret."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


def resolve_secret(value: object, environ: Mapping[str, str]) -> Secret:
    """The secret that the table `value` refers to. Raises `BadSecret`."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, Mapping) or len(value) != 1:
        what = "a secret must not stand in the file" if isinstance(value, str) else "is no secret reference"
        raise BadSecret(what, _REFERENCE)
    ((kind, name),) = value.items()
    if kind not in _KINDS or not isinstance(name, str) or not name or "\0" in name:
        raise BadSecret("is no secret reference", _REFERENCE)
    if kind == "env":
        if not environ.get(name):
            raise BadSecret(f"the environment variable {name} is not set", "set it for the daemon")
        return Secret(environ[name])
    return _read(FilePath(name) if kind == "file" else _credential(name, environ))


def resolve_file(value: object, environ: Mapping[str, str]) -> FilePath:
    """The file that a path, `{ file = "PATH" }` or `{ credential = "NAME" }` means. Raises `BadSecret`."""
    if isinstance(value, str):
        value = {"file": value}
    if isinstance(value, Mapping) and len(value) == 1:
        ((kind, name),) = value.items()
        if kind in ("file", "credential") and isinstance(name, str) and name and "\0" not in name:
            file = FilePath(name) if kind == "file" else _credential(name, environ)
            if not file.is_absolute():
                raise BadSecret(f"{file} is no absolute path", "write the whole path")
            return file
    raise BadSecret("is no reference to a file", 'write "/PATH", { file = "/PATH" } or { credential = "NAME" }')


def _credential(name: str, environ: Mapping[str, str]) -> FilePath:
    directory = environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise BadSecret(
            f"credential {name} cannot be had: CREDENTIALS_DIRECTORY is not set",
            f"start by systemd with LoadCredential={name}:PATH, or use {{ file = ... }}",
        )
    if "/" in name or name in (".", ".."):
        raise BadSecret("a credential's name holds no slash", 'use { file = "PATH" } for a path')
    return FilePath(directory) / name


def _read(file: FilePath) -> Secret:
    if not file.is_absolute():
        raise BadSecret(f"{file} is no absolute path", "write the whole path")
    try:
        if not file.is_file():
            raise BadSecret(f"{file} does not exist or is no file", "create it, readable by incidentd's user only")
        with file.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
        text = raw.decode().rstrip("\r\n")
    except OSError as error:
        raise BadSecret(f"{file} cannot be read: {error.strerror}", "give incidentd's user the right") from None
    except UnicodeDecodeError:
        raise BadSecret(f"{file} is not UTF-8", "store the secret as text") from None
    if not text or len(raw) > _MAX_BYTES:
        what = "is empty" if not text else "is larger than 64 KiB"
        raise BadSecret(f"{file} {what}", "store the secret, and nothing else, in it")
    return Secret(text)


def resolve_secrets(
    model: type[pydantic.BaseModel], options: Mapping[str, Any], environ: Mapping[str, str]
) -> tuple[dict[str, Any], list[Explained]]:
    """`options` with a `Secret` wherever `model` declares one, and a fault for each that could not be had.

    Only declared places are looked at: `labels = { env = "prod" }` is a label, no reference.
    """
    walk = _Walk(environ)
    return walk.table(model, options, ()), walk.faults


class _Walk:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[Explained] = []

    def table(self, model: type[pydantic.BaseModel], options: Mapping[str, Any], path: Path) -> dict[str, Any]:
        declared = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        return {key: self._value(declared.get(key), value, (*path, key)) for key, value in options.items()}

    def _value(self, annotation: Any, value: Any, path: Path) -> Any:
        for one in members_of(annotation):
            if one is Secret and not (isinstance(value, str) and str in members_of(annotation)):
                return self._secret(value, path)
            if isinstance(one, type) and issubclass(one, pydantic.BaseModel) and isinstance(value, Mapping):
                return self.table(one, value, path)
            arguments = typing.get_args(one)
            if typing.get_origin(one) in (dict, Mapping) and isinstance(value, Mapping):
                return {key: self._value(arguments[1], item, (*path, key)) for key, item in value.items()}
            if typing.get_origin(one) in (list, tuple, Sequence) and isinstance(value, list):
                return [self._value(arguments[0], item, (*path, index)) for index, item in enumerate(value)]
        return value

    def _secret(self, value: Any, path: Path) -> Any:
        try:
            return resolve_secret(value, self._environ)
        except BadSecret as error:
            self.faults.append(Explained(path, str(error), error.remedy))
            return Secret("")  # so that the model finds the other faults too
