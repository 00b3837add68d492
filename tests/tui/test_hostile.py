"""Hostile text in every field, on every screen, at three sizes: nothing that a terminal acts on gets out."""

from __future__ import annotations

import re
from enum import Enum

import msgspec
import pytest

from incidentd.domain.review_steps import ORDER
from incidentd.domain.severity import Severity
from incidentd.wire import review_window as wire_review
from incidentd.wire.life import Related

ESC = "\x1b"
PAYLOADS = {
    "escape": f"{ESC}[2J{ESC}[31mred{ESC}[0m",
    "title": f"{ESC}]0;owned\x07",
    "clipboard": f"{ESC}]52;c;ZXZpbA==\x07",
    "link": f"{ESC}]8;;http://evil.example{ESC}\\click{ESC}]8;;{ESC}\\",
    "c1": "\x9b2J\x9d0;owned\x9c\x90q\x9c",
    "c0": "a\x00b\x07c\x08d\x0be\x0cf\x0eg\x0fh\x7f",
    "lines": "one\r\ntwo\rthree\u2028four\u2029five\x85six",
    "bidi": "abc\u202edef\u2066ghi\u2069\u200fjkl\u061c",
    "invisible": "a\u200bb\u200dc\ufeffd\u2060e\u00adf\U000e0041g",
    "markup": "[bold red]x[/] [/nope] [@click=app.bell()]y[/] [link=http://evil]z[/link] \\[a] $primary",
    "combining": "Z" + "\u0300" * 300,
    "wide": "漢字" * 60 + "👩‍👩‍👧‍👦🏳️‍🌈",
    "long": "x" * 5000,
    "surrogate": "a\ud800b",
    "spaces": " \t \n ",
    "format": "{0} %s {{x}} ${y}",
}
EVERYTHING = "".join(
    PAYLOADS[name]
    for name in ("escape", "title", "c1", "c0", "lines", "bidi", "invisible", "markup", "combining", "wide")
)
SIZES = [(60, 15), (80, 24), (140, 40)]
BAD = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029\ufeff\u061c\ud800-\udfff]")
SCREENS = {
    "inbox": (None, ()),
    "detail": (None, ("enter",)),
    "incidents": (None, ("2",)),
    "on-call": (None, ("3",)),
    "week": (None, ("3", "right_square_bracket")),
    "month": (None, ("3", "right_square_bracket", "right_square_bracket")),
    "schedule": (None, ("3", "right_square_bracket", "enter")),
    "health": (None, ("8",)),
    "room": (311, ()),
    "panel": (311, ("tab",)),
    "declare": (None, ("i",)),
    "roles": (311, ("R",)),
    "page a role": (311, ("P",)),
    "severity": (311, ("S", "1")),
    "link": (311, ("l",)),
    "palette": (311, ("ctrl+p",)),
    "edit": (311, ("E",)),
    "unfolded": (None, ("z",)),
    "views": (None, ("v",)),
    "silences": (None, ("s",)),
    "silence": (None, ("S",)),
    "expire": (None, ("s", "X")),
    "save view": (None, ("ctrl+s",)),
    "bulk": (None, ("ctrl+a", "R")),
    "take over": (311, ("tab", "G", "O")),
    "give": (None, ("j", "H", "enter")),
    "put off": (None, ("j", "Z")),
    "requests": (None, ("3", "r")),
    "rest": (None, ("3", "j", "j", "Y")),
    "answer": (None, ("3", "j", "j", "j", "Y")),
    "ask": (None, ("3", "right_square_bracket", "Q")),
    "sections": (None, ("enter", "tab", "tab", "tab")),
}

