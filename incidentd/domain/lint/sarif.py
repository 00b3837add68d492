"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from incidentd.domain.lint.findings import ALLOWANCE, Finding
from incidentd.domain.lint.lexicon import Lexicon

_VERSION = "2.1.0"
_ALLOWANCE = "A comment that allows something names a rule and says why."


def sarif(found: Mapping[str, Sequence[Finding]], lexicon: Lexicon, version: str) -> dict[str, Any]:
    """One run over all files of `found`, by their names. Findings are notes: they suggest."""
    rules = [*lexicon.rules, ALLOWANCE]
    return {
        "version": _VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "incidentctl lint",
                        "version": version,
                        "rules": [_rule(name, lexicon) for name in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": _uri(file)}} for file in found],
                "results": list(_results(found, rules)),
            }
        ],
    }


def _rule(name: str, lexicon: Lexicon) -> dict[str, Any]:
    rule = lexicon.rules.get(name)
    return {
        "id": name,
        "shortDescription": {"text": rule.message if rule else _ALLOWANCE},
        "defaultConfiguration": {"level": "note"},
        "properties": {"category": rule.category if rule else ALLOWANCE},
    }


def _results(found: Mapping[str, Sequence[Finding]], rules: Sequence[str]) -> Iterable[dict[str, Any]]:
    for index, (file, findings) in enumerate(found.items()):
        for one in findings:
            region = {
                "startLine": one.line,
                "startColumn": one.column,
                "endLine": one.line + one.text.count("\n"),
                "endColumn": len(one.text.rpartition("\n")[2]) + (1 if "\n" in one.text else one.column),
                "charOffset": one.start,
                "charLength": one.end - one.start,
                "snippet": {"text": one.text},
            }
            place = {"artifactLocation": {"uri": _uri(file), "index": index}, "region": region}
            yield {
                "ruleId": one.rule,
                "ruleIndex": rules.index(one.rule),
                "level": "note",
                "message": {"text": f"{one.message} {one.suggestion}"},
                "locations": [{"physicalLocation": place}],
            }


def _uri(file: str) -> str:
    """The name of a file as a relative reference; an absolute path as a file URI."""
    return f"file://{quote(file)}" if file.startswith("/") else quote(file)
