"""One mapping of a YAML or JSON file as a reader asks for it, so that what it never asked for can be reported."""

from __future__ import annotations

from incidentd.domain.yaml_tree import Node
from incidentd.importers.report import Outcome, Path, Report

_TRUE = frozenset({"true", "yes", "on", "y"})
_FALSE = frozenset({"false", "no", "off", "n"})
_NOTHING: tuple[object, ...] = (None, "", "false", (), {})
UNKNOWN = "incidentd does not know this key"


class Table:
    """A mapping at `path`. A value of the wrong shape is reported and counts as absent."""

    def __init__(self, node: Node, path: Path, report: Report) -> None:
        self.path = path
        self.line = node.line
        self.report = report
        self._pairs = node.value if isinstance(node.value, dict) else {}
        self._asked: set[str] = set()
        if node.value is not None and not isinstance(node.value, dict):
            report.add(Outcome.LEFT, path, node.line, "is no mapping")

    def __contains__(self, key: str) -> bool:
        return key in self._pairs and self._pairs[key].value is not None

    def keys(self) -> tuple[str, ...]:
        """Every key, in the order of the file."""
        return tuple(self._pairs)

    def say(self, outcome: Outcome, text: str, key: str = "") -> None:
        """Report on this table, or on one of its keys, which counts as asked for."""
        if key:
            self._asked.add(key)
        node = self._pairs.get(key)
        self.report.add(outcome, (*self.path, key) if key else self.path, node.line if node else self.line, text)

    def _node(self, key: str) -> Node | None:
        self._asked.add(key)
        node = self._pairs.get(key)
        return None if node is None or node.value is None else node

    def text(self, key: str) -> str | None:
        """The text of `key`."""
        node = self._node(key)
        if node is None or isinstance(node.value, str):
            return node.value if node else None  # type: ignore[return-value]  # narrowed by the condition
        self.say(Outcome.LEFT, "is no text", key)
        return None

    def number(self, key: str) -> int | None:
        """A whole number that is not negative."""
        text = self.text(key)
        if text is None or (text.isascii() and text.isdecimal() and len(text) < 16):
            return None if text is None else int(text)
        self.say(Outcome.LEFT, "is no whole number", key)
        return None

    def flag(self, key: str, default: bool) -> bool:
        """A boolean in any of YAML's spellings."""
        text = self.text(key)
        if text is None:
            return default
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        self.say(Outcome.LEFT, "is neither true nor false", key)
        return default

    def texts(self, key: str) -> list[str]:
        """A list of texts; one text alone is a list of one."""
        node = self._node(key)
        if node is None:
            return []
        items = node.value if isinstance(node.value, tuple) else (node,)
        found = [item.value for item in items if isinstance(item.value, str)]
        if len(found) < len(items):
            self.say(Outcome.LEFT, "holds something that is no text", key)
        return found

    def lists(self, key: str) -> list[list[str]]:
        """A list of lists of texts."""
        node = self._node(key)
        rows = node.value if node is not None and isinstance(node.value, tuple) else ()
        return [
            [one.value for one in row.value if isinstance(one.value, str)]
            for row in rows
            if isinstance(row.value, tuple)
        ]

    def pairs(self, key: str) -> dict[str, str]:
        """A mapping of names to texts."""
        table = self.table(key)
        if table is None:
            return {}
        given = {name: table.text(name) for name in table.keys()}  # noqa: SIM118 - no mapping: a table
        return {name: text for name, text in given.items() if text is not None}

    def table(self, key: str) -> Table | None:
        """The mapping under `key`."""
        node = self._node(key)
        return None if node is None else Table(node, (*self.path, key), self.report)

    def tables(self, key: str) -> list[Table]:
        """The mappings in the list under `key`."""
        node = self._node(key)
        if node is None:
            return []
        if not isinstance(node.value, tuple):
            self.say(Outcome.LEFT, "is no list", key)
            return []
        return [Table(item, (*self.path, key, index), self.report) for index, item in enumerate(node.value)]

    def leave(self, key: str, why: str) -> None:
        """Report `key` as not carried over, if it is there."""
        if self._node(key) is not None:
            self.say(Outcome.LEFT, why, key)

    def pass_over(self, key: str) -> None:
        """Count `key` as asked for."""
        self._asked.add(key)

    def unasked(self) -> tuple[str, ...]:
        """The keys that nobody asked for yet."""
        return tuple(key for key in self._pairs if key not in self._asked)

    def unread(self) -> tuple[str, ...]:
        """The keys that nobody asked for yet and that say something: neither null, false nor empty."""
        return tuple(key for key in self.unasked() if self._pairs[key].value not in _NOTHING)

    def rest(self, why: str = UNKNOWN) -> None:
        """Report every key that nobody asked for."""
        for key in self.unasked():
            self.say(Outcome.LEFT, why, key)
