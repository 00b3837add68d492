"""How the screens look, as text, at two or three sizes.

INCIDENTD_UPDATE_SNAPSHOTS=1 writes them anew: look at the diff then.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from incidentd.domain.review_steps import ORDER

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (140, 40)]
LOOKS = {
    "inbox": (None, ("j",)),
    "inbox-marked": (None, ("space", "space")),
    "inbox-filter": (None, ("slash", *"team=media")),
    "inbox-all": (None, ("left_square_bracket",) * 3),
    "incidents": (None, ("2",)),
    "on-call": (None, ("3",)),
    "on-call-week": (None, ("3", "right_square_bracket", "j", "l")),
    "on-call-month": (None, ("3", *("right_square_bracket",) * 2, "w")),
    "on-call-mine": (None, ("3", "left_square_bracket")),
    "schedule": (None, ("3", "j", "j", "enter")),
    "dry-run": (None, ("3", "p", "enter")),
    "handovers": (None, ("3", "d")),
    "mode-plan": (None, ("3", "m", "p")),
    "requests": (None, ("3", "r")),
    "reports": (None, ("4", "j")),
    "triage": (None, ("4", "j", "enter")),
    "protection": (None, ("3", "i", "j", "j")),
    "override": (None, ("3", "right_square_bracket", "l", "l", "O")),
    "health": (None, ("8", "j", "j", "j")),
    "health-check": (None, ("8", "j", "j")),
    "health-node": (None, ("8", "G", *("k",) * 20)),
    "health-pause": (None, ("8", "j", "j", "P")),
    "insights": (None, ("7", "j", "j")),
    "insights-dots": (None, ("7", "j", "j", "enter", *"hhhhhh")),
    "detail": (None, ("j", "enter")),
    "room": (311, ()),
    "room-panel": (311, ("tab",)),
    "declare": (None, ("space", "i")),
    "update": (311, ("U",)),
    "severity": (311, ("S",)),
    "roles": (311, ("R",)),
    "state": (311, ("T",)),
    "page": (311, ("P",)),
    "resolve": (None, ("j", "X")),
    "palette": (None, ("ctrl+p",)),
    "help": (None, ("question_mark",)),
    "inbox-unfolded": (None, ("z", *"jjjjjjjj")),
    "inbox-group": (None, (*"jjjjj", "space")),
    "inbox-hidden": (None, ("right_square_bracket",) * 4),
    "inbox-saved": (None, ("v", *"databases", "enter")),
    "views": (None, ("v",)),
    "save-view": (None, ("slash", *"team=media", "enter", "ctrl+s")),
    "delete-view": (None, ("v", *"databases", "enter", "ctrl+x")),
    "detail-sections": (None, ("j", "enter", "tab", "tab", "tab", "tab")),
    "detail-hidden": (None, (*("right_square_bracket",) * 4, "enter")),
    "detail-page": (None, (*"jjjj", "t")),
    "silences": (None, ("s",)),
    "silences-all": (None, ("s", "left_square_bracket", "j", "j")),
    "silence": (None, ("j", "S")),
    "silence-marked": (None, (*"jjjj", "space", "space", "S")),
    "silence-change": (None, ("s", "j", "C")),
    "silence-end": (None, ("s", "E")),
    "silence-expire": (None, ("s", "X")),
    "maintenance": (None, ("m",)),
    "maintenance-plan": (None, ("j", "M")),
    "maintenance-extend": (None, ("m", "E")),
    "maintenance-end": (None, ("m", "X")),
    "hold": (None, ("j", "A")),
    "hold-many": (None, ("ctrl+a", "A")),
    "detail-maintenance": (None, (*("right_square_bracket",) * 4, "enter")),
    "bulk-ack": (None, ("ctrl+a", "a")),
    "bulk-resolve": (None, ("j", "space", "space", "R")),
}
SMALL = (
    "inbox",
    "inbox-unfolded",
    "views",
    "detail",
    "silences",
    "silence",
    "health",
    "room",
    "help",
    "bulk-resolve",
    "maintenance",
    "maintenance-plan",
    "hold",
    "on-call-week",
    "insights-dots",
)
"""What is looked at in the smallest window that counts, 60x15, too."""


ALONE = ("health", "palette", "detail-sections", "insights", "insights-dots")
"""Where what was chosen or scrolled to in one window is kept in the other."""
CASES: list[tuple[str, Sequence[tuple[int, int]]]] = [(name, SIZES) for name in LOOKS if name not in ALONE]
CASES += [(name, (size,)) for name in ALONE for size in SIZES] + [(name, ((60, 15),)) for name in SMALL]


@pytest.mark.parametrize(
    ("name", "sizes"), CASES, ids=["-".join((name, *(f"{x}x{y}" for x, y in sizes))) for name, sizes in CASES]
)
async def test_looks(client, make_app, settled, text, name, sizes):
    """One app is looked at in one window and then in the other: starting one costs more than drawing it anew."""
    incident, keys = LOOKS[name]
    app = make_app(client, incident_id=incident)
    async with app.run_test(size=sizes[0]) as pilot:
        await settled(pilot)
        if incident:
            await settled(pilot, lambda: getattr(app.screen, "entries", None))
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.02)
        await assert_looks(pilot, settled, text, name, sizes[0])
        for size in sizes[1:]:
            await pilot.resize_terminal(*size)
            await assert_looks(pilot, settled, text, name, size)


async def assert_looks(pilot, settled, text, name, size):
    """As on record, once nothing moves."""
    shown = [text(pilot.app)]

    def still() -> bool:
        shown.append(text(pilot.app))
        waits = any(word in shown[-1] for word in ("… looking", "counting …"))
        return len(shown) > 8 and len(set(shown[-8:])) == 1 and not waits

    await settled(pilot, still)
    assert_same(f"{name}-{size[0]}x{size[1]}", shown[-1] + "\n")


REVIEWS = [(step, (140, 40)) for step in ORDER] + [("walk", (80, 24)), ("accounts", (80, 24))]


@pytest.mark.parametrize(("step", "size"), REVIEWS, ids=[f"{step}-{size[0]}x{size[1]}" for step, size in REVIEWS])
async def test_steps_of_a_review_look(fakes, client, make_app, settled, text, step, size):
    fakes.fake_reviews.reveal(client)
    client.change_review(step=str(step))
    app = make_app(client)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await app.open_review(298)
        await settled(pilot, lambda: "mei drives" in text(app) and "● lin" in lines_of_status(text(app)))
        assert_same(f"review-{step}-{size[0]}x{size[1]}", text(app) + "\n")


def lines_of_status(shown: str) -> str:
    """The line that says who is writing."""
    return shown.splitlines()[-2]


def assert_same(name: str, shown: str) -> None:
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("INCIDENTD_UPDATE_SNAPSHOTS"):
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8"), f"{name} looks different; see {path}"


def spans(app, word):
    """The styles of the spans that hold `word`."""
    strips = app.screen._compositor.render_strips()
    return [segment.style for strip in strips for segment in strip if word in segment.text]


@pytest.mark.parametrize("no_color", [False, True])
async def test_severity_differs_in_weight_not_in_colour_alone(client, make_app, settled, monkeypatch, no_color):
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*["left_square_bracket"] * 3)
        await pilot.pause(0.1)
        critical, info = spans(app, "CRIT")[0], spans(app, "INFO")[0]
        assert critical.bold
        assert not info.bold
        assert critical.bgcolor != info.bgcolor
        for style in (critical, info):
            assert contrast(style.color.triplet, style.bgcolor.triplet) >= 4.0


MARKED = (
    (("3", "p"), ("▲ nobody",)),
    (("escape", "d"), ("▲ accept it", "○ running")),
    (("escape", "m"), ("● support", "◇ project", "– neither", "▲ payments: 1 of 2 wanted")),
    (("p",), ("●           ○           ◇           ◇", "▲ 1 of 2", "7→21 days")),
    (("escape", "escape", "i", "down", "down"), ("█████░░", "– no project day", "▲ 1 island", "●●●○")),
    (("escape", "r"), ("○ open",)),
    (("1", "m", "r"), ("↻ active",)),
    (("4",), ("!15:00 late", "● new", "P4")),
    (("j", "enter"), ("✓ who", "– since", "▲ 2 reports")),
    (("7", "enter"), ("● yes  ○ no", "14 of 17")),
    (("escape", "j", "j", "enter"), ("◆ SEV1", "◐ SEV3", "│ disputed", "┊ new process version", "▶ median")),
    (("escape", "right_square_bracket"), ("· 0  ░ 1-2", "█ 5-6")),
    (("right_square_bracket",), ("█ page in sleep hours  ▒ outside",)),
)
"""Screens of duty and of figures, one after the other, and the marks that say what their colours say."""


async def test_duty_and_figures_are_read_without_colour(fakes, client, make_app, settled, text, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    for number, (person, mode) in enumerate((("lin", "support"), ("mei", "project")), 1):
        await client.set_mode(fakes.wire_modes.SetMode(person=person, mode=mode, days=number * 7))
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        for keys, marks in MARKED:
            await pilot.press(*keys)
            await settled(pilot, lambda marks=marks: all(mark in text(app) for mark in marks))
            assert not [segment.text for segment in words(app) if too_pale(segment.style)]


def words(app):
    """The segments that hold a letter or a figure."""
    strips = app.screen._compositor.render_strips()
    return [one for strip in strips for one in strip if any(char.isalnum() for char in one.text)]


def too_pale(style) -> bool:
    grey = {style.color.triplet, style.bgcolor.triplet}
    assert all(one.red == one.green == one.blue for one in grey)
    return contrast(style.color.triplet, style.bgcolor.triplet) < 3.0


def contrast(one, other) -> float:
    """WCAG 2 contrast ratio."""

    def luminance(colour) -> float:
        parts = [value / 255 for value in colour]
        red, green, blue = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("size", [(60, 15), (40, 10), (20, 5), (200, 60)])
async def test_no_size_breaks_any_screen(client, make_app, settled, size):
    app = make_app(client)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for keys in (
            ("enter", "escape"),
            ("2",),
            ("enter",),
            ("tab", "U", "escape"),
            ("escape",),
            ("3",),
            ("8",),
            ("7", "enter", "t"),
            ("1", "i"),
        ):
            await pilot.press(*keys)
            await pilot.pause(0.1)
        assert app._exception is None


async def test_a_window_that_changes_its_size_is_followed(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot, lambda: "WHO HAS IT" in text(app))
        await pilot.resize_terminal(80, 24)
        await settled(pilot, lambda: "WHO HAS IT" not in text(app) and "In hand 2" in text(app))
        await pilot.resize_terminal(140, 40)
        await settled(pilot, lambda: "WHO HAS IT" in text(app))
