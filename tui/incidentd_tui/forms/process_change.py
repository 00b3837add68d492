"""Proposing a version of the process, and deciding about one: each with its reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.wire import process_versions as wire_process
from incidentd.wire.process_comparison import CompareProcesses, ProcessComparison, ProcessSide
from incidentd.wire.replay import EditedFile
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import process_change as rows

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

DRAFT = "process/edited"
_NAME = "edited.toml"


def edited(text: str, whole: wire_process.WholeProcessVersion | None) -> ProcessSide:
    """A text that somebody wrote, with the files that the version names that it came from."""
    files = {str(name): str(one) for name, one in whole.files.items()} if whole is not None else {}
    return ProcessSide(file=EditedFile(name=_NAME, text=text), files=files)


def edit_form(
    tui: IncidentdApp, whole: wire_process.WholeProcessVersion, take: Callable[[ProcessSide, ProcessComparison], None]
) -> Form:
    """Write it otherwise than it is; what that changes is shown before anything is proposed."""

    async def send(values: Values) -> str:
        side = edited(f"{values['text']}\n", whole)
        try:
            call = tui.acts.client.compare_processes(CompareProcesses(after=side))
            found = await tui.acts.gateway.ask_much(call)
        except ClientError as error:
            return tui.acts.reason("", error)
        if found.faults:
            return rows.fault(found.faults[0])
        if found.same:
            return "It means the same as what is in force: nothing is changed yet."
        tui.call_later(take, side, found)
        return ""

    field = Field(name="text", label="The process, as TOML", value=str(whole.document), multiline=True)
    effects = ["shows what it says otherwise, and what it would have changed", "proposes nothing yet"]
    plan = Plan(title=f"{whole.name}, written otherwise", verb="compare", fields=(field,), effects=lambda _: effects,
                send=send)  # fmt: skip
    return Form(tui, plan)


def propose_form(tui: IncidentdApp, side: ProcessSide, found: ProcessComparison, now: wire_process.ProcessNow) -> Form:
    """Propose it with a reason; and, where somebody wants to say it, why key by key."""
    keys = [str(one.key) for one in found.differences]

    async def send(values: Values) -> str:
        because = _because(values["because"])
        if isinstance(because, str):
            return because
        body = wire_process.ProposeProcess(
            reason=values["reason"], file=side.file, files=side.files, from_file=side.from_file, number=side.number,
            because=because,
        )  # fmt: skip
        return await tui.acts.refusal("", tui.acts.client.propose_process(body))

    effects = [
        "nothing changes yet: it waits among the versions, and everybody sees it",
        "a second person adopts it" if now.needs_second_person else "adopting it is a step of its own",
    ]
    fields = (
        Field(name="reason", label="Why", multiline=True, draft="process/reason", hint="what got in our way"),
        Field(name="because", label="Why, key by key", multiline=True, optional=True,
              value="\n".join(f"{key} = " for key in keys[:8]), hint="updates.SEV2.identified = they asked"),
    )  # fmt: skip
    plan = Plan(title="Propose a version of the process", verb="propose", fields=fields, effects=lambda _: effects,
                send=send)  # fmt: skip
    return Form(tui, plan)


def _because(text: str) -> dict[str, str] | str:
    """Reasons by key, those that were filled in; or what is wrong with a line."""
    found = {}
    for line in text.splitlines():
        key, sign, why = (part.strip() for part in line.partition("="))
        if line.strip() and not sign:
            return f"Why, key by key: {line.strip()[:40]} is no key = why"
        if why:
            found[key] = why
    return found


def adopt_form(tui: IncidentdApp, one: wire_process.ProcessVersion, now: wire_process.ProcessNow) -> Form:
    """Put it in force."""

    async def send(values: Values) -> str:
        call = tui.acts.client.adopt_process(
            one.id, wire_process.AdoptProcess(reason=values["reason"]), if_version=one.version
        )
        return await tui.acts.refusal(f"process:{one.id}", call)

    second = [f"you are the second person: {one.proposed_by} proposed it"] if now.needs_second_person else []
    effects = ["in force at once, on every node; incidents from now on remember it", *second]
    if now.follows_file:
        effects.append("process.toml is a proposal only from now on")
    return _decision(tui, one, "adopt", effects, send, said=str(one.reason))


def end_form(tui: IncidentdApp, one: wire_process.ProcessVersion, *, own: bool) -> Form:
    """Decline it, or take back what one proposed oneself."""
    client = tui.acts.client
    end = client.withdraw_process if own else client.decline_process

    async def send(values: Values) -> str:
        body = wire_process.DecideProcess(reason=values["reason"])
        return await tui.acts.refusal(f"process:{one.id}", end(one.id, body, if_version=one.version))

    effects = ["what is in force stays; it is kept with why, and can be proposed again"]
    return _decision(tui, one, "withdraw" if own else "decline", effects, send)


def _decision(
    tui: IncidentdApp, one: wire_process.ProcessVersion, verb: str, effects: Sequence[str],
    send: Callable[[Values], Awaitable[str]], said: str = "",
) -> Form:  # fmt: skip
    field = Field(name="reason", label="Why", multiline=True, optional=bool(said), hint=said)
    plan = Plan(title=f"{verb.capitalize()} {one.name}", verb=verb, fields=(field,), effects=lambda _: effects,
                send=send)  # fmt: skip
    return Form(tui, plan)
