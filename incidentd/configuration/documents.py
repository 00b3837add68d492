"""One configuration file: its text, its data, and faults that name its lines."""

from __future__ import annotations

import tomllib
from pathlib import Path as FilePath
from typing import Any, TypeVar

import pydantic

from incidentd.configuration.problems import ConfigurationError, Explained, dotted, explain
from incidentd.domain.file_faults import Fault
from incidentd.domain.toml_lines import Path, key_lines, line_of

Model = TypeVar("Model", bound=pydantic.BaseModel)
_MAX_BYTES = 4 * 1024 * 1024


class Document:
    """A parsed file. One that does not exist is empty and has `exists` False."""

    def __init__(self, file: FilePath, text: str | None) -> None:
        self.file = file
        self.exists = text is not None
        self.text = text or ""
        self.data: dict[str, Any] = {} if text is None else _parsed(file, text)
        self._lines = {} if text is None else key_lines(text.replace("\r\n", "\n"))

    @classmethod
    def read(cls, file: FilePath) -> Document:
        """The document in `file`. Raises `ConfigurationError` when it cannot be read or is no TOML."""
        try:
            if file.stat().st_size > _MAX_BYTES:
                raise ConfigurationError([_whole(file, "is larger than 4 MiB", "is this the right file?")])
            return cls(file, file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return cls(file, None)
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
            raise ConfigurationError([_whole(file, what, "give incidentd's user the right to read it")]) from error
        except UnicodeDecodeError as error:
            raise ConfigurationError([_whole(file, "is not UTF-8", "save it as UTF-8")]) from error

    def fault(self, path: Path, what: str, remedy: str) -> Fault:
        """A fault of the key at `path`."""
        line = line_of(self._lines, path)
        return Fault(file=str(self.file), line=line, key=dotted(path), what=what, remedy=remedy)

    def line(self, path: Path) -> int:
        """The line of the key at `path`; 0 when it is not there."""
        return line_of(self._lines, path)

    def explained(self, faults: list[Explained], prefix: Path = ()) -> list[Fault]:
        """`faults` of the table at `prefix`, as faults of this file, by line."""
        found = [self.fault((*prefix, *one.path), one.what, one.remedy) for one in faults]
        return sorted(found, key=lambda fault: fault.line)

    def validate(self, model: type[Model]) -> Model:
        """The whole file as `model`. Raises `ConfigurationError` with every fault."""
        try:
            return model.model_validate(self.data)
        except pydantic.ValidationError as error:
            raise ConfigurationError(self.explained(explain(error, model, self.data))) from None


def _whole(file: FilePath, what: str, remedy: str) -> Fault:
    return Fault(file=str(file), line=0, key="", what=what, remedy=remedy)


def _parsed(file: FilePath, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at ")
        digits = place.removeprefix("line ").partition(",")[0]
        line = int(digits) if digits.isdigit() else text.count("\n") + 1
        fault = Fault(file=str(file), line=line, key="", what=f"is no TOML: {message}", remedy="correct this line")
        raise ConfigurationError([fault]) from None
    except RecursionError:
        raise ConfigurationError([_whole(file, "is nested too deeply", "write flatter tables")]) from None
