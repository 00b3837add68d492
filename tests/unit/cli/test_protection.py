"""The figures of protection as a picture and as rows: readable without colour, and by a reader of XML."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

from incidentd.cli.protection_svg import svg
from incidentd.wire import protection as wire_protection

AT = datetime(2026, 11, 23, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def week(**values: Any) -> wire_protection.ProtectedWeek:
    usual: dict[str, Any] = {"day": date(2026, 11, 23), "starts_at": AT, "ends_at": AT, "project_days": 11, "leaks": 2,
             "leak_free": 9 / 11, "work": 7, "absorbed": 5, "absorption": 5 / 7, "interruptions": 3,
             "reasons": {"hands": 1, "named": 2}, "hours": 6, "off_hours": 3, "sleep_hours": 1}  # fmt: skip
    return wire_protection.ProtectedWeek(**usual | values)


EMPTY = week(project_days=0, leaks=0, leak_free=None, work=0, absorbed=0, absorption=None, interruptions=0, reasons={},
             hours=0, off_hours=0, sleep_hours=0)  # fmt: skip

FULL = week()


def found(team="shop", weeks=(FULL, EMPTY), service="web"):
    island = wire_protection.Island(service=service, count=4, text=f"pair up for {service}")
    return wire_protection.Protection(
        team=team, at=AT, starts_at=AT, weeks=weeks, whole=weeks[0], islands=(island,), definitions={"leaks": "Days."}
    )


def test_every_figure_of_the_picture_stands_in_it_as_text():
    root = ElementTree.fromstring(svg(found()))
    assert root.get("role") == "img"
    assert [one.tag for one in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"
    told = [one.text for one in root.iter(f"{SVG}text")]
    assert {"9/11", "5/7", "6", "3", "1", "no data", "23 Nov"} <= set(told)
    assert "9 of 11 project days without an interruption, support handled 5 of 7, 6 hours" in root[1].text
    assert "pair up for web" in root[1].text
    assert "Days." in root[1].text


def test_bars_differ_by_pattern_and_stay_in_their_panel():
    root = ElementTree.fromstring(svg(found()))
    bars = [one for one in root.iter(f"{SVG}rect") if "edge-stroke" in one.get("class", "")]
    patterns = [f"url(#{one.get('id')})" for one in root.iter(f"{SVG}pattern")]
    fills = {one.get("fill") or one.get("class").removesuffix(" edge-stroke") for one in bars}
    assert fills == {*patterns, "ink"}
    assert len(patterns) == 2
    assert all(0 <= float(one.get("height", "-1")) <= 90 for one in bars)


def test_text_from_outside_is_inert():
    hostile = '</title><script>alert(1)</script>\x1b[2J & "x"'
    drawn = svg(found(team=hostile, service=hostile))
    root = ElementTree.fromstring(drawn)
    assert "<script" not in drawn
    assert "\x1b" not in drawn
    assert "script>alert(1)" in root[0].text


def test_a_picture_of_nothing():
    ElementTree.fromstring(svg(found(weeks=(EMPTY,))))


def test_rows_for_a_spreadsheet(api, run, canned):
    api.on("GET", "/v1/teams/shop/protection", found())
    rows = list(csv.DictReader(io.StringIO(run("protection", "shop", "--weeks", "2", "--csv").out)))
    assert [row["week"] for row in rows] == ["2026-11-23", "2026-11-23"]
    assert (rows[0]["leak_free"], rows[0]["reasons"], rows[1]["leak_free"]) == ("0.8182", "hands=1 named=2", "")
