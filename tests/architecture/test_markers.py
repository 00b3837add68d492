"""Tests against real programs lie where `make test-e2e` looks for them, and `make test` does not."""

import re


def test_tests_against_real_programs_lie_in_directories_of_their_own(source):
    makefile = (source.root / "Makefile").read_text(encoding="utf-8")
    real = re.search(r"^REAL := (.+)$", makefile, re.M)
    assert real is not None
    directories = real[1].split()
    marked = [
        path.relative_to(source.root).as_posix()
        for path in source.modules("tests")
        if re.search(r"\bmark\.(e2e|systemd)\b", path.read_text(encoding="utf-8"))
    ]
    assert {name.rpartition("/")[0] for name in marked} == set(directories)
