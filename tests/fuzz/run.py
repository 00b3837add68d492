"""`make fuzz`: changed inputs for every target, with coverage where atheris is installed, else by chance alone.

What breaks a target is kept in its corpus as crash-DIGEST, and `make test` reads it from then on.

    python tests/fuzz/run.py [--seconds 60] [--seed N] [target ...]
"""

from __future__ import annotations

import argparse
import hashlib
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


def by_coverage(target: str, seconds: float) -> bool:
    """Run one target in atheris, in a process of its own: it never returns. Whether an input broke it."""
    code = (
        "import atheris, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "with atheris.instrument_imports(include=['incidentd', 'incidentd_']):\n"
        "    from targets import TARGETS\n"
        f"atheris.Setup(sys.argv, TARGETS[{target!r}])\n"
        "atheris.Fuzz()\n"
    )
    prefix = f"-artifact_prefix={CORPUS / target}/crash-"
    options = [f"-max_total_time={seconds:.0f}", "-timeout=10", "-max_len=65536", prefix]
    with tempfile.TemporaryDirectory() as grown:  # what covers more is of use to this run; what breaks is kept
        command = [sys.executable, "-c", code, *options, grown, str(CORPUS / target)]
        try:
            return subprocess.run(command, check=False, timeout=seconds + 60).returncode != 0
        except subprocess.TimeoutExpired:
            print(f"{target}: atheris did not end in time", flush=True)
            return True


def main() -> int:
    """The exit code: 1 when an input broke a target."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []])
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--coverage", action="store_true", help="with atheris, by what code is reached")
    given = parser.parse_args()
    wanted = given.targets or list(TARGETS)
    each, broken = given.seconds / len(wanted), []
    for target in wanted:
        if given.coverage:
            broke = by_coverage(target, max(each, 1))
        else:
            tried, broke = by_chance(target, each, given.seed)
            print(f"{target:16} {tried:8} inputs {'BROKE' if broke else ''}", flush=True)
        broken += [target] if broke else []
    print(f"{len(wanted)} targets, broken: {', '.join(broken) or 'none'}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
