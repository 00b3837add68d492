"""What a team calls its review is a setting (`name` of `[review]`): what people read uses it, never the word itself.

The verbs (`incidentctl review`), the paths of the API, the keys of the configuration and the help of the command line,
which is shown without a daemon, stay generic.
"""

import ast
import re
from collections.abc import Iterator

PLACES = ("incidentd/services", "incidentd/domain", "incidentd/demo", "incidentd/ingress", "tui", "plugins")
GENERIC = re.compile(r"incidentctl review\b|\breviews?\.[A-Za-z]|/review\b|review/|\[review\]")
NAME = re.compile(r"\breviews?\b", re.IGNORECASE)
# The default of the setting and what the lint suggests; documents that are read, and a sample; help without a daemon.
SAY_IT = {
    "incidentd/domain/process.py",
    "incidentd/domain/review_words.py",
    "incidentd/domain/lint/findings.py",
    "incidentd/domain/review_headings.py",
    "incidentd/domain/review_sample.py",
    "tui/incidentd_tui/__main__.py",
}


def prose(source, path) -> Iterator[tuple[int, str]]:
    """The text constants with a blank in them, parts of f-strings among them, and no docstrings."""
    if not NAME.search(path.read_text(encoding="utf-8")):
        return
    tree = source.tree(path)
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if " " in text.strip() and id(node) not in documented:
                yield node.lineno, text


def hard_coded(text: str) -> bool:
    return NAME.search(GENERIC.sub("", text)) is not None


def test_no_text_calls_it_a_review(source):
    found = [
        f"{source.name(path)}:{line}: {text.strip()[:80]!r}"
        for path in source.modules(*PLACES)
        if source.name(path) not in SAY_IT
        for line, text in prose(source, path)
        if hard_coded(text)
    ]
    assert found == [], "say process.review_name (Info.review_name in a client), or do without the word"


def test_the_pattern_tells_a_name_from_a_verb():
    assert hard_coded("The review has begun")
    assert hard_coded("Reviews that are late")
    assert not hard_coded("see incidentctl review due")
    assert not hard_coded("review.teams names team x")
    assert not hard_coded("a preview of what is reviewed")


def test_only_the_setting_has_the_default_name(source):
    found = [
        source.name(path)
        for path in source.modules()
        if any("incident review" in text.lower() for _, text in prose(source, path))
    ]
    assert set(found) <= SAY_IT
