"""The learning library in the terminal: searched in the daemon, read, and written down where it was used again."""

from __future__ import annotations

import msgspec

from incidentd_tui.screens.document import DocumentScreen
from incidentd_tui.screens.learn import LearnScreen
from incidentd_tui.verbs import GLOBAL, MODES


def test_every_key_does_one_thing():
    for screen in (LearnScreen, DocumentScreen):
        keys = [key for verb in (*screen.VERBS, *GLOBAL, *MODES) for key in verb.keys.split(",")]
        assert sorted(keys) == sorted(set(keys))
        assert [verb.id for verb in screen.VERBS if not hasattr(screen, verb.handler)] == []


async def test_what_is_searched_for_is_found_in_the_daemon_and_used(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("6")
        await settled(pilot, lambda: "The worst shard says more" in text(app))
        shown = text(app)
        assert " Learnings 2 " in shown
        assert "L-4" in shown
        await settled(pilot, lambda: "runbook: Runbook of the index" in text(app))
        assert "the same again in INC-298" in text(app)
        await pilot.press("right_square_bracket")
        await settled(pilot, lambda: "technical difficulty" in text(app))
        client.why_hidden = "2 are hidden until your factors for INC-298 are in"
        await pilot.press("slash", *"average", "enter")
        await settled(pilot, lambda: "hidden until your factors" in text(app) and "F-9" in text(app))
        asked = [args for name, args in client.calls if name == "search_library"]
        assert asked[-1] == ("average", {"limit": 50, "kind": "factor"})
        assert len([one for one, _ in asked if one and one != "average"]) <= 2  # not at each key
        assert "F-8" not in text(app)
        await pilot.press("U", *"Design of the rollout", "ctrl+s")
        await settled(pilot, lambda: any(name == "record_use" for name, _ in client.calls))
        body = next(args[0] for name, args in client.calls if name == "record_use")
        assert (body.subject, body.kind, body.place) == ("factor:9", "incident", "Design of the rollout")
        await settled(pilot, lambda: "2 uses" in text(app))
        await pilot.press("escape")
        await settled(pilot, lambda: "F-8" in text(app))


async def test_a_document_is_read_for_ourselves_and_as_customers_do(client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("6")
        await settled(pilot, lambda: "L-4" in text(app))
        await pilot.press("enter")
        await settled(pilot, lambda: "CONTRIBUTING FACTORS" in text(app))
        shown = text(app)
        told = ("SUMMARY", "· for 25 minutes", "the graph of the index", "25 minutes, 8 of them unnoticed")
        said = ("◆ rebuild the index (the lead)", "thought a false alarm", "new to 2", "3 people, 2 of 5 in edge")
        assert [words for words in (*told, *said) if words not in shown] == []
        await pilot.press("tab", "tab", "tab", "tab")
        await settled(pilot, lambda: "[difficulty] An average hides a shard" in text(app))
        await pilot.press("x")
        await settled(pilot, lambda: "what customers read" in text(app))
        assert ("review_document", (271, "external")) in client.calls
        await pilot.press("E", "enter")
        await settled(pilot, lambda: "It went on for 25 minutes." in text(app))
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: any(name == "write_section" for name, _ in client.calls))
        await settled(pilot, lambda: isinstance(app.screen, DocumentScreen))
        await pilot.press("P")
        await settled(pilot, lambda: "it cannot be published yet" in text(app))
        assert text(app).index("first: two factors are missing") < text(app).index("look at: nobody wrote")
        await pilot.press("enter")
        await settled(pilot, lambda: any(name == "publish_review" for name, _ in client.calls))
        body = next(args[1] for name, args in client.calls if name == "publish_review")
        assert (body.kind, body.seen) == ("external", "abc")
        await settled(pilot, lambda: isinstance(app.screen, DocumentScreen))
        await pilot.resize_terminal(60, 20)
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(app.screen, LearnScreen))


async def test_a_review_from_elsewhere_is_shown_as_it_was_written(client, make_app, settled, text):
    view = client.review_views[271]
    review = msgspec.structs.replace(view.review, imported_from="2024-03.md")
    client.review_views[271] = msgspec.structs.replace(view, review=review)
    client.imported = "2024-03.md"
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await app.open_document(271)
        await settled(pilot, lambda: "It was long ago." in text(app))
        assert "#" not in text(app)


HOSTILE = "\x1b]52;c;aGk=\x07\x9b31m\u202e\u200b[/nope][red]\r\n\tend\x7f"
RAW = ("\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\x7f", "\r", "\t")


def poisoned(value):
    """The same with the hostile text wherever people wrote."""
    match value:
        case msgspec.Struct():
            kept = {"subject", "kind", "document", "word", "severity", "weight", "id"}
            names = [name for name in value.__struct_fields__ if name not in kept]
            return msgspec.structs.replace(value, **{name: poisoned(getattr(value, name)) for name in names})
        case tuple():
            return tuple(map(poisoned, value))
        case str():
            return value and HOSTILE
        case _:
            return value


async def test_hostile_text_of_the_library_is_inert(client, make_app, settled, text):
    client.items = [poisoned(one) for one in client.items]
    client.document = poisoned(client.document)
    client.why_hidden = HOSTILE
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("6")
        await settled(pilot, lambda: "2 uses" in text(app))
        seen = [text(app)]
        await pilot.press("U")
        await settled(pilot, lambda: "write down" in text(app))
        seen.append(text(app))
        await pilot.press("escape", "enter")
        await settled(pilot, lambda: isinstance(app.screen, DocumentScreen) and "CONTENTS" in text(app))
        seen.append(text(app))
        await pilot.resize_terminal(60, 15)
        await pilot.press("tab", "tab", "tab")
        seen.append(text(app))
    assert [character for shown in seen for character in RAW if character in shown.replace("\n", "")] == []
    assert all("end" in shown for shown in seen[:3])
