"""`incidentctl lint`: any Markdown file, without a daemon."""

import json
import tomllib
from pathlib import Path

import click
import pytest
import yaml  # type: ignore[import-untyped]

from incidentd.cli import ctl

ROOT = Path(__file__).parents[3]


@pytest.fixture
def review(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "revue é.md"
    path.write_text("# Human error\n\nZoë and Ada\nfailed to ask \x1b[31m. See the post-mortem.\n", encoding="utf-8")
    return path.name


def test_a_finding_is_one_line_with_its_suggestion_below(api, run, review):
    done = run("lint", review, "--name", "Incident Retro")
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0].startswith(f"{review}:4:1: human-failure “failed to ask” It says")
    assert lines[1].startswith("    What did they see")
    assert lines[2].startswith(f"{review}:4:30: review-name “post-mortem” ")
    assert lines[3] == "    Call it Incident Retro."
    assert lines[4] == "2 findings in 1 file."
    assert api.asked == []


def test_nothing_found_is_success(run, tmp_path):
    (tmp_path / "a.md").write_text("The pod failed to start.")
    assert run("lint", str(tmp_path / "a.md"))[:2] == (0, "Nothing found.\n")
    assert run("--quiet", "lint", str(tmp_path / "a.md"))[:2] == (0, "")


def test_standard_input_and_what_is_no_markdown(run):
    assert run("lint", "-", stdin=b"# human error").code == 0
    done = run("lint", "--plain", "-", stdin=b"# human error")
    assert (done.code, done.out.partition(" ")[0]) == (1, "<stdin>:1:3:")


def test_a_rule_can_be_left_out(run, review):
    assert run("lint", review, "--disable", "human-failure", "--disable", "review-name").code == 0


def test_json_and_sarif_say_the_same(run, review):
    done = run("lint", "--json", review)
    said = json.loads(done.out)
    assert (done.code, said["files"], done.out.isascii()) == (1, [review], True)
    assert [(one["rule"], one["line"], one["column"]) for one in said["findings"]] == [
        ("human-failure", 4, 1), ("review-name", 4, 30),
    ]  # fmt: skip
    assert json.loads(run("--json", "lint", review).out) == said
    sarif = json.loads(run("lint", "--sarif", review).out)
    (ran,) = sarif["runs"]
    rules = ran["tool"]["driver"]["rules"]
    assert (sarif["version"], ran["columnKind"], len(ran["results"])) == ("2.1.0", "unicodeCodePoints", 2)
    assert ran["artifacts"] == [{"location": {"uri": "revue%20%C3%A9.md"}}]
    for result, one in zip(ran["results"], said["findings"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == one["rule"]
        assert result["message"]["text"] == f"{one['message']} {one['suggestion']}"
        assert result["level"] == "note"
        (place,) = (where["physicalLocation"] for where in result["locations"])
        assert place["artifactLocation"] == {"uri": "revue%20%C3%A9.md", "index": 0}
        region = place["region"]
        assert (region["startLine"], region["startColumn"]) == (one["line"], one["column"])
        assert (region["endLine"], region["endColumn"]) == (one["line"], one["column"] + len(one["text"]))
        assert region["charLength"] == len(region["snippet"]["text"]) == one["end"] - one["start"]


def test_a_region_over_two_lines_ends_on_the_second(run):
    sarif = json.loads(run("lint", "--sarif", "-", stdin=b"It was human\n  error.").out)
    region = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert [region[key] for key in ("startLine", "startColumn", "endLine", "endColumn")] == [1, 8, 2, 8]


def test_files_that_cannot_be_read_are_named_and_the_others_linted(run, review, tmp_path):
    (tmp_path / "latin.md").write_bytes(b"fine\nna\xefve\n")
    done = run("lint", "missing.md", "latin.md", review, ".")
    assert done.code == 2
    assert done.err.splitlines() == [
        "incidentctl: missing.md: No such file or directory — name Markdown files",
        "incidentctl: latin.md:2: is not UTF-8 — save it as UTF-8",
        "incidentctl: .: Is a directory — name Markdown files",
    ]
    assert "2 findings in 1 file." in done.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--disable", "humor"], ["no rule humor", "--disable", "counterfactual"]),
        (["--language", "tlh"], ["no lexicon for tlh", "--language", "there is en"]),
        (["--lexicon", "none.toml"], ["none.toml: No such file"]),
        (["--lexicon", "bad.toml"], ["bad.toml:1: a: unknown key", "bad.toml:2: b: unknown key — there is language"]),
    ],
)
def test_a_wrong_command_line_or_lexicon_says_what_to_do(run, review, tmp_path, words, says):
    (tmp_path / "bad.toml").write_text("a = 1\nb = 2\n")
    done = run("lint", review, *words)
    assert (done.code, done.out) == (2, "")
    assert [one for one in says if one not in done.err] == []


def test_own_words_stand_on_top(run, review, tmp_path):
    (tmp_path / "own.toml").write_text(
        '[rules.human-failure]\noff = true\n[rules.review-name]\ndrop = ["post-mortem"]\n'
    )
    assert run("lint", review, "--lexicon", "own.toml").code == 0


def test_the_hook_of_pre_commit_is_a_command_that_exists():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, command = hook["entry"].split()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert (hook["id"], hook["language"]) == ("incident-language", "python")
    assert program in scripts
    assert command in ctl.cli.list_commands(click.Context(ctl.cli))
