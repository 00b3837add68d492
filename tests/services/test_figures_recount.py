"""Figures of the simulated team, counted once more in another way: by hand over the raw log, by no code of ours."""

import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from incidentd.domain.columns import width
from incidentd.domain.pictures.dots import dots_lines
from incidentd.domain.pictures.dots_svg import dots_svg
from incidentd.domain.pictures.spans import plain
from incidentd.plugin.testing import FakeClock
from incidentd.services.errors import Invalid
from incidentd.services.figures import Figures
from incidentd.services.insight_contracts import CompareQuery, ScopeQuery
from incidentd.simulation.team import read_files
from incidentd.storage.store import Store

SVG = "{http://www.w3.org/2000/svg}"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(micros):
    return EPOCH + timedelta(microseconds=micros)


def said(text):
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def log(simulated_weeks):
    """Every event as (at, actor, kind, subject, data), oldest first."""
    with closing(sqlite3.connect(simulated_weeks.file)) as conn:
        rows = conn.execute("SELECT at, actor, kind, subject, data FROM events ORDER BY seq").fetchall()
    return [(at(micros), actor, kind, subject, json.loads(data)) for micros, actor, kind, subject, data in rows]


@pytest.fixture
async def figures(simulated_weeks):
    clock = FakeClock()
    clock.set(simulated_weeks.until)
    store = await Store.open(simulated_weeks.url, clock)
    roster, process, _ = read_files(simulated_weeks.start)
    yield Figures(store, lambda: process, lambda: roster)
    await store.close()


def of_subjects(log, sort):
    found = defaultdict(list)
    for event in log:
        if event[3].startswith(f"{sort}:"):
            found[event[3]].append(event)
    return found


async def test_the_figures_of_the_simulated_weeks_are_those_of_its_log(figures, log, simulated_weeks):
    found = {one.name: one for one in (await figures.list(ScopeQuery(), "")).figures}

    in_time, waits, pages = 0, [], of_subjects(log, "page")
    decided = 0
    for told in pages.values():
        taken = [event[0] for event in told if event[2] == "page.acknowledged"]
        moved = [event[0] for event in told if event[2] == "page.step" and event[4]["step"] + event[4]["round"] > 2]
        decided += bool(taken or moved)
        in_time += bool(taken) and (not moved or taken[0] <= moved[0])
        waits += [(taken[0] - told[0][0]).total_seconds()] if taken else []
    assert (found["pages-acknowledged-in-time"].n, found["pages-acknowledged-in-time"].of) == (in_time, decided)
    waited = found["page-to-acknowledgement"]
    assert (waited.n, waited.of) == (len(waits), len(pages))
    assert (waited.least, waited.most) == (min(waits), max(waits))

    worst, kept, missed, revised = Counter(), 0, 0, 0
    ended, false_alarms = [], 0
    for told in of_subjects(log, "incident").values():
        if told[0][2] != "incident.declared":
            continue
        to = [event[4]["to"] for event in told if event[2] == "incident.status"]
        one_kept, one_missed = promises(told, simulated_weeks.until)
        kept, missed = kept + one_kept, missed + one_missed
        if to and to[-1] == "false_alarm":
            false_alarms += 1
            continue
        levels = [event[4]["to"] for event in told if event[2] == "incident.severity"]
        revised += len(levels)
        worst[min([told[0][4]["severity"], *levels])] += 1
        ended += lengths(told)
    assert dict(found["incidents-by-severity"].parts) == dict(worst)
    assert found["severity-revisions"].n == revised
    assert (found["update-promises-kept"].n, found["update-promises-kept"].of) == (kept, kept + missed)
    assert found["near-misses"].n == false_alarms
    lasted = found["time-to-resolve"]
    assert (lasted.n, lasted.least, lasted.most) == (len(ended), min(ended), max(ended))

    recorded = {event[3] for event in log if event[2] == "interruption.recorded"}
    withdrawn = {event[3] for event in log if event[2] == "interruption.withdrawn"}
    assert found["interruptions"].n == len(recorded - withdrawn)


def promises(told, until):
    """(kept, missed) promises of the next update; none is owed before a response and after the last word."""
    kept = missed = 0
    for number, (_, _, kind, _, data) in enumerate(told):
        due = data.get({"incident.declared": "next_update_at", "incident.update": "next_at"}.get(kind, ""))
        if not due:
            continue
        due, audience = said(due), data.get("audience") if kind == "incident.update" else None
        later = [event for event in told[number + 1 :] if event[2] == "incident.update"]
        came = next((event[0] for event in later if audience in (None, event[4]["audience"])), None)
        if came is not None and came <= due:
            kept += 1
        elif due <= until and status_at(told, due) in ("active", "mitigated", "resolved", "cooling"):
            missed += 1
    return kept, missed


