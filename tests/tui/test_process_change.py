"""Proposing a version of the process at the terminal, reading what it changes, and deciding about it by key."""

from __future__ import annotations

import pytest


@pytest.fixture
def at_versions(settled, text):
    async def go(app, pilot):
        await settled(pilot)
        await pilot.press("7")
        await settled(pilot, lambda: app.current_mode == "insights")
        await app.show_insights("versions")
        await settled(pilot, lambda: "cadence SEV2 identified: 30m → 20m" in text(app))

    return go


async def choose(pilot, settled, text, words):
    await pilot.press("P")
    await settled(pilot, lambda: "What is proposed?" in text(pilot.app))
    await pilot.press(*words, "enter")


@pytest.mark.parametrize("size", [(80, 60), (120, 60)])
async def test_what_a_version_changes_is_read_without_colour(
    client, make_app, settled, text, monkeypatch, at_versions, size
):
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(client)
    async with app.run_test(size=size) as pilot:
        await at_versions(app, pilot)
        await pilot.press("enter")
        await settled(pilot, lambda: "WHAT DIFFERS" in text(app))
        shown = text(app)
        for said in (
            "cadence SEV2 identified  changed", "  - 30m", "  + 20m", "1 would have another level, 37 the same.",
            "INC-304   SEV2 → SEV1", "2 nobody can say", "7 kept and 2 missed as it was, 5 and 4", "would be missed",
            "Limit: people write sooner", "2 would close earlier", "INC-298", "WHO IS PAGED",
        ):  # fmt: skip
            assert " ".join(said.split()) in " ".join(shown.split())
        assert not {"\x1b", "\x07"} & set(shown)
        await pilot.press("A")
        await settled(pilot, lambda: "adopt: V-2 is adopted" in text(app))
        await pilot.press("escape")
        await settled(pilot, lambda: app.screen.heading == "Versions")


async def test_a_text_is_written_compared_proposed_and_taken_back(client, make_app, settled, text, at_versions):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await at_versions(app, pilot)
        await choose(pilot, settled, text, "written")
        await settled(pilot, lambda: "The process, as TOML" in text(app))
        await pilot.press(*"nonsense", "ctrl+s")
        await settled(pilot, lambda: "edited.toml:2: nonsense: there is no such key — leave it out" in text(app))
        await pilot.press(*["backspace"] * 8, "ctrl+s")
        await settled(pilot, lambda: "not proposed yet" in text(app))
        await pilot.press("P")
        await settled(pilot, lambda: "Propose a version of the process" in text(app))
        await pilot.press(*"too late", "tab", *"they asked", "ctrl+s")
        await settled(pilot, lambda: client.proposed and app.screen.heading == "Versions" and "V-3" in text(app))
        sent = client.proposed[0]
        assert (sent.reason, sent.because) == ("too late", {"updates.SEV2.identified": "they asked"})
        assert (sent.file.text, dict(sent.files)) == ('remind = "6m"\n', {"update.txt": "We know."})
        await pilot.press("g", "enter")
        await settled(pilot, lambda: "V-3  proposed, by ada" in text(app))
        await pilot.press("D")
        await settled(pilot, lambda: "Withdraw V-3" in text(app))
        await pilot.press(*"not yet", "ctrl+s")
        await settled(pilot, lambda: "withdrawn by ada: not yet" in text(app))
        assert client.versions_now[3].state == "withdrawn"


async def test_a_second_person_adopts_or_declines(client, make_app, settled, text, at_versions):
    client.second_person = True
    client.put_version(3, name="V-3", state="proposed", proposed_by="ada", in_force=(), reason="too loud")
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await at_versions(app, pilot)
        await pilot.press("g", "enter")
        await settled(pilot, lambda: "by a second person" in text(app))
        await pilot.press("A")
        await settled(pilot, lambda: "you proposed it, and the process asks for a second person" in text(app))
        client.put_version(3, proposed_by="lin")
        await settled(pilot, lambda: "proposed, by lin" in text(app))
        await pilot.press("A")
        await settled(pilot, lambda: "you are the second person: lin proposed it" in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: client.versions_now[3].state == "adopted" and "adopted by ada" in text(app))
        client.put_version(3, state="proposed")
        await settled(pilot, lambda: "V-3  proposed, by lin" in text(app))
        await pilot.press("D")
        await settled(pilot, lambda: "Decline V-3" in text(app))
        await pilot.press(*"no", "ctrl+s")
        await settled(pilot, lambda: client.versions_now[3].state == "declined")


async def test_the_file_is_proposed_too(client, make_app, settled, text, at_versions):
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        await at_versions(app, pilot)
        await choose(pilot, settled, text, "process.toml")
        await settled(pilot, lambda: "not proposed yet" in text(app))
        await pilot.press("P")
        await settled(pilot, lambda: "Why, key by key" in text(app))
        await pilot.press(*"as written", "ctrl+s")
        await settled(pilot, lambda: client.proposed and client.proposed[0].from_file)
        assert dict(client.proposed[0].because) == {}
