"""The dialog that dismisses a finding of the language lint, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.domain.lint.tuning import phrase_of
from incidentd.wire import wording as wire_wording
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd.domain.lint.findings import Finding
    from incidentd_tui.app import IncidentdApp


def dismiss(tui: IncidentdApp, finding: Finding, changed: Callable[[], None]) -> Form:
    """Say that wording is fine here; `changed` is called when it is, and when that is taken back."""
    rule, phrase = phrase_of(finding)
    said_as = " ".join(finding.text.split())

    async def send(values: Values) -> str:
        body = wire_wording.JudgeWording(rule=rule, phrase=phrase, reason=values["reason"])
        try:
            said = await tui.acts.client.judge_wording(body)
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.wording.hide(finding)
        changed()
        mine = next((one for one in _verdicts(said, rule, phrase) if one.by == tui.model.me), None)

        async def back() -> object:
            answer = await tui.acts.attempt("", tui.acts.client.undo_dismissal(mine.id if mine else 0))
            if answer is not None:
                tui.wording.hide(finding, hidden=False)
                changed()
            return answer

        tui.acts.can_undo(f"“{said_as}” is dismissed", back)
        return ""

    effects = (
        "you are not told of it again",
        "when many say so, nobody is: incidentctl wording list",
    )
    plan = Plan(
        title=f"“{said_as}” is fine here ({rule})",
        verb="dismiss",
        fields=(Field(name="reason", label="Why", hint="the others read it"),),
        effects=lambda _: effects,
        send=send,
    )
    return Form(tui, plan)


def _verdicts(said: wire_wording.Dismissals, rule: str, phrase: str) -> tuple[wire_wording.WordingVerdict, ...]:
    return next((one.verdicts for one in said.phrases if (one.rule, one.phrase) == (rule, phrase)), ())
