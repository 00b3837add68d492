"""Nothing that incidentd keeps, takes or shows is named after one cause: factors are typed, and there are several."""

import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

import incidentd.wire
from incidentd.api import queries
from incidentd.api.routes import ROUTES
from incidentd.cli import ctl
from incidentd.storage import tables

ROOT = Path(__file__).parents[2]
ONE_CAUSE = re.compile(r"(?<![A-Za-z])[Cc]auses?(?![a-z])|[a-z]Causes?(?![a-z])|(?i:culprit|blame|guilt|at[\s_-]fault)")


def columns() -> Iterator[str]:
    for table in tables.metadata.sorted_tables:
        yield from (table.name, *(f"{table.name}.{column.name}" for column in table.columns))


def fields() -> Iterator[str]:
    modules = [
        importlib.import_module(f"incidentd.wire.{one.name}") for one in pkgutil.iter_modules(incidentd.wire.__path__)
    ]
    for module in (*modules, queries):
        for name, struct in inspect.getmembers(module, inspect.isclass):
            if issubclass(struct, msgspec.Struct):
                yield from (name, *(f"{name}.{field}" for field in struct.__struct_fields__))


def paths() -> Iterator[str]:
    return (route.path for route in ROUTES)


def kinds() -> Iterator[str]:
    for path in (ROOT / "incidentd").rglob("*.py"):
        yield from re.findall(r"\"([a-z_]+\.[a-z_]+)\"", path.read_text(encoding="utf-8"))


def words_of_commands() -> Iterator[str]:
    waiting: list[click.Command] = [ctl.cli]
    for command in waiting:
        yield str(command.name)
        yield from (option for one in command.params for option in one.opts)
        if isinstance(command, click.Group):
            context = click.Context(command)
            waiting += [
                child for name in command.list_commands(context) if (child := command.get_command(context, name))
            ]


def keys() -> Iterator[str]:
    def of(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from of(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from of(inner)

    for path in (ROOT / "config").glob("*.toml"):
        yield from of(tomllib.loads(path.read_text(encoding="utf-8")))


def headings() -> Iterator[str]:
    for path in (ROOT / "docs").rglob("*.md"):
        if path.name != "language-lint.md":  # it lists what it finds
            yield from re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("names", [columns, fields, paths, kinds, words_of_commands, keys, headings])
def test_no_name_speaks_of_the_one_cause(names):
    found = list(names())
    assert len(found) > 20
    assert [name for name in found if ONE_CAUSE.search(name)] == []


@pytest.mark.parametrize(
    "name", ["incidents.cause", "Factor.root_cause", "cause", "--primary-cause", "blamed", "The cause", "rootCause"]
)
def test_such_a_name_would_be_found(name):
    assert ONE_CAUSE.search(name)


def test_other_words_are_left_alone():
    assert not [name for name in ("because", "caused", "default", "clause") if ONE_CAUSE.search(name)]
