"""The benchmarks: `run.py [ingest | latency | memory | cli | all]`. Ratios hold within one run only."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from benchmarks import ingest
from benchmarks.tables import machine


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command")
    one = commands.add_parser("ingest", help="acknowledged alerts a second beside Alertmanager and a no-op handler")
    one.add_argument("--rounds", type=int, default=3)
    one.add_argument("--batches", type=_numbers, default=[1, 64, 256])
    one.add_argument("--connections", type=_numbers, default=[1, 8, 64])
    one.add_argument("--scale", type=float, default=1.0, help="times the usual number of alerts")
    one.add_argument("--postgresql", action="store_true", help="incidentd on PostgreSQL as well")
    one.add_argument("--repeats", action="store_true", help="send alerts that are known already")
    return parser


def main() -> None:
    arguments = vars(_parser().parse_args())
    command = arguments.pop("command") or "all"
    runs: dict[str, Callable[..., Coroutine[Any, Any, str]]] = {"ingest": ingest.run}
    print(f"{machine()}\n")
    began = time.perf_counter()
    print(uvloop.run(runs[command](**arguments)))
    print(f"\n{command}: {time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
