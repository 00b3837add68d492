"""Whatever takes bytes from outside apart is tried by a target: found in the code, and seen to run."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FACING = ("plugins", "incidentd/ingress", "incidentd/api", "incidentd/plugin", "incidentd/configuration")
ALSO = ("spool", "sse", "h1", "services/links", "services/calendar_feeds", "services/calendar_reading")
DECODERS = {
    "decode_json", "msgspec.json.decode", "json.loads", "parse_qs", "parse_qsl", "tomllib.loads", "b64decode",
    "base64.b64decode", "base64.urlsafe_b64decode", "parsedate_to_datetime", "bytes.fromhex", "zlib.decompressobj",
    "urlsplit", "email.message_from_bytes", "Calendar.from_ical", "x509.load_pem_x509_certificate",
}  # fmt: skip
OF_OUR_OWN = {
    "incidentd/api/versions.py": "answers of this daemon, to those who know an older one",
    "incidentd/configuration/kept_versions.py": "what it kept in the state directory",
    "incidentd/ingress/answers.py": "answers of this listener",
    "incidentd/ingress/peers.py": "addresses of nodes, from the database",
    "incidentd/plugin/testing/source_conformance.py": "a test",
    "plugins/incidentd_email/quota.py": "what it kept in the store",
    "plugins/incidentd_email/tending.py": "what it kept in the store",
    "plugins/incidentd_heartbeat/book.py": "what it kept in the store",
    "plugins/incidentd_prober/source.py": "what it kept in the store",
}
"""Modules that decode what nobody outside can write, and whose it is."""


def readers() -> Iterator[str]:
    """The modules that face outside and call a decoder."""
    files = [path for place in FACING for path in (ROOT / place).rglob("*.py")]
    for path in sorted([*files, *(ROOT / "incidentd" / f"{name}.py" for name in ALSO)]):
        calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
        if any(ast.unparse(call.func) in DECODERS for call in calls):
            yield str(path.relative_to(ROOT))


def targets() -> Any:
    """The module of targets, as `test_corpus` loads it."""
    name = "fuzz_targets"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "targets.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def test_every_reader_of_bytes_from_outside_is_tried_by_a_target():
    known, ran = targets(), set[str]()

    def seen(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            ran.add(frame.f_code.co_filename)

    found = set(readers())
    assert len(found) > 40
    sys.setprofile(seen)
    try:
        for name, target in known.TARGETS.items():
            for path in sorted((HERE / "corpus" / name).iterdir()):
                target(path.read_bytes())
    finally:
        sys.setprofile(None)
    tried = {str(Path(file).relative_to(ROOT)) for file in ran if Path(file).is_relative_to(ROOT)}
    lacking = sorted(found - tried - set(OF_OUR_OWN))
    assert not lacking, f"give these a target in tests/fuzz: {' '.join(lacking)}"
    assert set(OF_OUR_OWN) <= found, "these decode nothing any more"
