"""What an import made of each key of the file it read."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import msgspec

from incidentd.domain.display import safe_line

Path = tuple[str | int, ...]


class Outcome(enum.StrEnum):
    """How a key fared, in the order in which a report tells it."""

    CARRIED = "carried over"
    CHANGED = "carried over with a difference"
    LEFT = "not carried over"
    TO_DO = "to do by hand"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence about one key: at a line of the file, or the file's name begins the key. Neither means the whole."""

    outcome: Outcome
    line: int
    key: str
    text: str


class Report:
    """Collects findings about the file called `file`; never holds a secret's value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def add(self, outcome: Outcome, path: Path, line: int, text: str) -> None:
        """Say that `text` is true of the key at `path`."""
        self.findings.append(Finding(outcome=outcome, line=line, key=_dotted(path), text=text))

    def lines(self) -> Iterator[str]:
        """The report as a person reads it, every line safe to print."""
        for outcome in Outcome:
            found = sorted((f for f in self.findings if f.outcome is outcome), key=lambda finding: finding.line)
            if not found:
                continue
            yield f"{outcome.value} ({len(found)}):"
            for finding in found:
                yield safe_line(f"  {self._place(finding)}{finding.text}")
            yield ""

    def _place(self, finding: Finding) -> str:
        if finding.line:
            return f"{self.file}:{finding.line} {finding.key}: "
        return f"{finding.key}: " if finding.key else ""


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