TOUR = (
    ("Escalation policies", ("3", "p")),
    ("Dry run", ("enter",)),
    ("Handovers", ("escape", "escape", "d", "left_square_bracket")),
    ("Handover", ("enter",)),
    ("Modes", ("escape", "escape", "m")),
    ("Mode plan", ("p",)),
    ("Mode blocks", ("escape", "enter")),
    ("Protection", ("escape", "escape", "i")),
    ("Calendar feeds", ("escape", "f")),
    ("Calendar feeds", ("enter",)),
    ("Recurring", ("1", "m", "r")),
    ("Reports", ("4",)),
    ("Triage", ("enter",)),
)
"""Screens that are visited one after the other: heading, and the keys that lead there from the one before."""
FORMS = {
    "Handovers": "E",
    "Mode blocks": "CSX",
    "Calendar feeds": "R",
    "Recurring": "X",
    "Reports": "W",
    "Triage": "eRPTinKs",
}
"""Keys of the forms that are opened and left on the way."""
ASKED = {
    "policies": None,
    "test_policy": "default",
    "handovers": None,
    "handover": None,
    "modes": None,
    "mode_plan": "payments",
    "protection": "payments",
    "calendar_feed": None,
    "recurring": None,
    "reports": None,
    "report": 1,
    "triage": 1,
    "similar_reports": 1,
}
"""What these screens ask the daemon, and the name that the fake knows: those on the screens are hostile, too."""
KEPT = frozenset({"state", "status", "mode", "next_mode", "question", "allowed", "step", "category"})
"""Fields whose words the daemon chooses from a fixed few."""


def poison(fakes, scene, payload):
    """The scene with `payload` in every text of every object."""
    client = scene.build(fakes)
    put = fakes.replace
    for number, one in client.alerts_by_id.items():
        client.alerts_by_id[number] = put(
            one,
            name=payload,
            summary=payload,
            severity=payload,
            source=payload,
            key=payload,
            service=payload,
            labels={payload: payload, "alertname": payload},
            annotations={"description": payload, payload: payload},
            generator_url=payload,
            acknowledged_by=payload and one.acknowledged_by,
            hidden_by=tuple(
                put(reason, kind=payload, name=payload, text=payload, subject=payload) for reason in one.hidden_by
            ),
        )
    for number, group in client.groups_by_id.items():
        client.groups_by_id[number] = put(group, labels={payload: payload}, service=payload, route=payload)
    client.past = {number: [_all_of(one, payload) for one in found] for number, found in client.past.items()}
    for facts in client.facts.values():
        for kind in ("claims", "theories", "attempts"):
            kept = "outcome" if kind == "attempts" else "state"
            facts[kind] = tuple(put(_all_of(one, payload), **{kept: getattr(one, kept)}) for one in facts[kind])
    for facts in client.facts.values():
        facts["checklist"] = tuple(_all_of(one, payload) for one in facts["checklist"])
        facts["communicators"] = (payload,)
    client.facts[311]["related"] = (
        Related(incident_id=309, title=payload, status=payload, severity=Severity.SEV2, kind="recurrence", why=payload,
                by=payload, at=None),
    )  # fmt: skip
    night = wire_review.Night(person=payload, at=client.incidents_by_id[311].started_at, zone="UTC", text=payload)
    client.incidents_by_id[311] = put(client.incidents_by_id[311], review_standing="late")
    client.facts[311]["window"] = wire_review.ReviewWindow(
        incident_id=311, review_name=payload, status=payload, severity=Severity.SEV2, resolved_at=None, opens_at=None,
        due_at=None, standing="late", floor=None, business_days=None, team=payload, zone=payload, holidays=payload,
        nights=(night,), owner=payload,
    )  # fmt: skip
    client.notes[311] = wire_review.OwnNotes(incident_id=311, text=payload, saved_at=None, version=1)
    client.messages = dict.fromkeys(range(10), payload)
    client.episodes = {
        number: tuple(put(one, ended_by=payload) for one in found) for number, found in client.episodes.items()
    }
    for silence_id, one in client.kept_silences.items():
        client.kept_silences[silence_id] = put(
            one, name=payload, comment=payload, created_by=payload, matchers=(payload,), annotations={payload: payload}
        )
    client.kept_views = [put(one, name=payload, query=payload, saved_by=payload) for one in client.kept_views]
    for number, one in client.pages_by_id.items():
        taken = {"acks_needed": 2, "acks": (payload,), "ack_missing": (payload,), "person": payload}
        taken |= {"acknowledged_by": payload} if one.state == "acknowledged" else {}
        taken |= {"snoozed_until": fakes.NOW, "snoozed_by": payload} if number == 42 else {}
        client.pages_by_id[number] = put(
            one, title=payload, service=payload, policy=payload, notified=(payload,), **taken
        )
        client.deliveries[number] = (fakes.make_delivery(1, number, payload, payload, error=payload, state="failed"),)
    for number, one in client.incidents_by_id.items():
        roles = tuple(put(held, person=payload) for held in one.roles)
        broken = tuple(put(rule, text=payload) for rule in one.violations)
        client.incidents_by_id[number] = put(
            one, title=payload, summary=payload, service=payload, declared_by=payload, roles=roles, violations=broken
        )
    client.timelines[311] = [
        put(
            entry,
            text=payload,
            detail=payload,
            evidence=payload,
            by=payload,
            kind=payload if entry.seq % 2 else entry.kind,
        )
        for entry in client.timelines[311]
    ]
    client.be_here(*(put(one, person=payload + one.person, what=payload) for one in client.here.here))
    _poison_severity(client, put, payload)
    client.updates[311] = [put(one, text=payload, audience=payload, phase=payload) for one in client.updates[311]]
    client.traces = {number: (payload, _steps(fakes, payload)) for number in client.alerts_by_id}
    client.person_list = [
        put(one, handle=payload + str(index), name=payload, zone=payload, contacts=(payload,), on_call_for=(payload,))
        for index, one in enumerate(client.person_list)
    ]
    client.shifts = [
        put(one, schedule=payload, person=payload, next_person=payload, policies=(payload,), warnings=(payload,))
        for one in client.shifts
    ]
    client.roster_problems = (payload,)
    client.service_list = [put(one, name=payload) for one in client.service_list]
    adapters = tuple(
        put(one, instance=payload, detail=payload, state=payload, role=payload) for one in client.health_now.adapters
    )
    client.health_now = put(
        client.health_now, problems=(payload,), adapters=adapters, config_files=(payload,), status=payload
    )
    _poison_duty(client, put, payload)
    client.rests_by_id[1] = fakes.make_rest(1, why=payload, schedule=payload, relief=payload, text=payload)
    client.requests_by_id = {
        number: put(
            one, name=payload, schedule=payload, person=payload, by=payload, reason=payload, taken_by=payload,
            state="open", wants="swap",
            asked=tuple(put(each, person=who) for each in one.asked for who in ("ada", payload)),
        )
        for number, one in client.requests_by_id.items()
    }  # fmt: skip
    client.drafts = {"note:311": payload, "summary:311": payload}
    return client


