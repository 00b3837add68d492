"""`incidentctl audit`: to a file, and back without a daemon."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from incidentd.domain.audit import GENESIS, link

DOCUMENT = Path(__file__).parents[3] / "docs" / "incidents.md"


@pytest.fixture
def file(api, run, canned, tmp_path):
    """A whole export, written by the command."""
    audit = canned.audit()
    digest = link(GENESIS, audit.records[0].event)
    record = {"n": 1, "hash": digest, "event": audit.records[0].event}
    body = json.loads(json.dumps({"records": [record], "count": 1, "head": digest}))
    api.on("GET", "/v1/incidents/4/audit", {**_built(audit), **body})
    path = tmp_path / "INC-4.jsonl"
    done = run("audit", "export", "4", "-o", str(path))
    assert (done.code, done.out) == (0, f"INC-4: 1 records, head {digest}\n")
    return path


def _built(audit):
    return {"incident_id": 4, "format": audit.format, "exported_at": "2024-03-14T09:26:53Z"}


def test_a_file_is_verified_without_a_daemon(file, api, run):
    api.stop()
    digest = json.loads(file.read_text().splitlines()[1])["hash"]
    done = run("audit", "verify", str(file))
    assert done.code == 0
    assert "INC-4: 1 records, each follows" in done.out
    assert "give --head" in done.out
    assert "is that of record 1" in run("audit", "verify", str(file), "--head", digest.upper()).out
    assert run("audit", "verify", str(file), "--json").json == {
        "incident_id": 4, "count": 1, "head": digest, "noted_at": None,
    }  # fmt: skip


def test_a_broken_file_says_where_and_exits_with_1(file, run):
    file.write_text(file.read_text().replace("plain", "pla1n", 1))
    done = run("audit", "verify", str(file))
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("incidentctl: record 1 is not what was hashed")
    assert "remedy: compare it" in done.err
    file.write_bytes(b"\xff\x1b[2J\n")
    done = run("audit", "verify", str(file))
    assert done.code == 1
    assert "\x1b" not in done.err
    assert run("audit", "verify", str(file), "--head", "\x1b[2J").code == 1
    assert run("audit", "verify", str(file.with_name("none"))).code == 2


def test_the_lines_in_the_documentation_check_a_file(file):
    script = re.search(r"```python\n(import hashlib.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1]
    for text, code in ((file.read_text(), 0), (file.read_text().replace("plain", "pla1n", 1), 1)):
        done = subprocess.run([sys.executable, "-c", script], check=False, input=text, text=True, capture_output=True)
        assert done.returncode == code


@pytest.mark.parametrize(("form", "kind"), [("markdown", "text/markdown"), ("ics", "text/calendar")])
def test_an_incident_is_written_for_people_and_calendars(form, kind, api, run, answer, tmp_path):
    api.on("GET", "/v1/incidents/4/export", answer(200, "# INC-4: caf\u00e9 \x1b[2J\r\n".encode(), kind))
    done = run("incident", "export", "4", "--format", form)
    assert (done.code, api.asked[-1].target) == (0, f"/v1/incidents/4/export?format={form}")
    assert "# INC-4: caf\u00e9" in done.out
    assert "\x1b" not in done.out
    path = tmp_path / "INC-4"
    assert run("incident", "export", "4", "--format", form, "-o", str(path)).code == 0
    assert path.read_bytes().startswith("# INC-4: caf\u00e9 ␛[2J\r\n".encode())
    api.on("GET", "/v1/incidents/4/export", answer(200, b"\xff", kind))
    assert run("incident", "export", "4", "--format", form, "-o", str(path)).code == 6
    assert path.read_text(encoding="utf-8").startswith("# INC-4")  # what was there stays
