"""Figures of a team in memory: a few of each kind, the cases that they are of, and the scope that was asked for."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.severity import Severity
from incidentd.wire import figures as wire_figures
from incidentd.wire import letters as wire_letters

NOW = datetime(2026, 3, 12, 14, 22, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def make_figure(name: str, kind: str, n: int, of: int, **changes: Any) -> wire_figures.Figure:
    fields = {
        "name": name, "title": name.replace("-", " ").capitalize(), "kind": kind, "n": n, "of": of,
        "unit": {"share": "", "duration": "s", "count": "count"}[kind],
        "definition": f"What is counted for {name.replace('-', ' ')}, of all incidents that were declared.",
    }  # fmt: skip
    return wire_figures.Figure(**{**fields, **changes})


BOUNDARIES = (
    wire_figures.VersionBoundary(at=NOW - 80 * DAY, version="a" * 64, name="V-1", reason="as it was"),
    wire_figures.VersionBoundary(
        at=NOW - 35 * DAY, version="b" * 64, name="V-2", reason="updates every 20 min instead of 30 min"
    ),
)
FIGURES = (
    make_figure("update-promises-kept", "share", 33, 38, title="Update promises kept",
                definition="Public updates that came before the time that the one before had named.",
                note="A promise that was moved in time counts as kept."),
    make_figure("page-to-acknowledgement", "duration", 41, 44, title="From page to acknowledgement",
                least=22.0, median=133.0, most=3660.0,
                definition="From a page to the first acknowledgement by anybody; pages that nobody answered have none.",
                parts={"in working hours": 23, "off hours": 12, "in sleep hours": 6}),
    make_figure("start-to-detection", "duration", 12, 15, title="From start to detection",
                least=0.0, median=750.0, most=172800.0,
                definition="From when it began to when we knew. Where people dispute the beginning it is a bar.",
                note="15 incidents are few: one long night moves all of it."),
    make_figure("customers-noticed-first", "share", 4, 15, title="Customers noticed first",
                definition="Incidents whose first sign was the report of a customer."),
    make_figure("interruptions", "count", 38, 15, title="Interruptions of project work", least=1.0, median=2.0,
                most=9.0, definition="Pages and questions that reached people on project work, by week."),
    make_figure("learnings-used", "share", 0, 0, title="Learnings used again",
                definition="Learnings that somebody used in another incident, a design or a runbook."),
)  # fmt: skip


DETECTED = (840.0, 60.0, 5400.0, 300.0, 0.0, 172800.0, 1260.0, 660.0, 90.0, 2400.0, 600.0, 10800.0)
ACKNOWLEDGED = (110.0, 41.0, 133.0, 22.0, 240.0, 95.0, 610.0, 150.0, 64.0, 300.0, 133.0, 3660.0, 88.0)


def make_cases(count: int = 12, values: Sequence[float] = DETECTED) -> tuple[wire_figures.FigureCase, ...]:
    """From 72 days back until now, the oldest first, one of them disputed."""
    return tuple(
        wire_figures.FigureCase(
            subject=f"incident:{300 + number}", name=f"INC-{300 + number}",
            at=NOW - (count - number) / count * 72 * DAY, value=values[number % len(values)],
            low=600.0 if values is DETECTED and number == 6 else None,
            high=3000.0 if values is DETECTED and number == 6 else None,
            severity=list(Severity)[number * 7 % 11 % 4], service=("checkout", "search", "payments")[number % 3],
            team=("payments", "edge")[number % 2], version=("a" if number < count / 2 else "b") * 64,
            part=("monitoring", "a customer")[number % 2],
        )
        for number in range(count)
    )  # fmt: skip


class FakeInsights:
    """Mixed into the fake daemon."""

    calls: list[tuple[str, Any]]
    _turn: Any

    def __init__(self) -> None:
        super().__init__()
        self.figure_list = list(FIGURES)
        self.figure_cases: tuple[wire_figures.FigureCase, ...] | None = None  # those of every figure, else as many as n
        self.boundaries = BOUNDARIES
        self.reckoned_at = NOW
        self.sentence = "with 20 and 18 pages, a change this large appears by chance in 38 of 100 draws: cannot tell"
        self.letter_title = "Letter of February 2026"
        self.letter_text = (
            "What was learned\n- Reviews published: 2, with 3 learnings\n- One bad shard hides in a mean (L-4)\n\n"
            "Promises\n- Update promises kept: 11 of 12\n"
        )

    def _scope(self, query: dict[str, str]) -> wire_figures.FigureScope:
        times = {name: datetime.fromisoformat(query[name]) for name in ("since", "until") if name in query}
        return wire_figures.FigureScope(
            team=query.get("team", ""), service=query.get("service", ""), version=query.get("process", ""),
            severity=Severity(query["severity"]) if "severity" in query else None, **times,
        )  # fmt: skip

    async def figures(self, **scope: str) -> wire_figures.Figures:
        await self._turn()
        self.calls.append(("figures", scope))
        return wire_figures.Figures(
            at=self.reckoned_at, scope=self._scope(scope), figures=tuple(self.figure_list), boundaries=self.boundaries,
            incidents=15,
        )  # fmt: skip

    async def figure(self, name: str, **scope: str) -> wire_figures.FigureDetail:
        await self._turn()
        self.calls.append(("figure", (name, scope)))
        one = next(one for one in self.figure_list if one.name == name)
        values = ACKNOWLEDGED if name == "page-to-acknowledgement" else DETECTED
        cases = (
            self.figure_cases
            if self.figure_cases is not None
            else make_cases(one.n if one.kind != "share" else one.of, values)
        )
        if one.kind == "share":
            cases = tuple(
                msgspec.structs.replace(case, value=float(number * one.n % one.of < one.n), low=None, high=None)
                for number, case in enumerate(cases)
            )
        return wire_figures.FigureDetail(
            at=self.reckoned_at, scope=self._scope(scope), figure=one, cases=cases, boundaries=self.boundaries
        )

    async def compare_figure(self, name: str, **query: str) -> wire_figures.Compared:
        await self._turn()
        self.calls.append(("compare_figure", (name, query)))
        one = next(one for one in self.figure_list if one.name == name)
        share = one.kind == "share"
        sides = [
            wire_figures.ComparedSide(label=label, scope=self._scope(query), n=n, value=value)
            for label, n, value in zip(_labels(query), (20, 18), (0.75, 1.0) if share else (150.0, 120.0), strict=True)
        ]
        return wire_figures.Compared(
            figure=one, statistic="mean" if query.get("statistic") == "mean" else "median", before=sides[0],
            after=sides[1], change=-0.2, by_chance=0.38, draws=10_000, sentence=self.sentence,
            also=("the time before is 55 days long, the time after 35",),
        )  # fmt: skip

    async def rhythm(self, zone: str = "", **scope: str) -> wire_figures.Rhythm:
        await self._turn()
        self.calls.append(("rhythm", scope))
        hours = itertools.cycle((0, 0, 1, 0, 0, 0, 0, 2, 3, 4, 6, 5, 3, 4, 2, 2, 3, 1, 0, 1, 0, 0, 1, 0, 0))
        counts = tuple(tuple(next(hours) if day < 5 or hour % 7 == 0 else 0 for hour in range(24)) for day in range(7))
        return wire_figures.Rhythm(
            at=self.reckoned_at, scope=self._scope(scope), zone="Europe/Zurich", n=sum(map(sum, counts)), counts=counts,
            definition="Pages to anybody by the hour in which they began, on the clock of the team.",
        )  # fmt: skip

    async def load(self, team: str, weeks: int = 13) -> wire_figures.Load:
        await self._turn()
        self.calls.append(("load", (team, weeks)))
        monday = date(2026, 3, 9)
        found = [
            wire_figures.LoadWeek(
                day=monday - number * timedelta(days=7), starts_at=NOW - (number + 1) * 7 * DAY,
                ends_at=NOW - number * 7 * DAY, pages=3 + number * 5 % 9, off_hours=number % 4,
                sleep_hours=number % 3, incidents=number % 3, project_days=0 if number == 4 else 10, leaks=number % 3,
            )
            for number in reversed(range(weeks))
        ]  # fmt: skip
        definitions = {"pages": "Pages to the team.", "leaks": "Project days with an interruption."}
        return wire_figures.Load(
            at=self.reckoned_at, team=team, zone="Europe/Zurich", weeks=tuple(found), definitions=definitions
        )

    async def letters(self) -> wire_letters.Letters:
        await self._turn()
        heads = tuple(
            wire_letters.LetterHead(
                month=month, title=title, sent_at=NOW - 11 * DAY if readers else None, readers=readers
            )
            for month, title, readers in (("2026-03", "Letter of March 2026", 0), ("2026-02", self.letter_title, 12))
        )
        return wire_letters.Letters(letters=heads, next_at=NOW + 20 * DAY, to=("team:payments",))

    async def letter(self, month: str) -> wire_letters.Letter:
        await self._turn()
        self.calls.append(("letter", month))
        return wire_letters.Letter(
            month=month, title=self.letter_title, text=self.letter_text, markdown="# the same", sent_at=NOW - 11 * DAY,
            readers=12, to=("team:payments",),
        )  # fmt: skip


def _labels(query: dict[str, str]) -> tuple[str, str]:
    if "at" in query:
        return f"before {query['at']}", f"since {query['at']}"
    names = {one.version: one.name for one in BOUNDARIES}
    return names[query["before"]], names[query["after"]]