def _poison_severity(client, put, payload):
    """What the matrix says, and what is on record of the incident in the room."""
    matrix = client.matrix
    client.matrix = put(
        matrix,
        questions=tuple(
            put(one, id=f"{payload}{number}", text=payload, answers=tuple(put(a, text=payload) for a in one.answers))
            for number, one in enumerate(matrix.questions)
        ),
        rules=(put(matrix.rules[-1], id=payload, text=payload),),
    )
    client.record_classification(311, {}, reason=payload, by=payload)


def _poison_duty(client, put, payload):
    """Schedules keep their times, and say nothing else that is theirs."""
    told = client.schedules

    async def schedules(schedule="", *, starts_at=None, ends_at=None):
        found = await told("", starts_at=starts_at, ends_at=ends_at)
        shift = {"person": payload, "source": f"override:{payload}", "instead_of": payload, "shadows": (payload,)}
        return put(
            found,
            schedules=tuple(
                put(
                    one,
                    name=payload + str(number),
                    zone=payload,
                    layers=(payload,),
                    people=(payload,),
                    policies=(payload,),
                    shifts=tuple(put(held, **shift) if held.person else held for held in one.shifts),
                )
                for number, one in enumerate(found.schedules)
            ),
            overrides=tuple(put(one, person=payload, by=payload, reason=payload) for one in found.overrides),
            warnings=tuple(put(one, text=payload, person=payload) for one in found.warnings),
        )

    client.schedules = schedules


def _poison_answers(client, payload):
    """Every text of what the screens of the tour show."""

    def poisoned(told, known):
        async def answer(*args, **given):
            return _all_of(await told(*((known,) if known else args), **given), payload)

        return answer

    for name, known in ASKED.items():
        setattr(client, name, poisoned(getattr(client, name), known))


def _all_of(value, payload):
    match value:
        case Enum():
            return value
        case str():
            return payload
        case msgspec.Struct():
            names = [name for name in value.__struct_fields__ if name not in KEPT]
            return msgspec.structs.replace(value, **{name: _all_of(getattr(value, name), payload) for name in names})
        case tuple():
            return tuple(_all_of(one, payload) for one in value)
        case dict():
            return {f"{payload}{number}": _all_of(one, payload) for number, one in enumerate(value.values())}
        case _:
            return value