def status_at(told, when):
    known = [told[0][4]["status"]]
    known += [event[4]["to"] for event in told if event[2] == "incident.status" and event[0] <= when]
    return known[-1]


def lengths(told):
    """Seconds from the start to the resolve of each episode, with what was corrected later."""
    starts = [said(told[0][4]["started_at"])]
    ends: list[datetime | None] = [None]
    for event in told:
        if event[2] == "incident.status" and event[4].get("reopened"):
            starts.append(said(event[4]["at"]))
            ends.append(None)
        elif event[2] == "incident.status" and event[4]["to"] == "resolved":
            ends[-1] = said(event[4]["at"])
    for event in told:
        if event[2] == "incident.corrected" and event[4]["what"] in ("started_at", "resolved_at"):
            (starts if event[4]["what"] == "started_at" else ends)[event[4]["episode"] - 1] = said(event[4]["to"])
    return [(end - start).total_seconds() for start, end in zip(starts, ends, strict=True) if end and end >= start]


async def test_two_halves_are_compared_and_the_same_seed_says_the_same(figures, simulated_weeks):
    half = (simulated_weeks.start + timedelta(days=simulated_weeks.days / 2)).isoformat()
    query = CompareQuery(at=half)
    found = await figures.compare("page-to-acknowledgement", ScopeQuery(), query, "")
    assert found == await figures.compare("page-to-acknowledgement", ScopeQuery(), query, "")
    whole = await figures.get("page-to-acknowledgement", ScopeQuery(), "")
    values = [[one.value for one in whole.cases if (one.at < said(half)) == before] for before in (True, False)]
    assert [found.before.n, found.after.n] == [len(one) for one in values]
    assert found.before.value == sorted(values[0])[len(values[0]) // 2] or len(values[0]) % 2 == 0
    assert found.draws == 10_000
    assert (
        f"with {found.before.n} and {found.after.n} pages, a change this large appears by chance in" in found.sentence
    )


async def test_two_versions_of_the_process_are_compared_in_their_own_time(figures):
    versions = (await figures.list(ScopeQuery(), "")).boundaries
    assert len(versions) == 3
    first, second = versions[0].name, versions[1].name
    found = await figures.compare("incidents-by-severity", ScopeQuery(), CompareQuery(before=first, after=second), "")
    assert found.before.n == (versions[1].at - versions[0].at) // timedelta(weeks=1)
    one = (await figures.get("incidents-by-severity", ScopeQuery(process=first), "")).figure.n
    other = (await figures.get("incidents-by-severity", ScopeQuery(process=second), "")).figure.n
    assert one + other <= (await figures.get("incidents-by-severity", ScopeQuery(), "")).figure.n


async def test_versions_that_are_turned_round_are_refused(figures):
    versions = (await figures.list(ScopeQuery(), "")).boundaries
    first, last = versions[0].name, versions[-1].name
    with pytest.raises(Invalid, match=f"{first} was in force before {last}, and not after it") as wrong:
        await figures.compare("incidents-by-severity", ScopeQuery(), CompareQuery(before=last, after=first), "")
    assert wrong.value.remedy == f"turn them round: before {first}, after {last}"


async def test_a_later_look_reckons_anew_only_what_is_not_over(figures):
    first = await figures.list(ScopeQuery(), "")
    assert figures._memo.incidents
    assert figures._memo.pages
    assert (await figures.list(ScopeQuery(), "")).at == first.at  # nothing happened, and it is the same second
    figures._store.clock.advance(timedelta(minutes=1))
    later = await figures.list(ScopeQuery(), "")
    assert later.at == first.at + timedelta(minutes=1)
    assert [(one.n, one.of) for one in later.figures] == [(one.n, one.of) for one in first.figures]


async def test_every_case_of_every_figure_is_drawn_once(figures):
    for one in (await figures.list(ScopeQuery(), "")).figures:
        detail = await figures.get(one.name, ScopeQuery(), "")
        assert max(width(plain(line)) for line in dots_lines(detail, 80)) <= 80
        groups = ElementTree.fromstring(dots_svg(detail)).findall(f"{SVG}g[{SVG}title]")
        if one.kind == "duration":
            told = [said for group in groups for said in group.findtext(f"{SVG}title", "").split("; ")]
            more = [int(said.split()[1]) - 1 for said in told if said.startswith("and ")]
            drawn = len([said for said in told if " from " not in said]) + sum(more)
        else:
            drawn = sum(len(group.findall(f"{SVG}g")) for group in groups)
        assert drawn == len(detail.cases), one.name
