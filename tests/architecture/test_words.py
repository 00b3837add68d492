"""Words that carry a view of incidents which incidentd does not share (see docs/concepts.md)."""

import re
from pathlib import Path

import pytest

# One cause is never the whole story: factors are typed and many. And nobody has died.
BANNED = re.compile(r"root[\s_-]*cause|rootcause|post[\s_-]*mortem", re.IGNORECASE)
# A public collection of incidents that is cited as the source of a scenario keeps its own name.
CITED = re.compile(r"dfds/postmortems\b")
TEXT = {".py", ".toml", ".md", ".tcss", ".service", ".socket", ".conf", ".sql", ".mako", ".ini", ".sh", ".json"}
PLACES = ("incidentd", "tui", "plugins", "config", "systemd", "docs", "benchmarks", "tests")
# The files that must name the words: this one and its neighbour, and those that teach or test the language lint.
NAMES_THEM = {
    *(f"tests/architecture/test_{name}.py" for name in ("words", "names")),
    "incidentd/lexicon/en.toml",
    "docs/language-lint.md",
    *(f"tests/unit/lint/corpus/{name}.toml" for name in ("heldout", "tuning")),
    "tests/services/test_lints.py",
    "tests/tui/test_lint_line.py",
    *(f"tests/unit/{name}.py" for name in ("lint/test_findings", "cli/test_language")),
}


def texts(root: Path) -> list[Path]:
    found = [root / "README.md", root / "CONTRIBUTING.md", root / "CHANGELOG.md", root / "pyproject.toml"]
    for place in PLACES:
        found += [path for path in (root / place).rglob("*") if path.suffix in TEXT and "_build" not in path.parts]
    return found


def test_the_words_are_nowhere(source):
    found = [
        f"{source.name(path)}:{number}: {line.strip()}"
        for path in texts(source.root)
        if source.name(path) not in NAMES_THEM
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if BANNED.search(CITED.sub("", line))
    ]
    assert found == []


def test_no_such_file(source):
    assert [source.name(path) for path in texts(source.root) if BANNED.search(source.name(path))] == []


@pytest.mark.parametrize(
    "text", ["root_cause", "Root Cause", "root-cause analysis", "rootCause", "post-mortem", "Postmortem"]
)
def test_the_pattern_finds_every_spelling(text):
    assert BANNED.search(text)


def test_requirements_hold_no_addresses(source):
    text = (source.root / "requirements" / "dev.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(
        r"^\s*-", re.sub(r"^\s+--hash=sha256:[0-9a-f]{64}( \\)?$", "", text, flags=re.MULTILINE), re.MULTILINE
    )


def test_every_requirement_is_pinned_and_hashed(source):
    text = (source.root / "requirements" / "dev.txt").read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    loose = [line[:60] for line in lines if not re.match(r"[A-Za-z0-9_.\[\]-]+==\S+.*--hash=sha256:", line)]
    assert lines
    assert loose == []
