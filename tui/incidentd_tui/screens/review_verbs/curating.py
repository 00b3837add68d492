"""What people add to the timeline while they walk it: notes, decision points, sources, groups, and older moments."""

from __future__ import annotations

from typing import Literal, cast

from incidentd.domain.review_steps import Step
from incidentd.wire import review_timeline as wire_timeline
from incidentd.wire.review_timeline import Moment
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import AGO, was_at
from incidentd_tui.screens.review_verbs.base import ReviewPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("review.mark", "m", "mark", "Add to this moment: a note, a decision point, a source, a group", writes=True),
    Verb("review.before", "I", "insert", "Insert a moment of your own, from before it began as well", writes=True),
)
_KINDS = (("decision", "a decision point"), ("note", "a note"), ("source", "a source"), ("group", "one of a group"))
_Kind = Literal["note", "decision", "source"]
_MOMENT = (
    Field(name="text", label="What was decided, or is to be known", hint="of a group: its name", optional=True),
    Field(name="cues", label="What people saw then", optional=True, hint="of a decision"),
    Field(name="goals", label="What they wanted then", optional=True, hint="of a decision"),
    Field(name="options", label="What they could have done then", optional=True, hint="as they saw it"),
    Field(name="evidence", label="What shows it", optional=True, hint="an address, a file, a dashboard"),
)


class CuratingVerbs(ReviewPart):
    """Both are of the walk."""

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        seen = self.seen()
        if seen is None or verb not in VERBS:
            return ""
        if seen.step != Step.WALK:
            return f"{verb.label}: the timeline is at the step Walk ([ and ] look there)"
        if verb.id == "review.mark" and self._marked() is None:
            return f"{verb.label}: go to a moment of the log first"
        return ""

    def _marked(self) -> Moment | None:
        """The moment under the cursor, when it is one of the log."""
        seen = self.seen()
        moment = seen.moment(self.key_here()) if seen is not None and seen.step == Step.WALK else None
        return moment if moment is not None and moment.entry.seq else None

    def do_mark(self) -> None:
        if (moment := self._marked()) is None:
            return
        at = phrases.hour(moment.entry.observed_at, self.model.zone)

        def effects(values: Values) -> list[str]:
            if values["kind"] == "group":
                return [f"{at} stands under this name with the others of the group"]
            return [f"it stands under {at} {moment.entry.text}", "everybody sees it once the walk is there"]

        async def send(values: Values) -> str:
            kind, client = values["kind"], self.tui.acts.client
            if kind == "group":
                group = wire_timeline.GroupEntries(seqs=(moment.entry.seq,), group=values["text"][:100])
                return await self.sent(client.group_entries(self.incident_id, group))
            body = wire_timeline.WriteEntry(
                seq=moment.entry.seq,
                kind=cast(_Kind, kind),
                text=values["text"],
                cues=values["cues"],
                goals=values["goals"],
                options=values["options"],
                evidence=values["evidence"],
            )
            return await self.sent(client.add_entry(self.incident_id, body))

        fields = (Field(name="kind", label="It is", options=_KINDS), *_MOMENT)
        plan = Plan(title=f"Mark {at}", verb="add", fields=fields, effects=effects, send=send)
        self.app.push_screen(Form(self.tui, plan))

    def do_before(self) -> None:
        async def send(values: Values) -> str:
            try:
                at = was_at(self.tui, "When", values["at"])
            except ValueError as fault:
                return str(fault)
            body = wire_timeline.WriteEntry(at=at, text=values["text"], evidence=values["evidence"])
            return await self.sent(self.tui.acts.client.add_entry(self.incident_id, body))

        def effects(_: Values) -> list[str]:
            return ["it stands where it belongs by its time", "while the walk has not come to it, it is hidden"]

        fields = (
            Field(name="at", label="When", hint=AGO),
            Field(name="text", label="What happened"),
            Field(name="evidence", label="What shows it", optional=True),
        )
        plan = Plan(title="Insert a moment", verb="insert", fields=fields, effects=effects, send=send)
        self.app.push_screen(Form(self.tui, plan))
