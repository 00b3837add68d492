"""`make audit`: whether what is pinned may be used. Asks no network: it reads the pins, what is installed, and a list.

requirements/advisories.json is a snapshot for exactly our packages: `checked` (the day of its last refresh), `source`
(who says so), `advisories` (`id`, `package`, `affected` as a version specifier, `text`), `yanked` (`package`,
`versions`, `text`), `accepted` (`id`, `why`), and `licences` of those that state none themselves. With a network at
hand, `requirements/audit.py --refresh REPORT` takes over what `pip-audit -r requirements/dev.txt --format json` found;
people read what changed before they commit it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

HERE = Path(__file__).parent
PINS, ADVISORIES = HERE / "dev.txt", HERE / "advisories.json"
_PIN = re.compile(r"^(?P<requirement>[^\s#].*?)\s*\\?$")
_FREE = (
    "mit", "bsd", "apache", "isc", "psf", "python software", "mpl", "mozilla", "lgpl", "lesser general", "unlicense",
    "zlib", "cc0", "public domain", "zpl", "0bsd", "postgresql",
    "redistribution and use in source and binary forms", "permission is hereby granted, free of charge",
)  # fmt: skip


class Pin:
    """One entry of the file of pins."""

    def __init__(self, line: str) -> None:
        self.requirement = Requirement(line)
        self.name = canonicalize_name(self.requirement.name)
        self.hashes = 0
        self.wanted_by = False

    @property
    def version(self) -> str:
        """The one version, "" where the pin leaves a choice."""
        found = list(self.requirement.specifier)
        return found[0].version if len(found) == 1 and found[0].operator == "==" else ""

    @property
    def applies(self) -> bool:
        """Whether this interpreter and system need it."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def pins(text: str) -> list[Pin]:
    """The entries of a file as `uv pip compile --generate-hashes` writes it."""
    found: list[Pin] = []
    for line in text.splitlines():
        if line.lstrip().startswith("--hash=sha256:"):
            found[-1].hashes += 1
        elif line.lstrip().startswith("#"):
            if found:
                found[-1].wanted_by = True
        elif match := _PIN.match(line):
            found.append(Pin(match["requirement"]))
    return found


def problems(found: list[Pin], known: Mapping[str, Any]) -> Iterator[str]:
    """Everything that speaks against the pins, in words."""
    accepted = {one["id"] for one in known["accepted"]}
    for pin in found:
        if not pin.version:
            yield f"{pin.name}: is not pinned to one version"
            continue
        if not pin.hashes:
            yield f"{pin.name}: has no hash"
        if not pin.wanted_by:
            yield f"{pin.name}: nothing says who wants it"
        for one in known["advisories"]:
            affected = canonicalize_name(one["package"]) == pin.name and pin.version in SpecifierSet(one["affected"])
            if affected and one["id"] not in accepted:
                yield f"{pin.name} {pin.version}: {one['id']}: {one['text']}"
        for one in known["yanked"]:
            if canonicalize_name(one["package"]) == pin.name and pin.version in one["versions"]:
                yield f"{pin.name} {pin.version}: was withdrawn: {one['text']}"
        if pin.applies:
            yield from installed_problems(pin, known["licences"].get(pin.name, ""))


def installed_problems(pin: Pin, licence: str) -> Iterator[str]:
    """What speaks against what is installed for a pin; `licence` is what somebody found out about it."""
    try:
        there = metadata.distribution(pin.name)
    except metadata.PackageNotFoundError:
        yield f"{pin.name}: is not installed: run make venv"
        return
    if there.version != pin.version:
        yield f"{pin.name}: {there.version} is installed, {pin.version} is pinned: run make venv"
    licence = licence or licence_of(there)
    if not any(word in licence.lower() for word in _FREE):
        yield f"{pin.name}: its licence is {licence or 'not stated'}: may it be used?"


def licence_of(there: metadata.Distribution) -> str:
    """What a distribution says of its licence."""
    said = there.metadata
    classifiers = [one for one in said.get_all("Classifier") or () if one.startswith("License ::")]
    named = said.get("License-Expression") or said.get("License") or ""
    stated = " ".join([named.strip().partition("\n")[0], *classifiers]).strip()
    return stated or " ".join(" ".join(text.split())[:2000] for text in _licence_files(there))


def _licence_files(there: metadata.Distribution) -> Iterator[str]:
    for file in there.files or ():
        if file.name.lower().startswith(("licen", "copying")):
            yield file.read_text()


def refreshed(known: dict[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    """`known` with what pip-audit reports; what it does not report any more stays, for older pins."""
    listed = {(one["package"], one["id"]): one for one in known["advisories"]}
    for package in report["dependencies"]:
        for one in package.get("vulns", ()):
            fixed = max(one.get("fix_versions", ()), key=Version, default="")
            affected = f"<{fixed}" if fixed else f"=={package['version']}"
            text = " ".join(one.get("description", "").split())[:200]
            found = {"id": one["id"], "package": package["name"], "affected": affected, "text": text}
            listed[package["name"], one["id"]] = found
    ordered = [listed[key] for key in sorted(listed)]
    return {**known, "checked": f"{datetime.now(UTC):%Y-%m-%d}", "source": "pip-audit", "advisories": ordered}


def main() -> int:
    """The exit code: 1 when something speaks against a pin."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pins", type=Path, default=PINS)
    parser.add_argument("--refresh", type=Path, metavar="REPORT", help="of pip-audit, as JSON")
    given = parser.parse_args()
    known = json.loads(ADVISORIES.read_text(encoding="utf-8"))
    if given.refresh is not None:
        known = refreshed(known, json.loads(given.refresh.read_text(encoding="utf-8")))
        ADVISORIES.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    found = pins(given.pins.read_text(encoding="utf-8"))
    wrong = list(problems(found, known))
    for line in wrong:
        print(line)
    print(f"{len(found)} pins, {len(wrong)} problems; advisories as of {known['checked']} ({known['source']})")
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main())
