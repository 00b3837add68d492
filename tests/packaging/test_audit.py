"""`make audit` finds what it is there for: each kind of fault, planted."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINS = (ROOT / "requirements" / "dev.txt").read_text()
KNOWN = json.loads((ROOT / "requirements" / "advisories.json").read_text())


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / "requirements" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_pinned_may_be_used(audit):
    found = audit.pins(PINS)
    assert len(found) > 80
    assert list(audit.problems(found, KNOWN)) == []


@pytest.mark.parametrize(
    ("pin", "told"),
    [
        ("jinja2==3.1.5 \\\n    --hash=sha256:aa\n    # via incidentd\n", "GHSA-cpwx-vrp4-4pq7"),
        ("click>=8 \\\n    --hash=sha256:aa\n    # via incidentd\n", "is not pinned to one version"),
        ("click==8.3.0\n    # via incidentd\n", "has no hash"),
        ("click==8.3.0 \\\n    --hash=sha256:aa\n", "nothing says who wants it"),
        ("click==1.0 \\\n    --hash=sha256:aa\n    # via incidentd\n", "1.0 is pinned"),
        ("no-such-package==1.0 \\\n    --hash=sha256:aa\n    # via incidentd\n", "is not installed"),
    ],
)
def test_a_planted_fault_is_found(audit, pin, told):
    assert any(told in one for one in audit.problems(audit.pins(pin), KNOWN))


def test_a_withdrawn_version_is_found_and_an_accepted_weakness_is_not_told(audit):
    [pin] = audit.pins("Jinja2==3.1.5 \\\n    --hash=sha256:aa\n    # via incidentd\n")
    yanked = {**KNOWN, "yanked": [{"package": "jinja2", "versions": ["3.1.5"], "text": "a mistake"}]}
    assert any("was withdrawn: a mistake" in one for one in audit.problems([pin], yanked))
    accepted = {**KNOWN, "accepted": [{"id": "GHSA-cpwx-vrp4-4pq7", "why": "no template comes from outside"}]}
    assert not any("GHSA" in one for one in audit.problems([pin], accepted))


def test_a_report_of_pip_audit_is_taken_over(audit):
    report = {
        "dependencies": [
            {"name": "aiohttp", "version": "3.14.5", "vulns": []},
            {
                "name": "click",
                "version": "8.3.0",
                "vulns": [{"id": "GHSA-test", "fix_versions": ["8.3.1"], "description": "runs\ncode"}],
            },
        ]
    }
    made = audit.refreshed(KNOWN, report)
    assert {"id": "GHSA-test", "package": "click", "affected": "<8.3.1", "text": "runs code"} in made["advisories"]
    assert len(made["advisories"]) == len(KNOWN["advisories"]) + 1
    assert made["source"] == "pip-audit"


def test_what_the_advisory_database_says_of_a_pin_is_taken_over(audit):
    events = [{"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "2.0"}, {"last_affected": "2.3"}]
    ranges = [{"type": "GIT", "events": [{"fixed": "abc"}]}, {"type": "ECOSYSTEM", "events": events}]
    document = {
        "id": "PYSEC-0-1",
        "aliases": ["CVE-0-1", "GHSA-new"],
        "affected": [{"package": {"name": "Click"}, "ranges": ranges}],
    }
    withdrawn = {**document, "id": "PYSEC-0-2", "aliases": [], "withdrawn": "2026-01-01"}
    strange = {**document, "id": "PYSEC-0-3", "aliases": [], "affected": [{"package": {"name": "other"}}]}
    known = audit.from_database(KNOWN, [document, withdrawn, strange], {"click"}, "2026-01-02")
    [made] = [one for one in known["advisories"] if one not in KNOWN["advisories"]]
    assert made == {
        "id": "GHSA-new", "package": "click", "affected": "<1.2 || >=2.0,<=2.3", "text": "CVE-0-1, PYSEC-0-1",
    }  # fmt: skip
    affected = [version for version in ("1.1", "1.2", "2.0", "2.3", "2.4") if audit.affects(made, version)]
    assert affected == ["1.1", "2.0", "2.3"]
    assert known["checked"] == "2026-01-02"
    assert audit.from_database(known, [document], {"click"}, "2026-01-02") == known, "once"
