"""`incidentctl review section` and `review document`."""

from typing import Any

import msgspec
import pytest

from incidentd.wire import review_documents as wire_documents

REVIEW = "/v1/incidents/4/review"
ESCAPES = "x\x1b[2J\u202ey"


def text(name="summary", **more):
    values: dict[str, Any] = {
        "title": "Summary",
        "guide": "What happened",
        "external": False,
        "text": "",
        "draft": "",
        "version": 0,
    } | more
    return wire_documents.ReviewSection(name=name, **values)


def sections(*some):
    return wire_documents.ReviewSections(incident_id=4, sections=some)


def document(**more):
    values: dict[str, Any] = {
        "format": wire_documents.FORMAT, "document": "internal", "title": ESCAPES, "name": "Retro",
        "reference": "INC-4", "facts": (), "sections": (), "foot": "",
    }  # fmt: skip
    return lambda at: wire_documents.ReviewDocument(made_at=at, **values | more)


def test_sections_are_listed_shown_written_and_removed(api, run, monkeypatch):
    path = f"{REVIEW}/sections"
    api.on("GET", path, sections(text(text="", draft=ESCAPES), text("what_happened", text="one", version=3)))
    api.on("PUT", path, text(text="x", version=1))
    assert "summary        a draft" in run("review", "section", "4").out
    assert "what_happened  written" in run("review", "section", "4").out
    shown = run("review", "section", "4", "summary").out
    assert "the records offer:\nx␛[2J<U+202E>y" in shown
    assert run("review", "section", "4", "what-happened").out.endswith("\none\n")
    assert run("review", "section", "4", "what-happened", "--json").json["version"] == 3
    assert run("review", "section", "4", "summary", "two words").out == "INC-4: summary is written\n"
    assert api.asked[-1].body == {"name": "summary", "text": "two words", "version": 0}
    assert run("review", "section", "4", "what_happened", "--clear").out == "INC-4: what_happened is removed\n"
    assert api.asked[-1].body == {"name": "what_happened", "text": "", "version": 3}
    run("review", "section", "4", "summary", "--draft")
    assert api.asked[-1].body["text"] == ESCAPES
    seen = []

    def edit(given, extension):
        seen.append(given)
        return given.replace(ESCAPES, "mine", 1)

    monkeypatch.setattr("click.edit", edit)
    run("review", "section", "4", "summary", "--edit")
    assert "# Summary: What happened" in seen[0]
    assert api.asked[-1].body["text"] == "mine"
    assert "is as it was" in run("review", "section", "4", "what_happened", "one").out


def test_a_section_that_there_is_not_is_named_with_those_that_there_are(api, run):
    api.on("GET", f"{REVIEW}/sections", sections(text(), text("hard")))
    done = run("review", "section", "4", "rca", "x")
    assert done.code == 2
    assert "one of summary, hard" in done.err
    assert run("review", "section", "4", "summary", "x", "--clear").code == 2
    assert "which one?" in run("review", "section", "4", "--clear").err


@pytest.mark.parametrize(
    ("options", "query", "name"),
    [
        ((), "kind=internal&format=markdown", "retro-of-ours-inc-4.md"),
        (("--html",), "kind=internal&format=html", "retro-of-ours-inc-4.html"),
        (("--html", "--external"), "kind=external&format=html", "retro-of-ours-inc-4-external.html"),
    ],
)
def test_a_document_is_printed_or_saved_under_the_name_of_the_review(
    api, run, answer, canned, tmp_path, options, query, name
):
    api.on("GET", f"{REVIEW}/document", answer(200, f"# {ESCAPES}\n".encode(), "text/markdown"))
    api.on("GET", "/v1/info", msgspec.structs.replace(canned.info(), review_name="Retro of/ours"))
    assert run("review", "document", "4", *options).out == "# x␛[2J<U+202E>y\n"
    assert api.asked[0].target == f"{REVIEW}/document?{query}"
    done = run("review", "document", "4", *options, "-o", str(tmp_path))
    assert done.out == f"written to {tmp_path}/{name}\n"
    assert (tmp_path / name).read_text() == "# x␛[2J<U+202E>y\n"
    missing = run("review", "document", "4", "-o", str(tmp_path / "none" / "x.md"))
    assert missing.code == 6
    assert "No such file" in missing.err


def test_a_document_as_json_is_what_the_daemon_sent(api, run, canned):
    api.on("GET", f"{REVIEW}/document", document()(canned.at))
    assert run("review", "document", "4", "--json").json["name"] == "Retro"
    assert api.asked[-1].target.endswith("format=json")
