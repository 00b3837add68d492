"""`make audit`: whether what is pinned may be used. Asks no network: it reads the pins, what is installed, and a list.

requirements/advisories.json is a snapshot for exactly our packages: `checked` (the day of its last refresh), `source`
(who says so), `advisories` (`id`, `package`, `affected` as version specifiers with "||" between, `text`), `yanked`
(`package`, `versions`, `text`), `accepted` (`id`, `why`), and `licences` of those that state none themselves. With a
network at hand, `requirements/audit.py --refresh REPORT` takes over what `pip-audit -r requirements/dev.txt --format
json` found, and `requirements/audit.py --database DIRECTORY --as-of DAY` all that a checkout of the Python Packaging
Advisory Database says of what is pinned (DAY is that of its newest commit): id, package and versions. People read what
changed before they commit it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
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
            if (
                canonicalize_name(one["package"]) == pin.name
                and one["id"] not in accepted
                and affects(one, pin.version)
            ):
                yield f"{pin.name} {pin.version}: {one['id']}: {one['text']}"
        for one in known["yanked"]:
            if canonicalize_name(one["package"]) == pin.name and pin.version in one["versions"]:
                yield f"{pin.name} {pin.version}: was withdrawn: {one['text']}"
        if pin.applies:
            yield from installed_problems(pin, known["licences"].get(pin.name, ""))


def affects(advisory: Mapping[str, Any], version: str) -> bool:
    """Whether an advisory is about this version."""
    return any(version in SpecifierSet(part, prereleases=True) for part in advisory["affected"].split("||"))


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


def from_database(known: dict[str, Any], documents: Iterable[Any], names: Collection[str], day: str) -> dict[str, Any]:
    """`known` with what documents of the advisory database (OSV's schema) say of `names`; what was there, stays."""
    listed = {(one["package"], one["id"]): one for one in known["advisories"]}
    for document in documents:
        aliases = document.get("aliases", ())
        if document.get("withdrawn") is not None or any((name, one) in listed for name in names for one in aliases):
            continue
        id_ = next((one for one in aliases if one.startswith("GHSA-")), document["id"])
        for affected in document["affected"]:
            name = canonicalize_name(affected["package"]["name"])
            if name in names and (name, id_) not in listed:
                text = ", ".join(sorted({document["id"], *aliases} - {id_})) or "no other name"
                said = {"id": id_, "package": name, "affected": _specifiers(affected), "text": text}
                listed[name, id_] = said
    source = (
        f"the Python Packaging Advisory Database of {day} for what was pinned then, and by hand since: not complete"
    )
    ordered = [listed[key] for key in sorted(listed)]
    return {**known, "checked": day, "source": source, "advisories": ordered}


def _specifiers(affected: Mapping[str, Any]) -> str:
    """The ranges of an entry; where there are none, its versions."""
    found: list[str] = []
    for ranged in affected.get("ranges", ()):
        events = ranged["events"] if ranged["type"] == "ECOSYSTEM" else ()
        begin = ""
        for event in events:
            if "introduced" in event:
                begin = "" if str(event["introduced"]) == "0" else f">={event['introduced']}"
                found.append(begin)
            else:
                end = f"<{event['fixed']}" if "fixed" in event else f"<={event['last_affected']}"
                found[-1] = ",".join(part for part in (begin, end) if part)
    return " || ".join(found or [f"=={version}" for version in affected.get("versions", ())])


def main() -> int:
    """The exit code: 1 when something speaks against a pin."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pins", type=Path, default=PINS)
    parser.add_argument("--refresh", type=Path, metavar="REPORT", help="of pip-audit, as JSON")
    parser.add_argument("--database", type=Path, metavar="DIRECTORY", help="a checkout of the advisory database")
    parser.add_argument("--as-of", metavar="DAY", help="the day of its newest commit", default="an unknown day")
    given = parser.parse_args()
    known = json.loads(ADVISORIES.read_text(encoding="utf-8"))
    if given.refresh is not None:
        known = refreshed(known, json.loads(given.refresh.read_text(encoding="utf-8")))
        ADVISORIES.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    found = pins(given.pins.read_text(encoding="utf-8"))
    if given.database is not None:
        import yaml  # type: ignore[import-untyped]

        names = {pin.name for pin in found}
        files = [path for name in sorted(names) for path in sorted((given.database / "vulns" / name).glob("*.yaml"))]
        documents = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in files)
        known = from_database(known, documents, names, given.as_of)
        ADVISORIES.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    wrong = list(problems(found, known))
    for line in wrong:
        print(line)
    print(f"{len(found)} pins, {len(wrong)} problems; advisories as of {known['checked']} ({known['source']})")
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main())
