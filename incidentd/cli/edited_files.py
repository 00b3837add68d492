"""Files that somebody edited, as they are sent to be compared with what is in force."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from incidentd.cli.refusal import Exit, Failure
from incidentd.domain.display import safe_line
from incidentd.wire.replay import EditedFile, Fault

_LONGEST = 400_000  # characters of a file, as the API takes them


def edited_file(path: Path, param: str) -> EditedFile:
    """The text of a file; `param` is the option or argument that names it. Raises `click.BadParameter`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8"
        raise click.BadParameter(f"{safe_line(str(path))}: {reason}", param_hint=param) from None
    if len(text) > _LONGEST:
        raise click.BadParameter(f"{safe_line(str(path))} is larger than {_LONGEST} characters", param_hint=param)
    return EditedFile(name=str(path)[-250:], text=text)


def refuse_faults(faults: Sequence[Fault], what: str, so: str) -> NoReturn:
    """Faults of edited files, one line each as `incidentd check` writes them. Raises `Failure`."""
    for one in faults:
        place = f"{one.file}:{one.line}" if one.line else one.file
        key = f" {one.key}:" if one.key else ""
        print(safe_line(f"{place}:{key} {one.what} — {one.remedy}"), file=sys.stderr)
    raise Failure(f"{what} has {len(faults)} fault{'' if len(faults) == 1 else 's'}; {so}", Exit.BAD_INPUT)
