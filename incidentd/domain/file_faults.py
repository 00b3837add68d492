"""What is wrong in a file that somebody wrote, with its place and a remedy."""

from __future__ import annotations

import msgspec

from incidentd.domain.display import safe_line


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong. `line` is 0 where none can be named; `key` is dotted, as in the file."""

    file: str
    line: int
    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        remedy = f" — {self.remedy}" if self.remedy else ""
        return safe_line(f"{place}:{key} {self.what}{remedy}")
