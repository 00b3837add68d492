"""Templates of a team: in a sandbox, tried before they are needed, with faults that name file and line."""

import re
import subprocess
import sys

import pytest

from incidentd.configuration import review_templates
from incidentd.configuration.documents import Document
from incidentd.configuration.named_files import OnDisk
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.configuration.review_templates import BadTemplate, render, tried
from incidentd.domain.review_sample import EXTERNAL, INTERNAL


def fault(text, name="internal.md"):
    with pytest.raises(BadTemplate) as found:
        render(name, INTERNAL, {name: text})
    return found.value


def test_the_built_in_ones_hold_everything_that_there_can_be():
    assert tried({}) == ()
    for document in (INTERNAL, EXTERNAL):
        text = render(f"{document.document}.html", document, {})
        assert "Look &lt;here&gt; &amp; there" in text
        assert "Look \\<here\\> \\& there" in render(f"{document.document}.md", document, {})


def test_a_team_writes_its_own_and_what_it_puts_out_is_escaped():
    part = "# {{ document.title }}"
    own = {"internal.md": "{% include 'head.md' %}: {{ '<b>' }} {{ document.facts[0].text }}", "head.md": part}
    assert render("internal.md", INTERNAL, own) == "# A sample: \\<b\\> SEV2\n"
    assert (
        render("internal.html", INTERNAL, {"internal.html": "{{ '<b>' }}{{ 'a`b`' | line }}"})
        == "&lt;b&gt;a<code>b</code>\n"
    )
    assert "p{color:red}" in render("internal.html", INTERNAL, {"style.css": "p{color:red}"})


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a\n{{ document.title", 2, "unexpected end of template"),
        ("a\n\n{{ document.nothing }}", 3, "has no attribute 'nothing'"),
        ("{{ nothing }}", 1, "'nothing' is undefined"),
        ("{{ document.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ ''.__class__ }}", 1, "unsafe"),
        ("{{ 'a' * 1000000000 }}", 1, "is for numbers"),
        ("{{ 2 ** 100000 }}", 1, "is for numbers"),
        ("{% for a in range(9) %}{% endfor %}", 1, "'range' is undefined"),
        ("{% include '../../etc/passwd' %}", 1, "passwd"),
        ("{{ document.title | block }}", 1, "Expected"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("{{ document.sections.append(1) }}", 1, "has no attribute"),
    ],
)
def test_a_template_reaches_nothing_and_says_where_it_fails(text, line, what):
    found = fault(text)
    assert what in str(found)
    assert (found.name, found.line) == ("internal.md", line)


def test_a_fault_in_a_part_names_the_part():
    with pytest.raises(BadTemplate) as found:
        render("internal.md", INTERNAL, {"internal.md": "{% include 'part.md' %}", "part.md": "\n{{ nothing }}"})
    assert (found.value.name, found.value.line) == ("part.md", 2)


def test_what_a_template_puts_out_is_bounded(monkeypatch):
    monkeypatch.setattr(review_templates, "LONGEST", 100)
    text = "{% for a in document.title %}{% for b in document.title %}ab{% endfor %}{% endfor %}"
    assert "more than 100 characters" in str(fault(text))


# ------------------------------------------------------------------ in the process file
def process(directory, text):
    file = directory / "process.toml"
    file.write_text(text)
    return read_process(Document.read(file), None, OnDisk(directory))


def test_the_process_holds_the_templates_and_has_another_version_with_them(tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "internal.md").write_text("{{ document.title }}")
    (tmp_path / "ours" / ".internal.md.swp").write_bytes(b"\xff")
    plain = process(tmp_path, "[review]\n")
    own = process(tmp_path, '[review]\nnames = "names"\ntemplates = "ours"\n')
    assert own.review_papers.templates == {"internal.md": "{{ document.title }}"}
    assert (plain.review_papers.names, own.review_papers.names) == ("roles", "names")
    assert plain.version != own.version
    assert read_process(Document.read(tmp_path / "process.toml"), None).review_papers.templates == {}


def test_faults_name_the_file_and_the_line(tmp_path):
    (tmp_path / "ours").mkdir()
    broken = tmp_path / "ours" / "external.html"
    broken.write_text("<p>\n{{ document.titel }}")
    with pytest.raises(ConfigurationError) as found:
        process(tmp_path, '[review]\ntemplates = "ours"\n')
    (one,) = found.value.faults
    assert (one.file, one.line) == (str(broken), 2)
    assert "titel" in one.what
    assert "review template external.html" in one.remedy
    broken.write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="is not UTF-8"):
        process(tmp_path, '[review]\ntemplates = "ours"\n')
    with pytest.raises(ConfigurationError, match=re.escape("review.templates")) as missing:
        process(tmp_path, '[review]\ntemplates = "theirs"\n')
    assert missing.value.faults[0].line == 2


LEARNED_LATER = """
import sys
from incidentd.configuration.review_templates import INTERNAL, render

called = set()
sys.setprofile(lambda frame, event, arg: called.add((frame.f_globals.get("__name__"), frame.f_code.co_name)))
render("internal.md", INTERNAL, {})
sys.setprofile(None)
assert any(name == "render" for _, name in called)
print([name for module, name in called if module == "msgspec._utils"])
"""


def test_nothing_is_learned_of_structs_in_the_threads_that_render():
    """msgspec crashes when two threads learn the same structs at once, and a document is rendered in two forms."""
    done = subprocess.run([sys.executable, "-c", LEARNED_LATER], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
