"""`incidentctl review check`, `publish`, `history` and `template`."""

from importlib import resources
from typing import Any

import msgspec
import pytest

from incidentd.wire import review_documents as wire_documents

REVIEW = "/v1/incidents/4/review"
ESCAPES = "x\x1b[2J\u202ey"
SHOWN = "x␛[2J<U+202E>y"


def checklist(*checks, **more):
    ready = not any(one.refuses for one in checks)
    values: dict[str, Any] = {"incident_id": 4, "document": "internal", "seen": "5eed", "language": {}} | more
    return wire_documents.ReviewChecklist(checks=checks, ready=ready, **values)


@pytest.fixture
def published(canned):
    def make(**more):
        values: dict[str, Any] = {
            "number": 2, "incident_id": 4, "document": "internal", "at": canned.at, "by": ESCAPES, "title": ESCAPES,
            "checks": (),
            "changes": (wire_documents.SectionChange(section=ESCAPES, added=(ESCAPES,), removed=("old",)),),
        }  # fmt: skip
        return wire_documents.PublishedDocument(**values | more)

    return make


def test_what_refuses_is_marked_and_each_check_says_what_to_do(api, run):
    check = wire_documents.ReviewCheck(rule="source", text=ESCAPES, remedy="incidentctl impact claim INC-4")
    refusing = msgspec.structs.replace(check, text="three are wanted", refuses=True)
    api.on("GET", f"{REVIEW}/checks", checklist(refusing, check, language={"hindsight": 2}))
    done = run("review", "check", "4")
    assert done.out.splitlines() == [
        "x three are wanted", "    incidentctl impact claim INC-4", f"? {SHOWN}", "    incidentctl impact claim INC-4",
        "wording: hindsight 2", "It cannot be published yet: 1 of 2 have to be mended.",
    ]  # fmt: skip
    assert api.asked[-1].target == f"{REVIEW}/checks?kind=internal"
    api.on("GET", f"{REVIEW}/checks", checklist(check))
    assert run("review", "check", "4", "--external").out.endswith("It can be published; the rest is yours to judge.\n")
    assert api.asked[-1].target == f"{REVIEW}/checks?kind=external"
    api.on("GET", f"{REVIEW}/checks", checklist())
    assert run("review", "check", "4").out == "It can be published; nothing was found.\n"
    assert run("review", "check", "4", "--json").json["seen"] == "5eed"


def test_publishing_says_what_changed_and_a_refusal_what_lacks(api, run, published):
    api.on("POST", f"{REVIEW}/publish", published())
    assert run("review", "publish", "4", "--seen", "5eed").out == (
        f"INC-4: published as document 2; changed: {SHOWN}\n"
    )
    assert api.asked[-1].body == {"kind": "internal", "seen": "5eed"}
    assert run("review", "publish", "4", "--external", "-q").out == ""
    assert api.asked[-1].body == {"kind": "external", "seen": ""}
    api.refuse("POST", f"{REVIEW}/publish", 409, "two categories", field="factors", remedy="incidentctl review factor")
    refused = run("review", "publish", "4")
    assert refused.code != 0
    assert "two categories" in refused.err
    assert "incidentctl review factor" in refused.err


def test_versions_are_listed_compared_and_shown_as_they_were(api, run, answer, published, canned, tmp_path):
    both = wire_documents.PublishedDocuments(incident_id=4, documents=(published(), published(number=1, changes=())))
    api.on("GET", f"{REVIEW}/documents", both)
    lines = run("review", "history", "4").out.splitlines()
    assert [line.split()[0] for line in lines] == ["#", "2", "1"]
    assert f"- old\n+ {SHOWN}\n" in run("review", "history", "4", "--changes").out
    assert len(run("review", "history", "4", "--json").json["documents"]) == 2
    api.on("GET", f"{REVIEW}/documents/2", answer(200, f"# {ESCAPES}\n".encode(), "text/html"))
    assert run("review", "history", "4", "2", "--html").out == f"# {SHOWN}\n"
    assert api.asked[-1].target == f"{REVIEW}/documents/2?format=html"
    api.on("GET", "/v1/info", canned.info())
    run("review", "history", "4", "2", "-o", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["plain-inc-4.md"]
    text = wire_documents.PublishedText(published=published(), markdown="# x", body=None)
    api.on("GET", f"{REVIEW}/documents/2", text)
    assert run("review", "history", "4", "2", "--json").json["markdown"] == "# x"
    api.on("GET", f"{REVIEW}/documents", wire_documents.PublishedDocuments(incident_id=4, documents=()))
    assert run("review", "history", "4").out == "Nothing was published yet.\n"


def test_a_template_is_printed_without_a_daemon(api, run, tmp_path):
    built_in = (resources.files("incidentd") / "review_templates" / "internal.md").read_text()
    assert run("review", "template", "internal.md").out == built_in
    assert run("review", "template", "internal.md", "-o", str(tmp_path / "internal.md")).code == 0
    assert (tmp_path / "internal.md").read_text() == built_in
    assert run("review", "template", "style.css", "--json").json["name"] == "style.css"
    assert run("review", "template", "other.md").code == 2
    assert api.asked == []
