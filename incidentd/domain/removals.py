"""The chain of what was removed from the log: each record covers the one before, and says which events went.

Numbers of events are free of gaps as they are written. So a number that is missing is either in a record of this
chain, or somebody removed it behind our back. A record has a digest of what went: whoever has a backup of the events
can show that they were these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

GENESIS = "0" * 64
"""What stands before the first record."""
Run = tuple[int, int]
"""The first and the last of numbers without a gap."""


def runs(seqs: Iterable[int]) -> list[Run]:
    """Numbers in order as runs."""
    found: list[Run] = []
    for seq in seqs:
        if found and found[-1][1] == seq - 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found


def packed(seqs: Iterable[int]) -> list[int]:
    """Runs as how far each begins behind the end of the one before, and its length: most numbers are small."""
    flat: list[int] = []
    end = 0
    for first, last in runs(seqs):
        flat += (first - end, last - first + 1)
        end = last
    return flat


def unpacked(flat: Sequence[int]) -> list[Run]:
    """The runs that `packed` made its numbers of. Raises ValueError for numbers that it never makes."""
    if len(flat) % 2:
        raise ValueError("a run has a beginning and a length")
    found: list[Run] = []
    end = 0
    for gap, length in zip(flat[::2], flat[1::2], strict=True):
        if gap < 1 or length < 1:
            raise ValueError("runs go up")
        found.append((end + gap, end + gap + length - 1))
        end = found[-1][1]
    return found


def link(previous: str, record: Mapping[str, Any]) -> str:
    """The hash of a record that follows the one with the hash `previous`."""
    canonical = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + canonical.encode()).hexdigest()


def digest(rows: Iterable[bytes]) -> str:
    """Of what went, row by row in order."""
    found = hashlib.sha256()
    for row in rows:
        found.update(len(row).to_bytes(8, "big"))
        found.update(row)
    return found.hexdigest()


def unaccounted(missing: Iterable[Run], removed: Iterable[Run]) -> list[Run]:
    """What is missing and was not removed, both in order."""
    left = list(removed)
    found: list[Run] = []
    for first, last in missing:
        at = first
        while at <= last:
            while left and left[0][1] < at:
                left.pop(0)
            if left and left[0][0] <= at:
                at = left[0][1] + 1
                continue
            end = min(last, left[0][0] - 1) if left else last
            found.append((at, end))
            at = end + 1
    return found
