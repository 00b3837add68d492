"""Reports are merged and split with what moves shown first, files saved safely, and customers corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

HOSTILE = "../../.ssh/\u202egpj.exe"


def made(client, name):
    return [args for called, args in client.calls if called == name]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def told(fakes, client):
    """R-1 and R-2 are of one customer; R-1 holds a second matter and an attachment with a name to beware of."""
    first, second = client.reports_by_id[1], client.reports_by_id[2]
    client.reports_by_id[2] = fakes.replace(second, customer_id=1, customer="Acme", subject="429\u202e")
    file = fakes.wire_reports.Attachment(id=7, name=HOSTILE, media_type="image/png", size=3)
    client.said[1][0] = fakes.replace(client.said[1][0], attachments=())
    client.said[1].append(fakes.make_message(5, "And my bill\nis wrong.", 3, attachments=(file,)))
    client.said[2] = [fakes.make_message(6, "Every call answers 429", 9)]
    return first


@pytest.mark.usefixtures("told")
async def test_reports_of_one_customer_become_one_and_two_again(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot, lambda: "4 Reports" in text(app))
        await pilot.press("4")
        await settled(pilot, lambda: app.screen.table.keys == ["3", "1", "2"])
        assert "▲ Flags do not load" in text(app)
        assert "▲ 2 may be an incident" in text(app)
        await pilot.press("space", "M")
        await settled(pilot, lambda: "are of two customers" in text(app))
        await pilot.press("escape", "M")
        await settled(pilot, lambda: "mark two or more reports" in text(app))
        await pilot.press("space", "space", "M")
        await settled(pilot, lambda: "Every call answers 429" in text(app))
        assert "R-2 is closed as a duplicate of R-1" in text(app)
        assert not made(client, "merge_report")
        await pilot.press("enter")
        await settled(pilot, lambda: made(client, "merge_report") == [(2, 1)] and app.acts.undoable is not None)
        await settled(pilot, lambda: not app.screen.table.marks)
        await pilot.press("u")
        await settled(pilot, lambda: made(client, "split_report"))
        ((into, body),) = made(client, "split_report")
        assert (into, body.message_ids, body.subject) == (1, (6,), "429\u202e"), "as it was, not as it was shown"


@pytest.mark.usefixtures("told")
async def test_a_report_of_two_matters_is_split_and_its_file_saved_safely(client, make_app, settled, text, home):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("4", "j", "enter")
        await settled(pilot, lambda: "And my bill" in text(app) and app.screen.similar is not None)
        await pilot.press("X")
        await settled(pilot, lambda: "mark the messages that are another matter" in text(app))
        lines = ["".join(part for part, _ in line) for line in app.screen._lines]
        app.screen.table.select(next(at for at, line in enumerate(lines) if "And my bill" in line))
        await pilot.press("space")
        assert app.screen.table.marks == {("message", 5)}
        await pilot.press("X")
        await settled(pilot, lambda: "1 message of R-1 become a report of their own" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: 5 in client.reports_by_id and app.acts.undoable is not None)
        assert made(client, "split_report")[0][1].subject == "And my bill is wrong."
        await pilot.press("u")
        await settled(pilot, lambda: made(client, "merge_report") == [(5, 1)] and app.screen._has_attachments())
        path = home / "incidentd-attachments" / "U+202E_gpj.exe"
        for told in ("✓ saved", "exists already"):
            await pilot.press("s")
            await settled(pilot, lambda: "nothing opens it here" in text(app))
            await pilot.press("enter")
            await settled(pilot, lambda told=told: told in text(app).replace("\n", " "))
        assert path.read_bytes() == b"\0\0\0"
        assert path.stat().st_mode & 0o777 == 0o600
        assert list(home.iterdir()) == [path.parent], "nothing is written elsewhere"
        await pilot.press(*["backspace"] * 20, *"../x", "enter")
        await settled(pilot, lambda: "only a plain name, such as x" in text(app))


@pytest.mark.usefixtures("told")
async def test_a_customer_is_corrected_and_what_was_there_is_sent_as_it_is(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("4", "j", "enter")
        await settled(pilot, lambda: "TRIAGE CARD" in text(app))
        await pilot.press("K", *" Ltd", "tab", "right", "tab", "tab", "end", "enter", *"chat", "ctrl+s")
        await settled(pilot, lambda: "chat has no address" in text(app))
        await pilot.press(*" u7", "ctrl+s")
        await settled(pilot, lambda: made(client, "edit_customer"))
        ((body,),) = made(client, "edit_customer")
        assert (body.name, body.kind, body.notes) == ("Acme Ltd", "oss_developer", None)
        assert [(one.channel, one.address) for one in body.addresses] == [
            ("support-mail", "c\u202e@example.org"), ("chat", "u7"),
        ]  # fmt: skip
