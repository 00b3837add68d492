"""The upgrade notes name every version of the changelog, and every schema belongs to one of them."""

import re

from incidentd.storage.migrate import HEAD

ROW = re.compile(r"^\| (\[Unreleased\]|\d+\.\d+\.\d+) \| (\d{4}) (?:and on|- (\d{4})) \|", re.MULTILINE)


def test_every_version_has_its_notes_and_every_schema_its_version(source):
    text = (source.root / "docs" / "upgrading.md").read_text(encoding="utf-8")
    changelog = (source.root / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\[Unreleased\]|\[?\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    rows = ROW.findall(text)
    assert [one.strip("[]") for one, *_ in rows] == [one.strip("[]") for one in versions]
    assert all(f"\n### {one}\n" in text for one, *_ in rows)
    oldest_first = rows[::-1]
    begins = [int(first) for _, first, _ in oldest_first]
    ends = [int(last) if last else int(HEAD) for *_, last in oldest_first]
    assert begins[0] == 1
    assert begins[1:] == [end + 1 for end in ends[:-1]]
    assert ends[-1] >= int(HEAD)
