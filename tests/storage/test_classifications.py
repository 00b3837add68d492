"""Incidents classified by the severity matrix, on both engines: what is recorded, what it sets, what an edit says."""

import pytest

from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.matrix_text import as_toml
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.severity_matrix import SeverityMatrices
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import severity as wire_severity
from incidentd.wire.replay import EditedFile

UNUSABLE = {"harm": "no", "sla": "no", "function": "unusable", "workaround": "none", "users": "unknown"}


def rules(incident):
    return {one.rule for one in incident.violations} & {"severity-reason", "override-reason"}


@pytest.fixture
def declare(service):
    async def do(title="Payments fail", **values):
        return await service.declare(wire_incidents.DeclareIncident(title=title, **values), "ada")

    return do


@pytest.fixture
def classify(service):
    async def do(incident_id, if_version=None, **values):
        body = wire_severity.ClassifyIncident(**values)
        return await service.classify(incident_id, body, "lin", if_version)

    return do


async def test_answers_set_the_severity_and_a_later_answer_to_an_unknown_changes_it(
    service, declare, classify, events_of
):
    shown = await declare(severity=Severity.SEV3)
    found = await classify(shown.id, answers=UNUSABLE)
    assert (found.incident.severity, found.incident.version, rules(found.incident)) == ("SEV2", 2, set())
    recorded = found.classification
    assert (recorded.by, recorded.level, recorded.rule, recorded.overridden) == (
        "lin",
        "SEV2",
        "unusable-for-many",
        False,
    )
    (users,) = recorded.now.unknown
    assert [(one.answer, one.level) for one in users.changes] == [("few", "SEV3"), ("most", "SEV1")]
    assert (await service.get(shown.id)).classification == recorded

    found = await classify(shown.id, answers={"users": "most"})
    assert (found.incident.severity, found.classification.now.unknown) == ("SEV1", ())
    assert found.classification.answers == UNUSABLE | {"users": "most"}
    timeline = [one for one in (await service.timeline(shown.id)).entries if one.kind == "severity"]
    assert [(one.by, one.text) for one in timeline] == [
        ("lin", "Classified SEV2: a core function is unusable without a workaround for a quarter of the users or more"),
        ("lin", "SEV3 → SEV2"),
        ("lin", "Classified SEV1, was SEV2: "
                "a core function is unusable without a workaround for half of the users or more"),
        ("lin", "SEV2 → SEV1"),
    ]  # fmt: skip
    assert "not known: users (SEV3 if few, SEV1 if most)" in timeline[0].detail
    assert "function: it cannot be used" in timeline[0].detail
    assert timeline[2].detail == "users: unknown → 50 % or more"
    assert timeline[3].detail == "a core function is unusable without a workaround for half of the users or more"
    events = await events_of(f"incident:{shown.id}", "incident.classified")
    assert [one.data["answers"]["users"] for one in events] == ["unknown", "most"]


async def test_an_override_wants_a_reason_and_holds_until_the_matrix_says_another_level(service, declare, classify):
    shown = await declare(severity=Severity.SEV2)
    found = await classify(shown.id, answers=UNUSABLE, severity=Severity.SEV3)
    assert (found.incident.severity, rules(found.incident)) == ("SEV3", {"override-reason"})
    found = await classify(shown.id, severity=Severity.SEV3, reason="night: nobody uses it")
    assert (found.incident.severity, rules(found.incident)) == ("SEV3", set())
    assert (found.classification.overridden, found.classification.reason) == (True, "night: nobody uses it")
    found = await classify(shown.id, answers={"redundancy": "yes"})  # still SEV2 by the matrix
    assert (found.incident.severity, found.classification.reason) == ("SEV3", "night: nobody uses it")
    last = (await service.timeline(shown.id)).entries[-1]
    assert last.detail.splitlines() == [
        "SEV3 by hand instead: night: nobody uses it",
        "redundancy: yes: one more fault, or more time, and it is worse",
        "not known: users (SEV3 if few, SEV1 if most)",
    ]
    found = await classify(shown.id, answers={"users": "most"})
    assert (found.incident.severity, found.classification.overridden, found.classification.reason) == (
        "SEV1",
        False,
        "",
    )


