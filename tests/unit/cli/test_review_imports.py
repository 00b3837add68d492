"""`incidentctl review import`: files and directories, each told of, refused ones with their line."""

import json
from typing import Any

import pytest

from incidentd import wire
from incidentd.wire import library_import as wire_import

IMPORT = "/v1/library/import"


def imported(**changes):
    values: dict[str, Any] = {
        "name": "reviews/a.md", "outcome": "created", "dry_run": False, "incident_id": 4, "title": "503 \x1b[31m",
        "factors": 2, "learnings": 1, "actions": 0, "entries": 3, "withdrawn": 0,
        "notes": (wire_import.ImportNote(line=3, text="draft is not carried over"),), "diff": "",
    }  # fmt: skip
    return wire_import.ImportedReview(**values | changes)


@pytest.fixture
def reviews(tmp_path):
    directory = tmp_path / "reviews"
    directory.mkdir()
    for name in ("a", "b"):
        (directory / f"{name}.md").write_text(f"# {name}", encoding="utf-8")
    return directory


def test_a_directory_is_imported_file_by_file_under_names_that_stay(api, run, reviews):
    api.on("POST", IMPORT, imported())
    done = run("review", "import", str(reviews), "--severity", "sev3", "--actions", "done")
    assert done.code == 0
    assert [one.body["name"] for one in api.asked] == ["reviews/a.md", "reviews/b.md"]
    assert api.asked[0].body["severity"] == "SEV3"
    assert (api.asked[0].body["actions"], api.asked[0].body["category"]) == ("done", None)
    assert "new: 2 factors, 1 learning, 3 times" in done.out
    assert "3: draft is not carried over" in done.out
    assert done.out.splitlines()[-1] == "2 files: 2 created"
    assert "\x1b" not in done.out


def test_what_changed_and_what_would_come_of_it_is_shown(api, run, reviews):
    api.on("POST", IMPORT, imported(outcome="updated", dry_run=True, withdrawn=1, diff="-a\n+b"))
    done = run("review", "import", str(reviews / "a.md"), "--dry-run")
    assert "would be updated, INC-4" in done.out
    assert "withdrawn: 1" in done.out
    assert "  | -a\n  | +b\n" in done.out
    assert run("review", "import", str(reviews / "a.md"), "--json").json[0]["diff"] == "-a\n+b"


def test_a_refused_file_is_told_with_its_line_and_the_others_go_on(api, run, reviews):
    (reviews / "c.md").write_bytes(b"# c\n\xff")
    problem = wire.Problem(
        type="about:blank", title="Invalid", status=400, detail="line 7: severity: 'x' is none", field="text",
        remedy="write SEV1",
    )  # fmt: skip
    api.on("POST", IMPORT, problem, status=400)
    done = run("review", "import", str(reviews), str(reviews / "missing.md"))
    assert done.code == 2
    assert f"{reviews}/a.md:7: severity: 'x' is none — write SEV1" in done.err
    assert f"{reviews}/c.md:2: is no UTF-8 — save it as UTF-8" in done.err
    assert "missing.md: cannot be read: No such file" in done.err
    assert done.out.splitlines()[-1] == "4 files: 4 refused"
    assert json.loads(run("review", "import", str(reviews), "--json").out) == []