def _steps(fakes, payload):
    return (fakes.wire.TraceStep(seq=1, at=fakes.NOW, kind=payload, text=payload, data={payload: payload}),)


def assert_harmless(app):
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert not segment.control
            assert not BAD.search(segment.text), ascii(segment.text)
            assert segment.style is None or segment.style.link is None
            assert segment.style is None or "@click" not in segment.style.meta


@pytest.mark.parametrize("screen", SCREENS)
async def test_no_screen_lets_hostile_text_through(fakes, scene, make_app, settled, screen):
    incident, keys = SCREENS[screen]
    app = make_app(poison(fakes, scene, EVERYTHING), incident_id=incident)
    async with app.run_test(size=SIZES[0]) as pilot:
        await settled(pilot)
        if incident:
            await settled(pilot, lambda: getattr(app.screen, "entries", None))
        await pilot.press(*keys)
        await pilot.pause(0.15)
        assert_harmless(app)
        await pilot.press("down", "down")
        for size in SIZES[1:]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.size == size
            assert_harmless(app)


async def test_no_screen_of_duty_lets_hostile_text_through(fakes, client, make_app, settled):
    await client.set_mode(fakes.wire_modes.SetMode(person="ada", mode="project", days=7))
    _poison_answers(client, EVERYTHING)
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for heading, keys in TOUR:
            await pilot.press(*keys)
            await settled(pilot, lambda heading=heading: app.screen.heading == heading and app.screen.table.keys)
            assert_harmless(app)
            await pilot.press("down")
            await pilot.pause()
            assert_harmless(app)
            for key in FORMS.get(heading, ""):
                await pilot.press(key)
                await settled(pilot, lambda: hasattr(app.screen, "plan"))
                assert_harmless(app)
                await pilot.press("escape")
                await settled(pilot, lambda heading=heading: getattr(app.screen, "heading", "") == heading)


async def test_no_step_of_a_review_lets_hostile_text_through(fakes, client, make_app, settled):
    fakes.fake_reviews.reveal(client)
    client.review_views = {number: _all_of(one, EVERYTHING) for number, one in client.review_views.items()}
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("5")
        await settled(pilot, lambda: app.screen.table.keys)
        assert_harmless(app)
        await app.open_review(298)
        for step in ORDER[1:]:
            client.change_review(step=str(step), state="written" if step is ORDER[-1] else "running")
            await settled(pilot, lambda step=step: app.screen.step_shown == step)
            assert_harmless(app)
        await pilot.resize_terminal(60, 15)
        await pilot.press("left_square_bracket")
        await pilot.pause()
        assert_harmless(app)


@pytest.mark.parametrize("name", PAYLOADS)
async def test_every_payload_alone_in_inbox_detail_and_room(fakes, scene, make_app, settled, name):
    app = make_app(poison(fakes, scene, PAYLOADS[name]))
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        assert_harmless(app)
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert_harmless(app)
        await app.open_room(311)
        await settled(pilot, lambda: app.screen.entries)
        assert_harmless(app)


@pytest.mark.parametrize("name", ["escape", "clipboard", "c1", "bidi", "markup"])
async def test_what_is_pasted_is_contained_too(client, make_app, settled, name):
    from textual.events import Paste

    app = make_app(client, incident_id=311)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot, lambda: getattr(app.screen, "entries", None))
        await pilot.press("n")
        app.screen.composer.post_message(Paste(PAYLOADS[name]))
        await pilot.pause(0.1)
        assert_harmless(app)
        app.screen.timeline.focus()
        await pilot.press("S", "o")
        await settled(pilot, lambda: app.screen.query("#reason"))
        field = app.screen.query_one("#reason")
        field.focus()
        field.post_message(Paste(PAYLOADS[name]))
        await pilot.pause(0.1)
        assert_harmless(app)


async def test_the_reason_of_a_refusal_is_contained(fakes, client, make_app, settled, text):
    app = make_app(client)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        client.fail_with = fakes.refusal(422, PAYLOADS["escape"] + PAYLOADS["markup"], remedy=PAYLOADS["c1"])
        app.screen.table.select(("alert", 972))
        await pilot.press("a")
        await settled(pilot, lambda: "␛" in text(app))
        assert_harmless(app)
