"""An export of a hosted tool: lists as its API answers them, one file a list in a directory, or all in one file.

`DIR/users.json` is a list; the answers for each of several parents are `DIR/members/PARENT.json`. In one file the same
names are keys: {"users": [...], "members": {"PARENT": [...]}}. A file holds an answer, a plain list, or several of
either one after another: the pages of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from incidentd.domain.yaml_tree import Node
from incidentd.importers.imported import NothingRead
from incidentd.importers.json_tree import MAX_BYTES, BadJson, parse_json
from incidentd.importers.report import Outcome, Report
from incidentd.importers.report import Path as KeyPath
from incidentd.importers.yaml_table import Table

_SAYS = ("error", "detail", "message", "errors")
_AGAIN = "fetch it again"


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """What an export may hold: lists by name, each with the keys under which an answer has its items."""

    lists: Mapping[str, tuple[str, ...]]
    by_parent: Mapping[str, tuple[str, ...]] = {}
    required: tuple[str, ...] = ()


class Export:
    """The export at `place`, read whole. Raises `NothingRead`."""

    def __init__(self, place: Path, layout: Layout, report: Report) -> None:
        self._layout = layout
        self._report = report
        self._lists: dict[str, list[Table]] = {}
        self._parents: dict[str, dict[str, list[Table]]] = {name: {} for name in layout.by_parent}
        if place.is_dir():
            self._directory(place)
        else:
            self._one_file(place)
        for name in layout.lists:
            if name in self._lists:
                continue
            if name in layout.required:
                known = ", ".join(layout.lists)
                raise NothingRead(f"{place}: holds no {name}: fetch {name}.json (an export has {known})")
            report.add(Outcome.TO_DO, (), 0, f"the export has no {name}: fetch {name}.json, if there are any")

    def tables(self, name: str) -> list[Table]:
        """The objects of a list; none when it was not exported."""
        return self._lists.get(name, [])

    def of(self, name: str, parent: str) -> list[Table]:
        """The objects of a list of `parent`."""
        return self._parents[name].get(parent, [])

    def parents(self, name: str) -> tuple[str, ...]:
        """The parents of whose lists there is a file."""
        return tuple(self._parents[name])

    # ------------------------------------------------------------------ places
    def _directory(self, place: Path) -> None:
        for path in sorted(place.iterdir()):
            if path.name.startswith("."):
                continue
            name = path.stem
            if path.is_dir() and path.name in self._layout.by_parent:
                for file in sorted(path.glob("*.json")):
                    where = f"{path.name}/{file.name}"
                    self._parents[path.name][file.stem] = self._read(file, where, self._layout.by_parent[path.name])
            elif path.suffix == ".json" and name in self._layout.lists:
                self._lists[name] = self._read(path, path.name, self._layout.lists[name])
            else:
                known = ", ".join([*self._layout.lists, *(f"{one}/" for one in self._layout.by_parent)])
                self._report.add(Outcome.LEFT, (path.name,), 0, f"is no part of an export: there is {known}")

    def _read(self, path: Path, where: str, keys: tuple[str, ...]) -> list[Table]:
        return self._items(_documents(path, where), where, (), keys)

    def _one_file(self, place: Path) -> None:
        documents = _documents(place, place.name)
        if len(documents) != 1 or not isinstance(documents[0].value, dict):
            names = ", ".join(self._layout.lists)
            raise NothingRead(f"{place.name}: is no object with the lists: write {{{names}}}, or name a directory")
        for name, node in documents[0].value.items():
            if name in self._layout.lists:
                keys = self._layout.lists[name]
                self._lists[name] = self._items([node], place.name, (name,), keys)
            elif name in self._layout.by_parent and isinstance(node.value, dict):
                for parent, one in node.value.items():
                    keys = self._layout.by_parent[name]
                    self._parents[name][parent] = self._items([one], place.name, (name, parent), keys)
            else:
                self._report.add(Outcome.LEFT, (f"{place.name} ", name), 0, "is no list of an export")

    # ------------------------------------------------------------------ answers
    def _items(self, documents: list[Node], where: str, path: KeyPath, keys: tuple[str, ...]) -> list[Table]:
        found: list[Table] = []
        for number, node in enumerate(documents):
            file = where if number == 0 else f"{where}#{number + 1}"
            for at, item in self._unpacked(node, file, path, keys):
                if not isinstance(item.value, dict):
                    raise NothingRead(f"{_place(file, at)}: is no object: {_AGAIN}, as the documentation says")
                found.append(Table(item, (f"{file} ", *at), self._report))
        if documents and (more := _more(documents[-1])):
            where = _place(where, (*path, *more))
            raise NothingRead(f"{where}: says that more follow: append the next page to the file")
        return found

    def _unpacked(self, node: Node, file: str, path: KeyPath, keys: tuple[str, ...]) -> Iterator[tuple[KeyPath, Node]]:
        """(path, item) of one answer: a plain list, a list under one of `keys`, or one object there."""
        if isinstance(node.value, tuple):
            for index, one in enumerate(node.value):
                if _answer(one, keys) is None:
                    yield (*path, index), one
                else:
                    yield from self._unpacked(one, file, (*path, index), keys)
            return
        pairs = node.value if isinstance(node.value, dict) else {}
        key = _answer(node, keys)
        if key is None and "id" not in pairs:
            raise NothingRead(f"{_place(file, path)}: {_complaint(pairs, keys)}")
        if key is None:
            yield path, node
        elif isinstance(pairs[key].value, dict):
            yield (*path, key), pairs[key]
        else:
            yield from self._unpacked(pairs[key], file, (*path, key), keys)


def _answer(node: Node, keys: tuple[str, ...]) -> str | None:
    if not isinstance(node.value, dict):
        return None
    return next((key for key in keys if key in node.value and isinstance(node.value[key].value, (tuple, dict))), None)


def _complaint(pairs: Mapping[str, Node], keys: tuple[str, ...]) -> str:
    for key in _SAYS:
        said = pairs.get(key)
        if said is not None and isinstance(said.value, dict):
            said = said.value.get("message")
        if said is not None and isinstance(said.value, str):
            return f"holds no list, but an error: {said.value[:200]!r}: check the key and the address, and {_AGAIN}"
    return f"holds no list and no {' or '.join(map(repr, keys))}: {_AGAIN}, as the documentation says"


def _more(node: Node) -> KeyPath | None:
    """The key by which an answer says that there is another page."""
    pairs = node.value if isinstance(node.value, dict) else {}
    if "more" in pairs and pairs["more"].value == "true":
        return ("more",)
    if "next" in pairs and pairs["next"].value is not None:
        return ("next",)
    paging = pairs.get("paging")
    if paging is not None and isinstance(paging.value, dict) and "next" in paging.value:
        return ("paging", "next")
    return None


def _place(file: str, path: KeyPath) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"{file} {text}" if text else file


def _documents(path: Path, where: str) -> list[Node]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise NothingRead(f"{where}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise NothingRead(f"{where}: is larger than {MAX_BYTES // 1024**2} MiB: is this the right file?")
    try:
        found = parse_json(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NothingRead(f"{where}: is not UTF-8: {_AGAIN}") from None
    except BadJson as error:
        raise NothingRead(f"{where}: {error}: {_AGAIN}") from None
    if not found:
        raise NothingRead(f"{where}: is empty: {_AGAIN}")
    return found
