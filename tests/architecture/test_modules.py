"""Size and names of modules: one concept a file, found by its name."""

import ast
import re
from pathlib import Path

MOST_LINES = 450  # no module is longer
USUAL_LINES = 300  # nine of ten are shorter
MOST_FUNCTION_LINES = 60
USUAL_FUNCTION_LINES = 30
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "lib"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_a_novel(source):
    long = {source.name(path): lines(path) for path in source.modules() if lines(path) > MOST_LINES}
    assert long == {}


def test_most_modules_are_short(source):
    modules = source.modules()
    long = {source.name(path): lines(path) for path in modules if lines(path) >= USUAL_LINES}
    assert len(long) <= len(modules) / 10, long


def functions(source):
    for path in source.modules():
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if docstring:
                    length -= (first.end_lineno or first.lineno) - first.lineno + 1
                yield f"{source.name(path)}:{node.lineno} {node.name}", length


def test_functions_are_short(source):
    lengths = dict(functions(source))
    assert {name: length for name, length in lengths.items() if length > MOST_FUNCTION_LINES} == {}
    long = {name: length for name, length in lengths.items() if length > USUAL_FUNCTION_LINES}
    assert len(long) <= len(lengths) / 20, long


def test_a_module_is_named_after_its_concept(source):
    vague = [
        source.name(path)
        for path in source.modules()
        if VAGUE & {part.lower() for part in [path.stem, path.parent.name]}
    ]
    assert vague == []


def test_nothing_is_left_unfinished(source):
    found = [
        f"{source.name(path)}:{number}: {line.strip()}"
        for path in source.modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_every_module_says_what_it_is(source):
    silent = [source.name(path) for path in source.modules() if not ast.get_docstring(source.tree(path))]
    assert silent == []


def test_tests_are_no_packages(source):
    """pytest runs with --import-mode=importlib: an __init__.py would make two tests of one name collide."""
    assert [source.name(path) for path in source.modules("tests") if path.name == "__init__.py"] == []
