"""What to look at before others read a review."""

import click
import msgspec
import pytest

from incidentd.cli import ctl
from incidentd.domain.factors import Lack
from incidentd.domain.review_changes import changes
from incidentd.domain.review_checks import Asked, Wording, checklist
from incidentd.wire.review_timeline import Doubt, Walk


@pytest.fixture
def asked(scene):
    def make(lacks=(), owed=(), lint=lambda text: (), **changed):
        view = scene.view(
            **{"walk": Walk(moments=(), doubts=(Doubt(kind="gap", text="20 min without a word"),))} | changed
        )
        return Asked(material=scene.material(view=view), lacks=lacks, owed=owed, lint=lint)

    return make


def rules(found):
    return [(one.rule, one.field) for one in found.checks]


def test_everything_that_is_open_is_asked_and_nothing_of_it_refuses(asked):
    found = checklist(asked(owed=["R-12"], ideas=()), "internal")
    assert rules(found) == [("question", "timeline"), ("question", "theories"), ("reporter", "reports")]
    assert found.ready
    assert all(one.remedy for one in found.checks)


def test_the_rule_of_factors_refuses_and_comes_first(asked):
    found = checklist(asked(lacks=(Lack("categories", "two are wanted"),), sections={}), "internal")
    assert (found.checks[0].text, found.checks[0].refuses) == ("two are wanted", True)
    assert not found.ready
    assert [one.field for one in found.checks if one.rule == "section"] == [
        "sections.summary", "sections.hard", "sections.open_questions",
    ]  # fmt: skip


def test_role_holders_who_wrote_nothing_and_actions_that_nobody_thought_through_are_named(asked, scene):
    found = checklist(asked(accounts=scene.ACCOUNTS[:1], actions=(scene.action(4, "Do more"),)), "internal")
    said = [one.text for one in found.checks]
    assert "ada held a role in the response and wrote no account" in said
    assert "What could it make worse? A-4: Do more" in said


def test_wording_is_counted_by_rule_and_accounts_are_left_alone(asked, scene):
    def lint(text):
        return (Wording("hindsight", "obviously", "what showed it then?"),) if "obviously" in text else ()

    accounts = (scene.account(1, "lin", 1, saw="obviously nothing"),)
    found = checklist(asked(lint=lint, accounts=accounts, sections={"hard": "obviously all"}), "internal")
    assert found.language == {"hindsight": 1}
    (one,) = [one for one in found.checks if one.rule == "language"]
    assert (one.field, one.remedy) == ("sections.hard", "what showed it then?")


def test_a_factor_that_names_somebody_is_shown_whatever_the_document_does_with_names(asked, scene):
    found = checklist(asked(factors=(scene.factor(9, "Lin was alone with it", "process", "enabler"),)), "internal")
    assert [one.text for one in found.checks if one.rule == "name"] == ["It may name lin: Lin was alone with it"]


def test_what_customers_may_stumble_over_is_named(asked):
    sections = {"external_summary": "edge-balancer, see https://wiki.example/x and INC-3", "summary": "obviously"}
    found = checklist(asked(sections=sections), "external")
    assert [one.text for one in found.checks if one.field == "sections.external_summary"] == [
        "Taken out for customers: https://wiki.example/x, INC-3, edge-balancer"
    ]
    assert not [one for one in checklist(asked(sections={}), "external").checks if one.field == "sections.summary"]
    assert not checklist(asked(sections={}), "external").ready


def test_what_it_tells_to_do_can_be_done(asked, scene):
    some = {"sections": {}, "accounts": (), "actions": (scene.action(4, "Do more"),), "ideas": (scene.idea(2, "Ask"),)}
    bare = asked(lacks=(Lack("factors", "three are wanted"),), owed=["R-1"], **some)
    held = asked(review=scene.review(state="running"))
    found = [
        *checklist(bare, "internal").checks,
        *checklist(bare, "external").checks,
        *checklist(held, "internal").checks,
    ]
    told = {one.remedy.partition("incidentctl ")[2] for one in found} - {""}
    assert len(told) > 10
    assert [one for one in told if not leads_to_a_command(one.replace(",", " ").replace(";", " ").split())] == []


def leads_to_a_command(words):
    command: click.Command | None = ctl.cli
    while isinstance(command, click.Group):
        command = command.get_command(click.Context(command), words.pop(0))
    return command is not None


def test_the_list_is_known_by_what_it_says(asked):
    one, other = checklist(asked(), "internal"), checklist(asked(owed=["R-1"]), "internal")
    assert one.seen == checklist(asked(), "internal").seen != other.seen
    assert msgspec.json.decode(msgspec.json.encode(one), type=type(one)) == one


def test_many_of_a_kind_are_counted(asked):
    found = checklist(asked(owed=[f"R-{number}" for number in range(40)]), "internal")
    told = [one.text for one in found.checks if one.rule == "reporter"]
    assert len(told) == 21
    assert told[-1] == "and 20 more like these"


def test_changes_are_told_by_section():
    before = "# T\n\n## A\n\n- one\n- one\n\n## B\n\nx\n"
    after = "# T\n\n## B\n\nx\n\n## A\n\n- two\n- one\n\n## C\n\nnew\n"
    assert [(one.section, one.added, one.removed) for one in changes(before, after)] == [
        ("A", ("- two",), ("- one",)), ("C", ("new",), ()),
    ]  # fmt: skip
    assert changes(before, before) == ()
