"""What incidentd says about itself has a code, each code a runbook and a test."""

import ast
import re

import pytest

from incidentd import runbooks
from incidentd.domain.alarm_kinds import CRITICAL, INFO, KINDS, WARNING

QUESTIONS = ["What it means", "What is at risk", "How to see it", "How to mend it", "How to check"]
MAKERS = {"OwnAlarm", "alarms"}


def raised(tree: ast.AST) -> set[str]:
    """The codes that are given as they stand."""
    calls = (one for one in ast.walk(tree) if isinstance(one, ast.Call) and one.args)
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in MAKERS
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def every_text(modules, but):
    return "\n".join(path.read_text(encoding="utf-8") for path in modules if path.name != but)


def test_every_code_that_is_raised_is_in_the_catalogue(source):
    found = {code: source.name(path) for path in source.modules() for code in raised(source.tree(path))}
    assert len(found) > 10
    assert {code: place for code, place in found.items() if code not in KINDS} == {}


def test_every_code_of_the_catalogue_is_raised_somewhere(source):
    text = every_text(source.modules("incidentd"), but="alarm_kinds.py")
    assert [code for code in KINDS if f'"{code}"' not in text] == []


def test_every_code_is_looked_at_by_a_test(source):
    text = every_text(source.modules("tests"), but="test_own_alarms.py")
    assert [code for code in KINDS if f'"{code}"' not in text] == []


def test_codes_and_severities_are_well_formed():
    assert [code for code in KINDS if not re.fullmatch(r"[a-z]+(-[a-z]+)+", code)] == []
    assert {kind.severity for kind in KINDS.values()} == {CRITICAL, WARNING, INFO}
    assert [code for code, kind in KINDS.items() if kind.pages and kind.severity != CRITICAL] == []


def test_every_page_comes_with_the_program(source):
    """A link a page, for the build follows none to a directory: ln -s ../../../docs/runbooks/CODE.md"""
    pages = {path.name for path in (source.root / "docs" / "runbooks").glob("*.md")}
    links = {path.name: path.resolve() for path in (source.root / "incidentd" / "runbooks" / "pages").iterdir()}
    assert links == {name: source.root / "docs" / "runbooks" / name for name in pages}


def test_there_is_a_page_for_each_code_and_no_other():
    assert runbooks.codes() == sorted(KINDS)
    assert runbooks.page("no-such-code") is None
    assert runbooks.page("../README") is None


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_page_answers_the_five_questions(code):
    text = runbooks.page(code) or ""
    assert text.startswith("# ")
    assert f"`{code}`" in text or text.startswith(f"# {code}")
    parts = re.split(rf"^(?:## |\*\*)({'|'.join(QUESTIONS)})", text, flags=re.MULTILINE)
    assert parts[1::2] == QUESTIONS
    assert all(len(part.strip()) > 10 for part in parts[2::2])
    assert len(text.splitlines()) < 40