async def test_a_severity_set_by_hand_on_a_classified_incident_is_an_override(service, declare, classify):
    shown = await declare(answers=UNUSABLE)
    by_hand = wire_incidents.SetSeverity(severity=Severity.SEV1)
    shown = await service.set_severity(shown.id, by_hand, "ada", None)
    assert (shown.severity, rules(shown)) == ("SEV1", {"override-reason"})  # raising it as well: the matrix says else
    detail = await service.get(shown.id)
    assert (detail.classification.overridden, detail.classification.level) == (True, "SEV2")
    shown = await service.set_severity(shown.id, wire_incidents.SetSeverity(severity=Severity.SEV2), "ada", None)
    assert rules(shown) == set()


async def test_an_incident_may_be_declared_with_answers(service, declare):
    shown = await declare(answers={"harm": "confirmed"})
    assert shown.severity == "SEV1"
    kinds = [(one.kind, one.text) for one in (await service.timeline(shown.id)).entries]
    assert kinds == [
        ("status", "Declared as SEV1: Payments fail"),
        ("severity", "Classified SEV1: data loss, exposure or active exploit is confirmed"),
    ]
    shown = await declare(answers={"harm": "confirmed"}, severity=Severity.SEV3)
    assert (shown.severity, rules(shown)) == ("SEV3", {"override-reason"})
    shown = await declare(answers={"harm": "confirmed"}, severity=Severity.SEV3, severity_reason="a test account")
    assert (shown.severity, rules(shown)) == ("SEV3", set())
    assert (await service.get(shown.id)).classification.reason == "a test account"
    assert (await declare()).severity == "SEV3"


async def test_a_bad_answer_or_an_old_version_changes_nothing(service, declare, classify):
    shown = await declare(severity=Severity.SEV3)
    for answers, field in (({"user": "most"}, "answers.user"), ({"users": "all"}, "answers.users")):
        with pytest.raises(Invalid) as refused:
            await classify(shown.id, answers=answers)
        assert (refused.value.field, bool(refused.value.remedy)) == (field, True)
    with pytest.raises(Invalid):
        await declare(answers={"users": "all"})
    with pytest.raises(Conflict):
        await classify(shown.id, shown.version + 1, answers=UNUSABLE)
    detail = await service.get(shown.id)
    assert (detail.incident, detail.classification) == (shown, None)
    assert (await service.list("all", "", 10, "")).total == 1


async def test_an_edit_is_replayed_against_the_answers_of_past_incidents(store, declare, classify):
    matrices = SeverityMatrices(store, default_process)
    first = await declare("few", answers=UNUSABLE | {"users": "few"})
    await classify((await declare("override")).id, answers={"harm": "no"}, severity=Severity.SEV5, reason="known")
    await declare("nobody was asked")
    edited = EditedFile(name="new.toml", text=as_toml(DEFAULT_MATRIX).replace('level = "SEV3"', 'level = "SEV2"', 1))
    found = await matrices.replay(wire_severity.ReplayMatrix(edited=edited))
    assert [(one.part, one.id, one.edit, one.details) for one in found.differences] == [
        ("rule", "unusable", "changed", ("level: SEV3 → SEV2",))
    ]
    (one,) = found.changed
    assert (one.incident_id, one.title, one.before, one.after) == (first.id, "few", "SEV3", "SEV2")
    assert (one.rule_before, one.rule_after, one.recorded, one.severity) == ("unusable", "unusable", "SEV3", "SEV3")
    assert (found.changed_total, found.same_level, found.unanswered, found.faults) == (1, 1, 1, ())

    back = await matrices.replay(
        wire_severity.ReplayMatrix(edited=EditedFile(name="old.toml", text=as_toml(DEFAULT_MATRIX)), against=edited)
    )
    assert [(one.before, one.after) for one in back.changed] == [("SEV2", "SEV3")]
    broken = await matrices.replay(
        wire_severity.ReplayMatrix(edited=EditedFile(name="new.toml", text="[severity]\nrule = []\n"))
    )
    assert [(one.file, one.line, one.key, one.what, bool(one.remedy)) for one in broken.faults] == [
        ("new.toml", 2, "severity.rule", "unknown key", True)
    ]
