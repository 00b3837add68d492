"""The benchmarks: `run.py [NAME|all]`, with the names below. Ratios hold within one run only."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from benchmarks import chance, cli, endurance, ingest, insights, latency, memory, queries, schedules, similar, storm
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
    one = commands.add_parser("latency", help="from POST to the notifier, idle and under load")
    one.add_argument("--samples", type=int, default=300)
    one.add_argument("--rate", type=int, default=1000, help="alerts a second in the background")
    one = commands.add_parser("memory", help="resident memory and start times")
    one.add_argument("--alerts", type=int, default=100_000)
    one = commands.add_parser("queries", help="lists, filters and groups over many active alerts")
    one.add_argument("--alerts", type=int, default=100_000)
    one.add_argument("--rounds", type=int, default=10)
    one = commands.add_parser("similar", help="finding the similar incidents of a review")
    one.add_argument("--incidents", type=int, default=10_000)
    one = commands.add_parser("insights", help="figures of very many incidents")
    one.add_argument("--counts", type=_numbers, default=[1_000, 10_000], help="of incidents")
    one = commands.add_parser("chance", help="how often chance changes a mean by a tenth")
    one.add_argument("--counts", type=_numbers, default=[12, 25, 50, 100], help="on each side")
    one.add_argument("--times", type=int, default=4_000)
    one = commands.add_parser("storm", help="many alerts in few groups within seconds: pages, delay, the terminal UI")
    one.add_argument("--alerts", type=int, default=10_000)
    one.add_argument("--seconds", type=float, default=10.0)
    one.add_argument("--groups", type=int, default=20)
    one = commands.add_parser("schedules", help="the final schedules of 200 people over a year")
    one.add_argument("--rounds", type=int, default=5)
    one = commands.add_parser("cli", help="incidentctl as a whole process, first paint of incidentd-tui")
    one.add_argument("--rounds", type=int, default=10)
    one = commands.add_parser("endurance", help="resident memory under an even load that goes on")
    one.add_argument("--rate", type=int, default=200, help="alerts a second")
    one.add_argument("--seconds", type=float, default=60.0, help="of each kind of alerts")
    commands.add_parser("all", help="all of them with their defaults")
    return parser


RUNS: dict[str, Callable[..., Coroutine[Any, Any, str]]] = {
    "ingest": ingest.run,
    "latency": latency.run,
    "memory": memory.run,
    "queries": queries.run,
    "similar": similar.run,
    "insights": insights.run,
    "chance": chance.run,
    "storm": storm.run,
    "endurance": endurance.run,
    "schedules": schedules.run,
    "cli": cli.run,
}


def main() -> None:
    parser = _parser()
    chosen = parser.parse_args().command
    print(f"{machine()}\n")
    for name, run in RUNS.items():
        if chosen not in (name, "all", None):
            continue
        arguments = vars(parser.parse_args() if chosen == name else parser.parse_args([name]))
        began = time.perf_counter()
        print(f"## {name}\n\n{uvloop.run(run(**{key: arguments[key] for key in arguments if key != 'command'}))}\n")
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
