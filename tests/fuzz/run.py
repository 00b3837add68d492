"""`make fuzz`: changed inputs for every target, with coverage where atheris is installed, else by chance alone.

What breaks a target is kept in its corpus as crash-DIGEST, and `make test` reads it from then on.

    python tests/fuzz/run.py [--seconds 60] [--seed N] [target ...]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from mutation import changed  # type: ignore[import-not-found]
from targets import CORPUS, TARGETS  # type: ignore[import-not-found]


def keep(target: str, data: bytes) -> Path:
    """Write what broke a target into its corpus."""
    place = CORPUS / target / f"crash-{hashlib.sha256(data).hexdigest()[:12]}"
    place.write_bytes(data)
    return place


def by_chance(target: str, seconds: float, seed: int) -> tuple[int, bool]:
    """(how many inputs, whether one broke it)."""
    seeds = [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
    chance, until, tried = random.Random(f"{target} {seed}"), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        data = changed(seeds, chance)
        tried += 1
        began = time.monotonic()
        try:
            TARGETS[target](data)
        except Exception:
            traceback.print_exc()
            print(f"{target}: kept as {keep(target, data)}", flush=True)
            return tried, True
        if time.monotonic() - began > 5:
            print(f"{target}: took {time.monotonic() - began:.1f} s, kept as {keep(target, data)}", flush=True)
            return tried, True
    return tried, False


INSTRUMENTED = """
import atheris, os, sys
from pathlib import Path
with atheris.instrument_imports(include=['incidentd', 'incidentd_']):
    from targets import CORPUS, TARGETS
grown, options, targets = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
for target in targets:
    child = os.fork()
    if not child:  # Fuzz() never returns
        place = Path(grown) / target
        place.mkdir()
        artifacts = f"-artifact_prefix={CORPUS / target}/crash-"
        atheris.Setup(["fuzz", *options, artifacts, str(place), str(CORPUS / target)], TARGETS[target])
        atheris.Fuzz()
    _, status = os.waitpid(child, 0)
    print(f"{target}: {'BROKE' if status else 'ended'}", flush=True)
    (Path(grown) / f"{target}.broke").write_text("x" if status else "")
"""
"""Reading the program takes longer than a target is tried: it is read once, and forked for each."""


def by_coverage(targets: list[str], seconds: float) -> list[str]:
    """Run targets in atheris, `seconds` each. Those that an input broke, or that did not come to an end."""
    options = f"-max_total_time={max(seconds, 1):.0f} -timeout=20 -max_len=65536"
    with tempfile.TemporaryDirectory() as grown:  # what covers more is of use to this run; what breaks is kept
        command = [sys.executable, "-c", INSTRUMENTED, grown, options, *targets]
        path = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
        subprocess.run(command, check=False, env=path)
        verdicts = {target: Path(grown) / f"{target}.broke" for target in targets}
        return [target for target, file in verdicts.items() if not file.exists() or file.read_text()]


def main() -> int:
    """The exit code: 1 when an input broke a target."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []])
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--coverage", action="store_true", help="with atheris, by what code is reached")
    given = parser.parse_args()
    wanted = given.targets or list(TARGETS)
    each, broken = given.seconds / len(wanted), list[str]()
    if given.coverage:
        broken += by_coverage(wanted, each)
    for target in () if given.coverage else wanted:
        tried, broke = by_chance(target, each, given.seed)
        print(f"{target:16} {tried:8} inputs {'BROKE' if broke else ''}", flush=True)
        broken += [target] if broke else []
    print(f"{len(wanted)} targets, broken: {', '.join(broken) or 'none'}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
