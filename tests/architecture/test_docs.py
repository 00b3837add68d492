"""The documentation's own tools: a dead link is found, and the reference pages match the code."""

import importlib.util
import subprocess
import sys

import pytest


@pytest.fixture
def links(source):
    spec = importlib.util.spec_from_file_location("docs_links", source.root / "docs" / "links.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_dead_link_is_found(links, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "there.md").write_text("# There it is\n\n```\n[in](code.md)\n```\n`[in](code.md)`\n")
    (tmp_path / "page.md").write_text(
        "[good](docs/there.md) [good](docs/there.md#there-it-is) [good](https://example.org/x)\n"
        "[bad](docs/missing.md) [bad](docs/there.md#nowhere) ![bad](picture.png)\n"
    )
    assert links.dead(tmp_path) == [
        "page.md: docs/missing.md: no such file",
        "page.md: docs/there.md#nowhere: no such heading",
        "page.md: picture.png: no such file",
    ]


def test_pages_match_the_code_and_every_link_leads_somewhere(source):
    done = subprocess.run(
        [sys.executable, source.root / "docs" / "build.py", "--check"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
